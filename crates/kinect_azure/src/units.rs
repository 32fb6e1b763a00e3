//! Where the vendor's units and axes become a world's: the only place that converts.
//!
//! The vendor counts millimetres with x to the right, y down and z forward. Worlds here count metres with x to the
//! right, y up and −z forward: a rotation by 180° about x, no mirror.

/// Metres per millimetre.
pub const METRES_PER_MILLIMETRE: f32 = 0.001;

/// A point in camera axes and millimetres as a point in world axes and metres.
///
/// ```
/// // One metre in front of the lens.
/// assert_eq!(kinect_azure::units::to_world([0.0, 0.0, 1000.0]), [0.0, 0.0, -1.0]);
/// ```
pub fn to_world([x, y, z]: [f32; 3]) -> [f32; 3] {
    direction_to_world([x, y, z]).map(|v| v * METRES_PER_MILLIMETRE)
}

/// A direction (or acceleration) in camera axes as one in world axes; its length stays.
pub fn direction_to_world([x, y, z]: [f32; 3]) -> [f32; 3] {
    // `0.0 - v` instead of `-v` keeps zero from becoming −0.
    [x, 0.0 - y, 0.0 - z]
}
