//! The colour camera as shaders see it.

use bevy::math::{UVec2, Vec2, Vec3};
use bevy::render::render_resource::ShaderType;
use kinect_azure::Calibration;
use kinect_azure::calibration::{LensModel, Sensor};

/// Keep in sync with `ColorCamera` in `color_camera.wgsl`, which documents the fields.
#[derive(ShaderType, Clone, Copy, Debug, PartialEq)]
pub(super) struct ColorCamera {
    rotation_x: Vec3,
    tangential: f32,
    rotation_y: Vec3,
    metric_radius_squared: f32,
    rotation_z: Vec3,
    padding: u32,
    translation: Vec3,
    padding_too: u32,
    focal_length: Vec2,
    principal_point: Vec2,
    numerator: Vec3,
    width: u32,
    denominator: Vec3,
    height: u32,
    center_of_distortion: Vec2,
    p: Vec2,
}

impl Default for ColorCamera {
    /// Stands for "no colour camera": it sees no point.
    fn default() -> Self {
        Self {
            rotation_x: Vec3::ZERO,
            tangential: 0.0,
            rotation_y: Vec3::ZERO,
            metric_radius_squared: -1.0,
            rotation_z: Vec3::ZERO,
            padding: 0,
            translation: Vec3::ZERO,
            padding_too: 0,
            focal_length: Vec2::ONE,
            principal_point: Vec2::ZERO,
            numerator: Vec3::ZERO,
            width: 0,
            denominator: Vec3::ZERO,
            height: 0,
            center_of_distortion: Vec2::ZERO,
            p: Vec2::ZERO,
        }
    }
}

impl ColorCamera {
    /// The colour camera of a calibration, seen from the depth camera; `None` when one of them is off.
    pub(super) fn new(calibration: &Calibration) -> Option<Self> {
        calibration.depth_camera?;
        let camera = calibration.color_camera.as_ref()?;
        let extrinsics = calibration.extrinsics(Sensor::Depth, Sensor::Color)?;
        let i = &camera.intrinsics;
        let r = &extrinsics.rotation;
        Some(Self {
            rotation_x: Vec3::new(r[0], r[3], r[6]),
            tangential: match i.model {
                LensModel::BrownConrady => 2.0,
                LensModel::Rational6Kt => 1.0,
            },
            rotation_y: Vec3::new(r[1], r[4], r[7]),
            metric_radius_squared: camera.metric_radius * camera.metric_radius,
            rotation_z: Vec3::new(r[2], r[5], r[8]),
            translation: extrinsics.translation.into(),
            focal_length: Vec2::new(i.fx, i.fy),
            principal_point: Vec2::new(i.cx, i.cy),
            numerator: Vec3::new(i.k1, i.k2, i.k3),
            width: camera.width,
            denominator: Vec3::new(i.k4, i.k5, i.k6),
            height: camera.height,
            center_of_distortion: Vec2::new(i.codx, i.cody),
            p: Vec2::new(i.p1, i.p2),
            ..Self::default()
        })
    }

    /// Width and height of its images.
    pub(super) fn size(&self) -> UVec2 {
        UVec2::new(self.width, self.height)
    }
}
