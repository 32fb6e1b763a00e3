//! Converts a body for animation programs: metres, y up, a hierarchy whose rest pose is a T-pose that faces +z.

use glam::{Quat, Vec3};
use kinect_azure::{Body, Joint, JointConfidence, JointPose, units};

use crate::joints::turn;
use crate::rotation::{body_axes, rest_position};

/// Each joint relative to its parent, and the pelvis relative to the world.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct UprightPose {
    pub(super) translations: [Vec3; Joint::COUNT],
    pub(super) rotations: [Quat; Joint::COUNT],
}

impl UprightPose {
    /// A T-pose with bones of those lengths in mm.
    pub(super) fn rest(lengths_mm: impl Fn(Joint) -> f32) -> Self {
        let translations = core::array::from_fn(|index| {
            let joint = Joint::ALL[index];
            let Some(parent) = joint.parent() else {
                return Vec3::ZERO;
            };
            let off = Vec3::from(rest_position(joint)) - Vec3::from(rest_position(parent));
            off.normalize_or_zero() * lengths_mm(joint) * units::METRES_PER_MILLIMETRE
        });
        Self {
            translations,
            rotations: [Quat::IDENTITY; Joint::COUNT],
        }
    }

    /// The pose of a body. A joint that the tracker did not find keeps its place from `before`.
    pub(super) fn of(body: &Body, before: &Self) -> Self {
        let mut pose = *before;
        let mut places = [Vec3::ZERO; Joint::COUNT];
        let mut turns = [Quat::IDENTITY; Joint::COUNT];
        for joint in Joint::ALL {
            let index = joint.index();
            let given = &body.joints[index];
            let (above, back) = joint
                .parent()
                .map_or((Vec3::ZERO, Quat::IDENTITY), |parent| {
                    (places[parent.index()], turns[parent.index()].inverse())
                });
            if is_given(given) {
                places[index] = Vec3::from(units::to_world(given.position));
                pose.translations[index] = back * (places[index] - above);
            } else {
                places[index] = above + back.inverse() * pose.translations[index];
            }
            let rest = Quat::from_mat3(&body_axes(joint));
            turns[index] = match turn(given.orientation).filter(|_| is_given(given)) {
                Some(orientation) => {
                    let [w, x, y, z] =
                        units::orientation_to_world(crate::joints::wxyz(orientation));
                    (Quat::from_xyzw(x, y, z, w) * rest.inverse()).normalize()
                }
                None => (back.inverse() * pose.rotations[index]).normalize(),
            };
            pose.rotations[index] = (back * turns[index]).normalize();
        }
        pose
    }

    /// Interpolates between two poses: `share` 0 is this pose, 1 is `to`.
    pub(super) fn between(&self, to: &Self, share: f32) -> Self {
        Self {
            translations: core::array::from_fn(|i| {
                self.translations[i].lerp(to.translations[i], share)
            }),
            rotations: core::array::from_fn(|i| {
                self.rotations[i].slerp(to.rotations[i], share).normalize()
            }),
        }
    }
}

/// Whether the tracker gave the joint a pose. A tracker that did not find a joint gives it the confidence "none" and
/// the origin.
fn is_given(pose: &JointPose) -> bool {
    let nowhere = pose.confidence == JointConfidence::None && pose.position == [0.0; 3];
    !nowhere && pose.position.iter().all(|v| v.is_finite())
}

/// The joint's name in files for animation programs.
pub(super) fn name(joint: Joint) -> String {
    joint.name().to_lowercase()
}

/// The children of a joint.
pub(super) fn children(joint: Joint) -> impl Iterator<Item = Joint> {
    Joint::ALL
        .into_iter()
        .filter(move |child| child.parent() == Some(joint))
}
