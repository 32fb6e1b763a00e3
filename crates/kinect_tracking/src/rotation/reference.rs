//! The joints' own axes in a T-pose, and where the joints are in it.

use glam::{Mat3, Quat, Vec3};
use kinect_azure::Joint;

use crate::joints::{turn, wxyz};

/// The axes of a joint in a T-pose (arms sideways, palms down), as columns in body directions: x to the person's left,
/// y up, z where the person faces.
pub(crate) fn body_axes(joint: Joint) -> Mat3 {
    Mat3::from_cols_array_2d(&joint.rest_axes())
}

/// From body directions to the depth camera's axes for a person who faces away from the camera.
fn facing_away() -> Mat3 {
    Mat3::from_cols(Vec3::NEG_X, Vec3::NEG_Y, Vec3::Z)
}

/// The orientation (w, x, y, z) of a joint of a person who stands in a T-pose and faces away from the camera, in the
/// depth camera's axes.
///
/// For the left eye, the right eye and the left ear, the vendor's tracker uses other axes than the vendor's description
/// says; this function returns the tracker's axes.
pub fn reference_orientation(joint: Joint) -> [f32; 4] {
    wxyz(Quat::from_mat3(&(facing_away() * body_axes(joint))))
}

/// The rotation (w, x, y, z) of a joint's segment from the T-pose of a person who faces away from the camera: it
/// turns directions of that T-pose, in the depth camera's axes, into the present ones. It does not depend on the
/// joint's own axes, so it can drive any other skeleton. `None` if the orientation is not a rotation.
pub fn posture(joint: Joint, orientation: [f32; 4]) -> Option<[f32; 4]> {
    let reference = turn(reference_orientation(joint))?;
    Some(wxyz(turn(orientation)? * reference.inverse()))
}

/// The position of a joint of the vendor's neutral skeleton in a T-pose, relative to the pelvis and in units of the
/// distance from pelvis to neck: [to the person's left, up, forward].
pub fn rest_position(joint: Joint) -> [f32; 3] {
    REST[joint.index()]
}

/// Proportions of the vendor's skeleton, measured in one neutral pose; the joints of thumb, foot and face are rounded.
const REST: [[f32; 3]; Joint::COUNT] = [
    [0.0, 0.0, 0.0],
    [0.0, 0.33, 0.0],
    [0.0, 0.60, 0.0],
    [0.0, 1.0, 0.0],
    [0.07, 0.93, 0.0],
    [0.31, 0.86, 0.0],
    [0.82, 0.86, 0.0],
    [1.25, 0.86, 0.0],
    [1.43, 0.86, 0.0],
    [1.63, 0.86, 0.0],
    [1.42, 0.86, 0.18],
    [-0.07, 0.93, 0.0],
    [-0.31, 0.86, 0.0],
    [-0.82, 0.86, 0.0],
    [-1.25, 0.86, 0.0],
    [-1.43, 0.86, 0.0],
    [-1.63, 0.86, 0.0],
    [-1.42, 0.86, 0.18],
    [0.16, 0.0, 0.0],
    [0.16, -0.745, 0.0],
    [0.16, -1.455, 0.0],
    [0.16, -1.57, 0.33],
    [-0.16, 0.0, 0.0],
    [-0.16, -0.745, 0.0],
    [-0.16, -1.455, 0.0],
    [-0.16, -1.57, 0.33],
    [0.0, 1.15, 0.02],
    [0.0, 1.23, 0.26],
    [0.06, 1.29, 0.20],
    [0.15, 1.25, 0.02],
    [-0.06, 1.29, 0.20],
    [-0.15, 1.25, 0.02],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axes_of_every_joint_are_a_rotation() {
        for joint in Joint::ALL {
            assert!(
                (body_axes(joint).determinant() - 1.0).abs() < 1e-6,
                "{joint:?}"
            );
        }
    }

    #[test]
    fn the_reference_orientations_are_those_of_two_independent_implementations() {
        let h = core::f32::consts::FRAC_1_SQRT_2;
        // x, y, z, w.
        let expected = [
            (Joint::SpineChest, [-0.5, 0.5, 0.5, -0.5]),
            (Joint::KneeLeft, [-0.5, 0.5, 0.5, -0.5]),
            (Joint::HipRight, [-0.5, -0.5, 0.5, 0.5]),
            (Joint::ElbowLeft, [0.0, h, h, 0.0]),
            (Joint::ElbowRight, [0.0, -h, h, 0.0]),
            (Joint::WristLeft, [0.0, 0.0, 1.0, 0.0]),
            (Joint::WristRight, [0.0, 1.0, 0.0, 0.0]),
            (Joint::FootLeft, [0.0, -h, 0.0, h]),
            (Joint::FootRight, [-h, 0.0, h, 0.0]),
        ];
        for (joint, [x, y, z, w]) in expected {
            let [gw, gx, gy, gz] = reference_orientation(joint);
            let dot = (gw * w + gx * x + gy * y + gz * z).abs();
            assert!(dot > 0.9999, "{joint:?}");
        }
    }

    #[test]
    fn the_rest_skeleton_is_the_same_on_both_sides() {
        for joint in Joint::ALL {
            let [x, y, z] = rest_position(joint);
            assert_eq!(
                rest_position(joint.mirrored()),
                [0.0 - x, y, z],
                "{joint:?}"
            );
        }
    }
}
