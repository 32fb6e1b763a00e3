//! The result of a filter.

use kinect_azure::{Body, Joint};

/// A filtered body.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct FilteredBody {
    /// Device timestamp of the frame, in µs.
    pub device_timestamp_usec: u64,
    /// The filtered joints.
    pub body: Body,
    /// How fast each joint moves, in mm/s in the depth camera's axes.
    pub velocities: [[f32; 3]; Joint::COUNT],
    /// How fast each joint turns, in rad/s about the depth camera's axes.
    pub angular_velocities: [[f32; 3]; Joint::COUNT],
    /// The learnt length of the bone from each joint to its parent, in mm; 0 while it is unknown.
    pub bone_lengths: [f32; Joint::COUNT],
    /// Flipped parts (arms, legs, whole body) that were repaired since the filter was made.
    pub repaired_flips: u32,
}
