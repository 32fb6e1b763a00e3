//! What is known about the upward direction before a depth image is looked at.

use glam::Vec3;

/// The upward direction as far as it is known before the depth image is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UpGuess {
    /// The direction against gravity in the depth camera's axes; any length. A vector that is zero or not finite counts as
    /// (0, −1, 0): a level camera.
    pub up: [f32; 3],
    /// How far it may be off, in degrees, as a standard deviation. Numbers below 0.05, and numbers that are not finite, count as
    /// 0.05.
    pub error_degrees: f32,
}

/// The error of the direction that inertial samples give, in degrees.
const MEASURED: f32 = 0.2;
/// What may be assumed of a sensor that stands upright: it is tilted down by this angle, give or take the error.
const ASSUMED_TILT: f32 = 15.0;
const ASSUMED_ERROR: f32 = 20.0;

impl UpGuess {
    /// The direction from inertial samples; the accelerometer's own error is about 0.2°.
    pub fn measured(up: [f32; 3]) -> Self {
        Self {
            up,
            error_degrees: MEASURED,
        }
    }

    /// The guess for a sensor of which nothing is known: it stands upright, not on its side, and looks between 25° up and 55°
    /// down.
    pub fn upright() -> Self {
        let (sin, cos) = ASSUMED_TILT.to_radians().sin_cos();
        Self {
            up: [0.0, -cos, -sin],
            error_degrees: ASSUMED_ERROR,
        }
    }

    pub(super) fn unit(&self) -> Vec3 {
        Vec3::from(self.up).try_normalize().unwrap_or(Vec3::NEG_Y)
    }

    /// The error in radians.
    pub(super) fn error(&self) -> f32 {
        // NaN counts as the least.
        let degrees = self.error_degrees.max(0.05);
        if degrees.is_finite() {
            degrees.to_radians()
        } else {
            0.05_f32.to_radians()
        }
    }
}
