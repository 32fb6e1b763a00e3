//! Boxes around players, in images and in space.

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;
use glam::{Vec2, Vec3};
use kinect_azure::calibration::{CameraKind, Sensor};
use kinect_azure::{Body, Calibration, Joint};

use crate::box2::Box2;
use crate::joints::seen_place;

/// A box along the axes of the depth camera, in mm.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct Box3 {
    /// The smallest x, y and z.
    pub min: [f32; 3],
    /// The largest x, y and z.
    pub max: [f32; 3],
}

/// The boxes of a player. They enclose the joints with a margin for the flesh, so no body index map is needed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct PlayerBoxes {
    /// The box in the depth image; `None` if the player is not in front of the camera.
    pub depth: Option<Box2>,
    /// The box in the colour image; `None` if the colour camera is off or the player is not in front of it.
    pub color: Option<Box2>,
    /// The box in space.
    pub space: Box3,
    /// The head in the depth image.
    pub head_depth: Option<Box2>,
    /// The head in the colour image.
    pub head_color: Option<Box2>,
    /// The head in space.
    pub head_space: Option<Box3>,
}

/// How far the body reaches around a joint, in mm.
fn reach_mm(joint: Joint) -> f32 {
    use Joint as J;
    match joint {
        J::Pelvis | J::SpineNavel | J::SpineChest => 160.0,
        J::HipLeft | J::HipRight => 140.0,
        J::Neck => 90.0,
        J::ShoulderLeft | J::ShoulderRight | J::KneeLeft | J::KneeRight => 95.0,
        J::ClavicleLeft | J::ClavicleRight => 80.0,
        J::ElbowLeft | J::ElbowRight | J::AnkleLeft | J::AnkleRight => 75.0,
        J::FootLeft | J::FootRight => 90.0,
        J::Head | J::EarLeft | J::EarRight | J::EyeLeft | J::EyeRight => 115.0,
        J::Nose => 45.0,
        _ => 55.0,
    }
}

const HEAD: [Joint; 6] = [
    Joint::Head,
    Joint::Nose,
    Joint::EyeLeft,
    Joint::EarLeft,
    Joint::EyeRight,
    Joint::EarRight,
];

impl PlayerBoxes {
    /// The boxes of a body.
    pub fn of(body: &Body, calibration: &Calibration) -> Self {
        let all = Joint::ALL.into_iter();
        let head = HEAD.into_iter();
        let space = Box3::around(body, all.clone()).unwrap_or_default();
        Self {
            depth: Box2::around_joints(body, all.clone(), calibration, CameraKind::Depth),
            color: Box2::around_joints(body, all, calibration, CameraKind::Color),
            space,
            head_depth: Box2::around_joints(body, head.clone(), calibration, CameraKind::Depth),
            head_color: Box2::around_joints(body, head.clone(), calibration, CameraKind::Color),
            head_space: Box3::around(body, head),
        }
    }
}

impl Box3 {
    fn around(body: &Body, joints: impl Iterator<Item = Joint>) -> Option<Self> {
        let (mut min, mut max) = (Vec3::INFINITY, Vec3::NEG_INFINITY);
        for joint in joints {
            if let Some(at) = seen_place(body, joint) {
                let reach = Vec3::splat(reach_mm(joint));
                min = min.min(at - reach);
                max = max.max(at + reach);
            }
        }
        min.is_finite().then(|| Self {
            min: min.to_array(),
            max: max.to_array(),
        })
    }

    /// The middle, in mm.
    pub fn center(&self) -> [f32; 3] {
        ((Vec3::from(self.min) + Vec3::from(self.max)) * 0.5).to_array()
    }

    /// Width, height and depth, in mm.
    pub fn size(&self) -> [f32; 3] {
        (Vec3::from(self.max) - Vec3::from(self.min)).to_array()
    }

    /// Whether a point is inside.
    pub fn contains(&self, point: [f32; 3]) -> bool {
        let point = Vec3::from(point);
        point.cmpge(Vec3::from(self.min)).all() && point.cmple(Vec3::from(self.max)).all()
    }
}

impl Box2 {
    fn around_joints(
        body: &Body,
        joints: impl Iterator<Item = Joint>,
        calibration: &Calibration,
        kind: CameraKind,
    ) -> Option<Self> {
        let camera = calibration.camera(kind)?;
        let (mut min, mut max) = (Vec2::INFINITY, Vec2::NEG_INFINITY);
        for joint in joints {
            let at = seen_place(body, joint)
                .and_then(|at| calibration.point_3d_to_3d(at.to_array(), Sensor::Depth, kind));
            let Some(at) = at else {
                continue;
            };
            if let Some(pixel) = camera.project(at) {
                // Towards the border of a wide-angle image a millimetre covers fewer pixels than this, so the box is
                // larger than needed there.
                let focal = Vec2::new(camera.intrinsics.fx, camera.intrinsics.fy);
                let reach = focal * (reach_mm(joint) / at[2]);
                min = min.min(Vec2::from(pixel) - reach);
                max = max.max(Vec2::from(pixel) + reach);
            }
        }
        min.is_finite().then(|| Self {
            min: min.to_array(),
            max: max.to_array(),
        })
    }

    /// The part of the box within an image; `None` if the box lies outside.
    pub fn within(&self, width: u32, height: u32) -> Option<Self> {
        let most = Vec2::new(width as f32, height as f32) - 0.5;
        let min = Vec2::from(self.min).max(Vec2::splat(-0.5));
        let max = Vec2::from(self.max).min(most);
        min.cmplt(max).all().then(|| Self {
            min: min.to_array(),
            max: max.to_array(),
        })
    }

    /// Whether a pixel is inside.
    pub fn contains(&self, pixel: [f32; 2]) -> bool {
        let pixel = Vec2::from(pixel);
        pixel.cmpge(Vec2::from(self.min)).all() && pixel.cmple(Vec2::from(self.max)).all()
    }
}
