//! What a simulated capture shows, exactly: people, their joints and the pixels they cover.

use crate::skeleton::Body;

/// Ground truth of one capture, in the geometry of its depth image.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroundTruth {
    /// The time it is true for, on the device clock, in µs: the depth image's.
    pub device_timestamp_usec: u64,
    /// The people in the room, seen or not. [`JointConfidence`](crate::skeleton::JointConfidence) tells for each joint
    /// whether it is seen, hidden or outside the depth image.
    pub bodies: Vec<Body>,
    /// Width of the depth image in pixels; 0 when depth is off.
    pub width: u32,
    /// Height of the depth image in pixels; 0 when depth is off.
    pub height: u32,
    /// For each pixel of the depth image the place in [`bodies`](Self::bodies) of the person it shows, or
    /// [`BACKGROUND`](Self::BACKGROUND); as in the vendor's body index map.
    pub body_index: Vec<u8>,
}

impl GroundTruth {
    /// What the body index map holds where there is no person.
    pub const BACKGROUND: u8 = 255;
}
