//! The people in one depth image.

use super::{BodyIndexImage, HandState, Joint, JointPose};

/// One person: an id that stays the same from frame to frame, and 32 joints.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct Body {
    /// The body's id. It stays the same while the tracker follows the person, and no later person gets it.
    pub id: u32,
    /// The joints in the vendor's order; see [`Joint::index`].
    pub joints: [JointPose; Joint::COUNT],
}

impl Body {
    /// The pose of one joint.
    pub const fn joint(&self, joint: Joint) -> &JointPose {
        &self.joints[joint.index()]
    }
}

/// The people in one depth image: the bodies that a tracker found, or the ground truth of a simulated sensor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BodyFrame {
    /// Device timestamp of the depth image, in µs.
    pub device_timestamp_usec: u64,
    /// The people. A tracker lists those it found; ground truth lists everybody in the room, seen or not, and
    /// [`JointConfidence`](super::JointConfidence) says of each joint whether it is seen, hidden or outside the image.
    pub bodies: Vec<Body>,
    /// The left and the right hand of each body, in the order of [`bodies`](Self::bodies). Only simulations whose people use their
    /// hands fill it in; otherwise it is empty. Files of bodies and recordings do not contain it.
    pub hands: Vec<[HandState; 2]>,
    /// For each pixel of the depth image the index in [`bodies`](Self::bodies) of the person that covers it. `None` if
    /// there is no depth image, or if the tracker returns no map.
    pub index_map: Option<BodyIndexImage>,
}
