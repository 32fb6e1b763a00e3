//! Depth images to point clouds, and the colours that belong to them.
//!
//! All of it is per pixel over an [`XyTable`](crate::calibration::XyTable), writes into memory the caller keeps, and
//! allocates nothing.

mod color_points;
mod point_cloud;

pub use color_points::color_points;
pub use point_cloud::{point_cloud_f32, point_cloud_i16};

/// Two images or tables that belong together differ in size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{what} has {found} pixels, but the camera of the calibration has {expected}: use the calibration of the mode \
     the image was taken in"
)]
pub struct SizeMismatch {
    /// What has the wrong size.
    pub what: &'static str,
    /// Pixels it has.
    pub found: usize,
    /// Pixels it should have.
    pub expected: usize,
}

fn check_size(what: &'static str, found: usize, expected: usize) -> Result<(), SizeMismatch> {
    if found == expected {
        Ok(())
    } else {
        Err(SizeMismatch {
            what,
            found,
            expected,
        })
    }
}
