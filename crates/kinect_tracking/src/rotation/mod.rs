//! Rotations of joints: relative to the parent and back, Euler angles, the vendor's reference frames.
//!
//! - [`LocalPose`]: each joint in the frame of its parent, and its conversion back to a body.
//! - [`EulerUnroller`]: Euler angles that continue beyond ±180° instead of jumping.
//! - [`reference_orientation`]: the directions of a joint's own axes in a T-pose.

mod euler;
mod local;
mod reference;

pub use euler::{EulerOrder, EulerUnroller};
pub(crate) use local::absolute_rotations;
pub use local::{LocalPose, bone_length};
pub(crate) use reference::body_axes;
pub use reference::{posture, reference_orientation, rest_position};
