//! The calibration of one pair of modes.

use super::camera::Camera;
use super::extrinsics::{CameraKind, Extrinsics, Sensor};
use crate::modes::{ColorResolution, DepthMode};

/// The calibration of a sensor in one pair of modes.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct Calibration {
    /// The depth (and infrared) camera; `None` when it is off.
    pub depth_camera: Option<Camera>,
    /// The colour camera; `None` when it is off.
    pub color_camera: Option<Camera>,
    /// From each sensor to each, `[source][target]` in the order of [`Sensor::ALL`]. `None` if one of the two sensors
    /// is missing from the calibration (only inertial sensors can be missing). Extrinsics do not depend on the modes,
    /// so they also exist for a camera that is off. The extrinsics from a sensor to itself differ from the identity if
    /// the factory's rotation is not exactly orthonormal, as in the vendor's library; the point functions return points
    /// unchanged if source and target are the same sensor.
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

    /// The extrinsics from one sensor to another; `None` if one of them is missing from the calibration.
    pub const fn extrinsics(&self, source: Sensor, target: Sensor) -> Option<&Extrinsics> {
        self.extrinsics[source.index()][target.index()].as_ref()
    }
}
