//! A pose: the rotations of a rest skeleton's joints, and the positions that follow from them.

use glam::{Mat3, Quat, Vec3};
use kinect_azure::body::Joint;

use super::physique::RestSkeleton;

/// The rotations of a person's joints, independent of the person's measures.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pose {
    /// World position of the pelvis in metres.
    pub(crate) pelvis: Vec3,
    /// How each joint turns the segment beyond it against its parent's, in the axes of the rest pose; of the pelvis,
    /// against the world. All identity is the rest pose.
    pub(crate) rotation: [Quat; Joint::COUNT],
}

/// The joint positions of one person in a pose.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BodyPose {
    /// World positions in metres.
    pub(crate) position: [Vec3; Joint::COUNT],
    /// World rotations of the segments beyond the joints away from the rest pose.
    pub(crate) rotation: [Quat; Joint::COUNT],
}

impl Pose {
    /// The pose of rest, standing on the origin.
    pub(crate) fn rest(skeleton: &RestSkeleton) -> Self {
        Self {
            pelvis: skeleton.position[Joint::Pelvis.index()],
            rotation: [Quat::IDENTITY; Joint::COUNT],
        }
    }

    /// Forward kinematics.
    pub(crate) fn apply(&self, skeleton: &RestSkeleton) -> BodyPose {
        let mut body = BodyPose {
            position: [self.pelvis; Joint::COUNT],
            rotation: self.rotation,
        };
        for joint in Joint::ALL {
            if let Some(parent) = joint.parent() {
                let turned = body.rotation[parent.index()];
                body.position[joint.index()] =
                    body.position[parent.index()] + turned * skeleton.bone(joint);
                body.rotation[joint.index()] = (turned * self.rotation[joint.index()]).normalize();
            }
        }
        body
    }
}

/// How far the arms hang in the bind pose, and how far the legs are apart, in radians.
const ARMS_DOWN: f32 = 0.75;
const LEGS_APART: f32 = 0.10;

/// The pose the surface is built in.
pub(crate) fn bind_pose(skeleton: &RestSkeleton) -> BodyPose {
    let mut pose = Pose::rest(skeleton);
    let mut turn = |joint: Joint, angle: f32| {
        pose.rotation[joint.index()] = Quat::from_rotation_z(angle);
    };
    turn(Joint::ShoulderLeft, -ARMS_DOWN);
    turn(Joint::ShoulderRight, ARMS_DOWN);
    turn(Joint::HipLeft, LEGS_APART);
    turn(Joint::HipRight, -LEGS_APART);
    // The feet stay flat.
    turn(Joint::AnkleLeft, -LEGS_APART);
    turn(Joint::AnkleRight, LEGS_APART);
    pose.apply(skeleton)
}

/// The vendor's axes of a joint in rest pose, as a rotation from them into world axes.
pub(crate) fn vendor_axes(joint: Joint) -> Quat {
    // The world's axes are the directions of a person in rest pose: x to the left, y up, z forward.
    Quat::from_mat3(&Mat3::from_cols_array_2d(&joint.rest_axes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::physique::Physique;

    #[test]
    fn the_rest_pose_is_the_rest_skeleton() {
        let skeleton = RestSkeleton::new(&Physique::default());
        let body = Pose::rest(&skeleton).apply(&skeleton);
        for joint in Joint::ALL {
            let off = body.position[joint.index()] - skeleton.position[joint.index()];
            assert!(off.length() < 1e-6, "{joint:?} is off by {off}");
        }
    }

    #[test]
    fn joint_axes_are_rotations_and_those_of_the_reference_quaternions() {
        // For a person in T-pose facing away from the camera, in the camera's axes (x right, y down, z forward) the
        // reference rotations of two independent public implementations, xyzw.
        let h = std::f32::consts::FRAC_1_SQRT_2;
        let references = [
            (Joint::Pelvis, [-0.5, 0.5, 0.5, -0.5]),
            (Joint::KneeLeft, [-0.5, 0.5, 0.5, -0.5]),
            (Joint::KneeRight, [-0.5, -0.5, 0.5, 0.5]),
            (Joint::ElbowLeft, [0.0, h, h, 0.0]),
            (Joint::ElbowRight, [0.0, -h, h, 0.0]),
            (Joint::WristLeft, [0.0, 0.0, 1.0, 0.0]),
            (Joint::HandRight, [0.0, 1.0, 0.0, 0.0]),
            (Joint::FootLeft, [0.0, -h, 0.0, h]),
            (Joint::FootRight, [-h, 0.0, h, 0.0]),
        ];
        // Facing away: the person's forward (+z) is the camera's z, left (+x) its −x, up its −y.
        let to_camera = Quat::from_mat3(&Mat3::from_cols(-Vec3::X, -Vec3::Y, Vec3::Z));
        for (joint, [x, y, z, w]) in references {
            let got = to_camera * vendor_axes(joint);
            let want = Quat::from_xyzw(x, y, z, w);
            assert!(
                got.dot(want).abs() > 0.9999,
                "{joint:?}: {got} is not {want}"
            );
        }
    }
}
