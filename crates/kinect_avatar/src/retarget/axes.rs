//! The body axes of a rig: x to the character's left, y up, z forward.

use glam::{Mat3, Quat, Vec3};

use crate::human::{BoneMap, HumanBone};
use crate::rig::Rig;

/// From body axes to model space and back. If a root mirrors the model, body axes are left-handed in model space.
#[derive(Clone, Copy, Debug)]
pub(super) struct BodyAxes {
    /// Turns body directions into model space.
    to_model: Mat3,
    /// The same as a rotation, or its negative if the model is mirrored: what rotations are changed with.
    turn: Quat,
}

impl BodyAxes {
    /// The axes of a rig, from where its bones are.
    pub(super) fn of(rig: &Rig, map: &BoneMap) -> Self {
        let at = |bone| map.get(bone).map(|bone| rig.rest_position(bone));
        let between = |to, from| Some(at(to)? - at(from)?);
        let mirrored = map
            .get(HumanBone::Hips)
            .is_some_and(|hips| rig.turn(hips).mirrored);
        let up = between(HumanBone::Head, HumanBone::Hips)
            .or_else(|| between(HumanBone::Neck, HumanBone::Hips))
            .or_else(|| between(HumanBone::UpperChest, HumanBone::Hips))
            .or_else(|| between(HumanBone::Spine, HumanBone::Hips))
            .and_then(Vec3::try_normalize)
            .map_or(Vec3::Y, snapped);
        let left = [
            (HumanBone::LeftUpperLeg, HumanBone::RightUpperLeg),
            (HumanBone::LeftUpperArm, HumanBone::RightUpperArm),
            (HumanBone::LeftShoulder, HumanBone::RightShoulder),
        ]
        .into_iter()
        .filter_map(|(left, right)| between(left, right)?.try_normalize())
        .sum::<Vec3>();
        let level = |v: Vec3| (v - up * v.dot(up)).try_normalize();
        let left = level(left)
            .map(snapped)
            .and_then(level)
            .or_else(|| level(Vec3::X))
            .unwrap_or_else(|| up.any_orthonormal_vector());
        let sign = if mirrored { -1.0 } else { 1.0 };
        let to_model = Mat3::from_cols(left, up, left.cross(up) * sign);
        Self {
            to_model,
            turn: Quat::from_mat3(&(to_model * sign)).normalize(),
        }
    }

    /// Turns a model so that its up is y and its front +z, if both are along axes of the model space.
    fn upright(&self) -> Quat {
        let (up, front) = (self.to_model.y_axis, self.to_model.z_axis);
        let along_axes = |v: Vec3| v.abs().max_element() > 0.9999;
        if !along_axes(up) || !along_axes(front) {
            return Quat::IDENTITY;
        }
        // A mirrored model keeps its sides: no rotation exchanges them.
        let turned = Mat3::from_cols(up.cross(front), up, front);
        Quat::from_mat3(&turned).inverse().normalize()
    }

    /// A place or direction of the model space in body axes.
    pub(super) fn body(&self, model: Vec3) -> Vec3 {
        self.to_model.transpose() * model
    }

    /// The matrix from body axes to model space.
    pub(super) fn to_model(self) -> Mat3 {
        self.to_model
    }

    /// A frame of the model space in body axes.
    pub(super) fn frame(&self, model: Quat) -> Quat {
        (self.turn.inverse() * model).normalize()
    }
}

/// The rotation about the model's origin after which the model stands on its feet and faces +z: a half turn for a VRM 0.x file,
/// a quarter turn for a model whose z axis points up. The identity, if the model stands so, or if its axes are oblique.
pub fn upright(rig: &Rig, bones: &BoneMap) -> Quat {
    BodyAxes::of(rig, bones).upright()
}

/// The nearest axis of the model space if it is near, so that a head that leans does not tip the whole character.
fn snapped(direction: Vec3) -> Vec3 {
    let axis = match direction.abs().max_position() {
        0 => Vec3::X,
        1 => Vec3::Y,
        _ => Vec3::Z,
    } * direction[direction.abs().max_position()].signum();
    if axis.dot(direction) > 0.88 {
        axis
    } else {
        direction
    }
}
