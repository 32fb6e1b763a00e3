//! Where the sensor's two cameras stand and look, and the built-in calibration.

use glam::{Mat3, Quat, Vec3};
use kinect_azure::calibration::{Calibration, CalibrationError, RawCalibration, Sensor};

use super::settings::Mount;

/// A camera in the world.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Eye {
    /// In metres.
    pub(crate) position: Vec3,
    /// From camera axes (x right, y down, z forwards) to the world's.
    pub(crate) to_world: Mat3,
}

impl Eye {
    /// A point of the world in camera axes, in metres.
    #[inline]
    pub(crate) fn look_at(&self, p: Vec3) -> Vec3 {
        self.to_world.transpose() * (p - self.position)
    }

    /// The depth camera of a sensor mounted like that.
    pub(crate) fn depth(mount: &Mount) -> Self {
        let number = |v: f32, low: f32, high: f32, default: f32| {
            if v.is_finite() {
                v.clamp(low, high)
            } else {
                default
            }
        };
        let default = Mount::default();
        let tilt = number(mount.tilt_degrees, -60.0, 90.0, default.tilt_degrees).to_radians();
        let roll = number(mount.roll_degrees, -180.0, 180.0, 0.0).to_radians();
        let yaw = number(mount.yaw_degrees, -360.0, 360.0, 0.0).to_radians();
        // x right, y down, z forwards of a level camera that looks along −z.
        let level = Mat3::from_cols(Vec3::X, Vec3::NEG_Y, Vec3::NEG_Z);
        Self {
            position: Vec3::new(
                number(mount.x, -10.0, 10.0, default.x),
                number(mount.height, 0.2, 3.0, default.height),
                number(mount.z, -15.0, 1.0, default.z),
            ),
            // Looking down is a turn about the camera's own x; turning clockwise one about its z. Turning to the right is a turn
            // about the world's vertical, which leaves a sensor without it as it is to the last bit.
            to_world: match level * Mat3::from_rotation_x(-tilt) * Mat3::from_rotation_z(roll) {
                ahead if yaw == 0.0 => ahead,
                ahead => Mat3::from_rotation_y(-yaw) * ahead,
            },
        }
    }

    /// The colour camera beside a depth camera.
    pub(crate) fn color(depth: &Self, calibration: &Calibration) -> Self {
        let Some(extrinsics) = calibration.extrinsics(Sensor::Depth, Sensor::Color) else {
            return *depth;
        };
        // Rows of a rotation that takes depth axes to colour axes.
        let turn = Mat3::from_cols_array(&extrinsics.rotation).transpose();
        let shift = Vec3::from(extrinsics.translation) * 0.001;
        Self {
            position: depth.position - depth.to_world * (turn.transpose() * shift),
            to_world: depth.to_world * turn.transpose(),
        }
    }
}

impl Mount {
    /// The direction against gravity in the depth camera's axes (x right, y down, z forward), of length 1.
    pub fn up(&self) -> [f32; 3] {
        let to_world = Eye::depth(self).to_world;
        (to_world.transpose() * Vec3::Y).to_array()
    }

    /// Where the depth camera is in the room, in metres, and its rotation as a quaternion x, y, z, w: from the axes of a sensor's
    /// entity in an engine (x right, y up, −z forward) to the room's (the same axes for a sensor that is not turned). A sensor
    /// with this transform shows the room in the room's axes, with the floor at y = 0.
    pub fn pose(&self) -> ([f32; 3], [f32; 4]) {
        let eye = Eye::depth(self);
        // From an engine's axes to the camera's: y and z the other way round.
        let flip = Mat3::from_diagonal(Vec3::new(1.0, -1.0, -1.0));
        let rotation = Quat::from_mat3(&(eye.to_world * flip));
        (eye.position.to_array(), rotation.to_array())
    }
}

/// The factory calibration that simulations use by default: invented, with numbers like those of a real sensor.
///
/// # Errors
/// Does not fail in practice: the text is part of this crate.
pub fn built_in_calibration() -> Result<RawCalibration, CalibrationError> {
    RawCalibration::parse(include_bytes!("calibration.json"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use kinect_azure::modes::{ColorResolution, DepthMode};

    #[test]
    fn the_camera_looks_down_and_its_neighbour_stands_beside_it() {
        let mount = Mount {
            tilt_degrees: 10.0,
            ..Mount::default()
        };
        let depth = Eye::depth(&mount);
        let forwards = depth.to_world * Vec3::Z;
        assert!(
            (forwards.y + 10.0_f32.to_radians().sin()).abs() < 1e-6,
            "{forwards}"
        );
        assert!(forwards.z < -0.9);
        assert!((depth.to_world.determinant() - 1.0).abs() < 1e-5);
        let calibration = built_in_calibration()
            .unwrap()
            .calibration(DepthMode::NfovUnbinned, ColorResolution::R720p)
            .unwrap();
        let color = Eye::color(&depth, &calibration);
        assert!((0.02..0.05).contains(&color.position.distance(depth.position)));
        // The same point by the calibration and by the eyes.
        let p = Vec3::new(0.3, 0.9, -2.0);
        let by_eye = color.look_at(p) * 1000.0;
        let by_calibration = calibration
            .extrinsics(Sensor::Depth, Sensor::Color)
            .unwrap()
            .transform_point((depth.look_at(p) * 1000.0).into());
        assert!(by_eye.distance(by_calibration.into()) < 0.01);
    }

    #[test]
    fn a_turned_sensor_looks_to_the_right_from_its_place() {
        let mount = Mount {
            tilt_degrees: 0.0,
            yaw_degrees: 90.0,
            x: -2.0,
            z: -1.5,
            ..Mount::default()
        };
        let eye = Eye::depth(&mount);
        assert!((eye.to_world * Vec3::Z).distance(Vec3::X) < 1e-6);
        assert_eq!(eye.position, Vec3::new(-2.0, 1.3, -1.5));
        let tilted = Mount {
            tilt_degrees: 25.0,
            roll_degrees: 8.0,
            yaw_degrees: -130.0,
            ..mount
        };
        let (place, rotation) = tilted.pose();
        let eye = Eye::depth(&tilted);
        // A point 2 m ahead, 0.3 m to the right and 0.2 m up, in an engine's axes and in the camera's.
        let by_pose = Vec3::from(place) + Quat::from_array(rotation) * Vec3::new(0.3, 0.2, -2.0);
        let by_eye = eye.position + eye.to_world * Vec3::new(0.3, -0.2, 2.0);
        assert!(by_pose.distance(by_eye) < 1e-5);
        // Up does not depend on where a sensor looks.
        let ahead = Mount {
            yaw_degrees: 0.0,
            ..tilted
        };
        assert!(Vec3::from(tilted.up()).distance(ahead.up().into()) < 1e-6);
    }

    #[test]
    fn the_built_in_calibration_serves_every_mode() {
        let raw = built_in_calibration().unwrap();
        for depth in DepthMode::ALL {
            for color in ColorResolution::ALL {
                let calibration = raw.calibration(depth, color).unwrap();
                assert!(calibration.depth_camera.is_some() && calibration.color_camera.is_some());
            }
        }
    }
}
