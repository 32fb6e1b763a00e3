//! The factory calibration of a sensor, and the camera model it feeds.
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
mod points;
mod raw;
mod xy_table;

pub use camera::{Camera, Intrinsics, LensModel};
pub use raw::{CalibrationError, RawCalibration, RawCamera};
pub use xy_table::XyTable;

use crate::modes::{ColorResolution, DepthMode};

/// One of the four sensors of a device whose positions relative to each other are calibrated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum Sensor {
    /// The depth and infrared camera: the device's origin.
    Depth,
    /// The colour camera.
    Color,
    /// The gyroscope.
    Gyro,
    /// The accelerometer.
    Accel,
}

impl Sensor {
    /// Every sensor, in the order of [`Calibration::extrinsics`].
    pub const ALL: [Self; 4] = [Self::Depth, Self::Color, Self::Gyro, Self::Accel];

    /// The sensor's place in [`Calibration::extrinsics`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// One of the two cameras of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum CameraKind {
    /// The depth and infrared camera.
    Depth,
    /// The colour camera.
    Color,
}

impl From<CameraKind> for Sensor {
    fn from(camera: CameraKind) -> Self {
        match camera {
            CameraKind::Depth => Self::Depth,
            CameraKind::Color => Self::Color,
        }
    }
}

/// Where one sensor's points lie for another: `p' = R p + t`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct Extrinsics {
    /// The rotation R, row by row. Some sensors' are not exactly orthonormal; they are used as they are.
    pub rotation: [f32; 9],
    /// The translation t in millimetres.
    pub translation: [f32; 3],
}

impl Extrinsics {
    /// Leaves points where they are.
    pub const IDENTITY: Self = Self {
        rotation: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
        translation: [0.0; 3],
    };

    /// A point of the source sensor as a point of the target sensor, in millimetres.
    pub fn transform_point(&self, point: [f32; 3]) -> [f32; 3] {
        let [x, y, z] = self.transform_direction(point);
        let [tx, ty, tz] = self.translation;
        [x + tx, y + ty, z + tz]
    }

    /// A direction (gravity, a normal) of the source sensor as one of the target sensor: rotation only.
    pub fn transform_direction(&self, [x, y, z]: [f32; 3]) -> [f32; 3] {
        let [a, b, c, d, e, f, g, h, i] = self.rotation;
        [
            a * x + b * y + c * z,
            d * x + e * y + f * z,
            g * x + h * y + i * z,
        ]
    }
}

impl Default for Extrinsics {
    fn default() -> Self {
        Self::IDENTITY
    }
}

/// The calibration of a sensor in one pair of modes.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct Calibration {
    /// The depth (and infrared) camera; `None` when it is off.
    pub depth_camera: Option<Camera>,
    /// The colour camera; `None` when it is off.
    pub color_camera: Option<Camera>,
    /// From each sensor to each, `[source][target]` in the order of [`Sensor::ALL`]. `None` where a sensor involved
    /// is missing from the calibration (only inertial sensors can be). They do not depend on the modes: also a camera
    /// that is off has a place. From a sensor to itself they are the identity only up to how orthonormal the factory's
    /// rotation is, as in the vendor's library; the point functions leave such points as they are.
    pub extrinsics: [[Option<Extrinsics>; 4]; 4],
    /// The depth mode this calibration is for.
    pub depth_mode: DepthMode,
    /// The colour resolution this calibration is for.
    pub color_resolution: ColorResolution,
}

impl Calibration {
    /// The camera, `None` when it is off.
    pub const fn camera(&self, camera: CameraKind) -> Option<&Camera> {
        match camera {
            CameraKind::Depth => self.depth_camera.as_ref(),
            CameraKind::Color => self.color_camera.as_ref(),
        }
    }

    /// From one sensor to another; `None` where one of them is missing from the calibration.
    pub const fn extrinsics(&self, source: Sensor, target: Sensor) -> Option<&Extrinsics> {
        self.extrinsics[source.index()][target.index()].as_ref()
    }
}
