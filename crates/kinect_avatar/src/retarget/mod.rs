//! From people to rotations of bones.
//!
//! On set-up, `plan` lists the bones that are driven, with all that the rig's rest pose says about them. Everything is
//! computed as turns against the rest pose, in body axes (`axes`): whatever the rest pose and the axes of bones are, a bone
//! that is not turned is as it rests. `reference` has the turn between a T-pose and the rest pose. Frame by frame, the
//! `retargeter` sets the turns, corrects limbs so that feet stay where they stand (`feet`) and hands reach (`limb`), and
//! makes them relative to the bones' parents.

mod axes;
mod decay;
mod feet;
mod limb;
mod plan;
mod reference;
mod retargeter;
mod root;
mod settings;
mod twist;

pub use axes::upright;
pub use retargeter::{BonePose, Retargeter};
pub use settings::{RetargetSettings, RootMotion};
