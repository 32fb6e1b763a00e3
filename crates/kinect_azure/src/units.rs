//! Converts the vendor's units and axes to world units and axes; no other module does.
//!
//! The vendor counts millimetres with x to the right, y down and z forward. Worlds here count metres with x to the
//! right, y up and −z forward: a rotation by 180° about x, no mirror.

/// Metres per millimetre.
pub const METRES_PER_MILLIMETRE: f32 = 0.001;

/// Converts a point in camera axes and millimetres to a point in world axes and metres.
///
/// ```
/// // One metre in front of the lens.
/// assert_eq!(kinect_azure::units::to_world([0.0, 0.0, 1000.0]), [0.0, 0.0, -1.0]);
/// ```
pub fn to_world([x, y, z]: [f32; 3]) -> [f32; 3] {
    direction_to_world([x, y, z]).map(|v| v * METRES_PER_MILLIMETRE)
}

/// Converts a direction (or acceleration) from camera axes to world axes; its length does not change.
pub fn direction_to_world([x, y, z]: [f32; 3]) -> [f32; 3] {
    // `0.0 - v` instead of `-v` keeps zero from becoming −0.
    [x, 0.0 - y, 0.0 - z]
}

/// Converts an orientation (w, x, y, z) from camera axes to world axes. Only the outer axes change: a joint's own x
/// axis still points along its bone.
///
/// ```
/// // Lying along the camera's y, which points down: in the world, down.
/// let half = std::f32::consts::FRAC_1_SQRT_2;
/// let [w, x, y, z] = kinect_azure::units::orientation_to_world([half, 0.0, 0.0, half]);
/// // The x axis that it turns, from the quaternion's matrix.
/// let turned = [1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y + w * z), 2.0 * (x * z - w * y)];
/// assert!(turned.iter().zip([0.0, -1.0, 0.0]).all(|(a, b)| (a - b).abs() < 1e-6));
/// ```
pub fn orientation_to_world([w, x, y, z]: [f32; 4]) -> [f32; 4] {
    // The rotation by 180° about x, (0, 1, 0, 0), times the orientation.
    [0.0 - x, w, 0.0 - z, y]
}
