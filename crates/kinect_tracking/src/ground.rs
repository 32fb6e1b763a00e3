//! The upward direction and the floor, seen from the depth camera.

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;
use glam::{Mat3, Vec3};
use kinect_azure::Calibration;
use kinect_azure::calibration::Sensor;

/// The upward direction, and the height of the depth camera above the floor.
///
/// It defines **ground axes** in mm: x to the camera's right, y up with 0 on the floor, and −z where the camera looks,
/// all level; the origin lies on the floor under the depth camera.
///
/// ```
/// use kinect_tracking::Ground;
///
/// let ground = Ground { up: [0.0, -1.0, 0.0], camera_height_mm: 1300.0 };
/// // Two metres in front of a level camera and 300 mm under it.
/// assert_eq!(ground.point([0.0, 300.0, 2000.0]), [0.0, 1000.0, -2000.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct Ground {
    /// The direction against gravity, in the depth camera's axes; any length. A vector that is zero or not finite
    /// counts as (0, −1, 0): a level camera.
    pub up: [f32; 3],
    /// How far the depth camera is above the floor, in mm.
    pub camera_height_mm: f32,
}

/// The camera looks straight down or up if the line of sight is this near to the vertical.
const STEEP: f32 = 0.999;

impl Default for Ground {
    /// A level camera 1.3 m above the floor.
    fn default() -> Self {
        Self {
            up: [0.0, -1.0, 0.0],
            camera_height_mm: 1300.0,
        }
    }
}

impl Ground {
    /// The ground under a sensor that stands still, from one sample of its accelerometer (m/s², in the accelerometer's
    /// axes). `None` when the calibration has no accelerometer or the sample has no direction.
    pub fn from_acceleration(
        acceleration: [f32; 3],
        camera_height_mm: f32,
        calibration: &Calibration,
    ) -> Option<Self> {
        // An accelerometer at rest measures the acceleration upwards that balances gravity.
        let up = calibration.direction(acceleration, Sensor::Accel, Sensor::Depth)?;
        Vec3::from(up).try_normalize().map(|up| Self {
            up: up.to_array(),
            camera_height_mm,
        })
    }

    /// A point in the depth camera's axes as one in ground axes, both in mm.
    pub fn point(&self, point: [f32; 3]) -> [f32; 3] {
        let [x, y, z] = self.direction(point);
        [x, y + self.camera_height_mm, z]
    }

    /// A direction in the depth camera's axes as one in ground axes; its length stays.
    pub fn direction(&self, direction: [f32; 3]) -> [f32; 3] {
        // Turns −0 into 0.
        (self.axes() * Vec3::from(direction) + Vec3::ZERO).to_array()
    }

    /// The angle by which the camera is tilted down, in degrees, −90 to 90; 90 looks straight down.
    pub fn tilt_degrees(&self) -> f32 {
        (-self.up_unit().z).clamp(-1.0, 1.0).asin().to_degrees()
    }

    /// The angle by which the camera is rolled about its line of sight, clockwise seen from behind it, in degrees, −180 to 180;
    /// 0 for a camera that looks straight down or up.
    pub fn roll_degrees(&self) -> f32 {
        let up = self.up_unit();
        if up.z.abs() < STEEP {
            (-up.x).atan2(-up.y).to_degrees()
        } else {
            0.0
        }
    }

    /// The unit vector of up in the depth camera's axes.
    pub(crate) fn up_unit(&self) -> Vec3 {
        Vec3::from(self.up).try_normalize().unwrap_or(Vec3::NEG_Y)
    }

    /// From the depth camera's axes to ground axes.
    pub(crate) fn axes(&self) -> Mat3 {
        let up = self.up_unit();
        // For a camera that looks straight down or up, the columns of its image define forward in the plane of the
        // floor.
        let ahead = Vec3::Z - up * up.z;
        let ahead = ahead
            .try_normalize()
            .filter(|_| up.z.abs() < STEEP)
            .unwrap_or_else(|| (Vec3::NEG_Y - up * -up.y).normalize_or(Vec3::NEG_Y));
        let right = ahead.cross(up);
        Mat3::from_cols(right, up, -ahead).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ground_axes_are_level_however_the_camera_is_tilted() {
        for tilt in [-40.0_f32, 0.0, 25.0, 90.0] {
            let (sin, cos) = tilt.to_radians().sin_cos();
            // Looking down by the tilt: up moves towards the back of the image plane.
            let ground = Ground {
                up: [0.0, -cos, -sin],
                camera_height_mm: 2000.0,
            };
            let axes = ground.axes();
            assert!((axes.determinant() - 1.0).abs() < 1e-5, "{tilt}");
            let floor_under = [0.0, 2000.0 * cos, 2000.0 * sin];
            let at = Vec3::from(ground.point(floor_under));
            assert!(at.length() < 0.01, "{tilt}: {at}");
            assert!((Vec3::from(ground.direction([1.0, 0.0, 0.0])) - Vec3::X).length() < 1e-5);
        }
    }

    #[test]
    fn an_up_without_a_direction_counts_as_a_level_camera() {
        for up in [[0.0; 3], [f32::NAN, 0.0, 0.0]] {
            let ground = Ground {
                up,
                ..Ground::default()
            };
            assert_eq!(ground.point([1.0, 2.0, 3.0]), [1.0, 1298.0, -3.0]);
        }
    }
}
