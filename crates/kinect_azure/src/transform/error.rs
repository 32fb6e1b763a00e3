//! The errors of transformations.

/// Why no transformation can be made for a calibration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransformError {
    /// The depth camera is off in this calibration.
    #[error(
        "a transformation between the cameras needs both cameras, but the depth camera is off: choose a depth mode"
    )]
    NoDepthCamera,
    /// The colour camera is off in this calibration.
    #[error(
        "a transformation between the cameras needs both cameras, but the colour camera is off: choose a colour \
         resolution"
    )]
    NoColorCamera,
    /// The calibration does not have the cameras' relative position.
    #[error(
        "a transformation between the cameras needs their extrinsics, which the calibration does not have: read the \
         calibration from the sensor again"
    )]
    NoExtrinsics,
}

/// Two images or tables that belong together differ in size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{what} has {found} pixels, but the camera of the calibration has {expected}: use the calibration of the mode in \
     which the image was taken"
)]
pub struct SizeMismatch {
    /// The image or table that has the wrong size.
    pub what: &'static str,
    /// Pixels it has.
    pub found: usize,
    /// Pixels it should have.
    pub expected: usize,
}

pub(super) fn check_size(
    what: &'static str,
    found: usize,
    expected: usize,
) -> Result<(), SizeMismatch> {
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
