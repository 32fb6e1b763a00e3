//! The factory calibration of a sensor and the camera model it feeds.

/// The calibration of a sensor in one pair of modes.
#[derive(Clone, Debug)]
pub struct Calibration {}

/// The calibration as the factory wrote it, independent of modes.
#[derive(Clone, Debug)]
pub struct RawCalibration {}
