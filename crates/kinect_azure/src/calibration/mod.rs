//! The factory calibration of a sensor, and the camera model that uses it.
//!
//! [`RawCalibration`] is what the factory wrote: one JSON text per sensor, independent of modes. Asked for a depth mode
//! and a colour resolution it gives a [`Calibration`]: two [`Camera`]s for exactly those image sizes, and the
//! [`Extrinsics`] between all four sensors of the device. Numbers are bit-identical to the vendor's.
//!
//! Frames: every camera has its origin at the focal point, x to the right, y down, z forward, in millimetres. Pixel
//! coordinates have (0, 0) at the *centre* of the top-left pixel, so that an image covers −0.5 to width − 0.5.
//!
//! ```no_run
//! use kinect_azure::calibration::{CameraKind, RawCalibration};
//! use kinect_azure::{ColorResolution, DepthMode};
//!
//! let raw = RawCalibration::parse(&std::fs::read("calibration.json")?)?;
//! let calibration = raw.calibration(DepthMode::NfovUnbinned, ColorResolution::R720p)?;
//! // Where does the colour camera see what the depth camera measured one metre away at its pixel (320, 288)?
//! let seen = calibration.point_2d_to_2d([320.0, 288.0], 1000.0, CameraKind::Depth, CameraKind::Color);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub(crate) mod camera;
mod extrinsics;
mod per_mode;
mod points;
mod raw;
mod xy_table;

pub use camera::{Camera, Intrinsics, LensModel};
pub use extrinsics::{CameraKind, Extrinsics, Sensor};
pub use per_mode::Calibration;
pub use raw::{CalibrationError, RawCalibration, RawCamera};
pub use xy_table::XyTable;
