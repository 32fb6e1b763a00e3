//! The positions of a device's four sensors relative to each other.

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;

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
    /// Every sensor, in the order of [`Calibration::extrinsics`](super::Calibration::extrinsics).
    pub const ALL: [Self; 4] = [Self::Depth, Self::Color, Self::Gyro, Self::Accel];

    /// The sensor's place in [`Calibration::extrinsics`](super::Calibration::extrinsics).
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

/// Turns points in one sensor's axes into points in another's: `p' = R p + t`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct Extrinsics {
    /// The rotation R, row by row. The factory's rotations of some devices are not exactly orthonormal; they are used
    /// without correction.
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

    /// Converts a point of the source sensor to a point of the target sensor, in millimetres.
    pub fn transform_point(&self, point: [f32; 3]) -> [f32; 3] {
        let [x, y, z] = self.transform_direction(point);
        let [tx, ty, tz] = self.translation;
        [x + tx, y + ty, z + tz]
    }

    /// Converts a direction (gravity, a normal) of the source sensor to one of the target sensor: only the rotation is
    /// applied.
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
