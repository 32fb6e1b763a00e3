//! People as a body tracker finds them and as the simulation knows them: joints, bodies, body index maps.
//!
//! Positions are millimetres in the depth camera's axes (x right, y down, z forward). Left and right are the person's.
//!
//! - [`Joint`], [`JointPose`]: the vendor's 32 joints and where they are.
//! - [`HandState`]: whether a hand is open or closed.
//! - [`BodyFrame`]: the bodies in one depth image, and which pixels they cover ([`BodyIndexImage`]).

mod frame;
mod hand;
mod index;
mod joint;

pub use frame::{Body, BodyFrame};
pub use hand::HandState;
pub use index::{BodyIndexImage, BodyIndexSizeMismatch, SharedBytes};
pub use joint::{Joint, JointConfidence, JointPose};
