//! The names of the exported files.

/// The times of every capture's images.
pub(super) const CAPTURES: &str = "captures.csv";
/// The inertial samples.
pub(super) const IMU: &str = "imu.csv";
/// The factory calibration.
pub(super) const FACTORY: &str = "calibration.json";
/// The calibration in the recording's modes.
pub(super) const MODES: &str = "calibration-modes.json";
/// The colour camera as Open3D writes it.
pub(super) const OPEN3D: &str = "intrinsic.json";

/// A file of one capture.
pub(super) fn of_capture(number: u64, ending: &str) -> String {
    format!("{number:06}-{ending}")
}
