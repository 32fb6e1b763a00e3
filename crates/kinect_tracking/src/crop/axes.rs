//! The axes of a view in the depth camera's axes.

use glam::{Mat3, Vec3};
use kinect_azure::calibration::Camera;

/// Marks a pixel of a view that shows no pixel of the image.
pub(super) const NOWHERE: u32 = u32::MAX;

/// The axes (right, down, forward) of a view that looks along `forward`, turned so that `up` points up in the view. If
/// `up` is unknown, or nearly along the line of sight, the up direction of the image is used.
pub(super) fn axes(forward: Vec3, up: Option<[f32; 3]>) -> Mat3 {
    const LEAST: f32 = 0.25;
    let across = |down: Vec3| {
        let right = down.normalize_or_zero().cross(forward);
        (right.length() > LEAST).then(|| right.normalize())
    };
    let right = up
        .map(|up| -Vec3::from(up))
        .and_then(across)
        .or_else(|| across(Vec3::Y))
        .unwrap_or(Vec3::X);
    let right = (right - forward * right.dot(forward)).normalize_or(Vec3::X);
    Mat3::from_cols(right, forward.cross(right), forward)
}

/// The index of the pixel at which a direction in the camera's axes is seen, or [`NOWHERE`].
pub(super) fn pixel(camera: &Camera, direction: Vec3) -> u32 {
    if direction.z <= 1e-3 {
        return NOWHERE;
    }
    let Some([u, v]) = camera.project((direction * (1000.0 / direction.z)).to_array()) else {
        return NOWHERE;
    };
    let (x, y) = (u.round(), v.round());
    // Comparisons with NaN are false.
    if x >= 0.0 && y >= 0.0 && x < camera.width as f32 && y < camera.height as f32 {
        y as u32 * camera.width + x as u32
    } else {
        NOWHERE
    }
}
