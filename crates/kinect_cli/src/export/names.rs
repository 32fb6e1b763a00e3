//! The names of the exported files.

use kinect_tracking::files::BodyFormat;

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

/// Whether a file of bodies in that format could have this name.
pub(super) fn is_of_bodies(name: &str, format: BodyFormat) -> bool {
    if format == BodyFormat::Json {
        return name == "bodies.json";
    }
    let number = name.strip_prefix("bodies-").and_then(|rest| {
        let rest = rest.strip_suffix(format.extension())?;
        rest.strip_suffix('.')
    });
    number.is_some_and(|number| number.starts_with(|first: char| first.is_ascii_digit()))
}

/// A file of one capture.
pub(super) fn of_capture(number: u64, ending: &str) -> String {
    format!("{number:06}-{ending}")
}
