//! Joints as vectors and quaternions, for the modules of this crate.

use glam::{Quat, Vec3};
use kinect_azure::{Body, Joint, JointConfidence, JointPose};

/// The position of a joint in mm.
pub(crate) fn place(body: &Body, joint: Joint) -> Vec3 {
    Vec3::from(body.joint(joint).position)
}

/// The position of a joint in mm, if a tracker placed it: the confidence is not "none" and the numbers are finite.
pub(crate) fn seen_place(body: &Body, joint: Joint) -> Option<Vec3> {
    let pose = body.joint(joint);
    is_placed(pose).then(|| Vec3::from(pose.position))
}

/// Whether a tracker placed a joint.
pub(crate) fn is_placed(pose: &JointPose) -> bool {
    pose.confidence != JointConfidence::None && pose.position.iter().all(|v| v.is_finite())
}

/// An orientation (w, x, y, z) as a unit quaternion; `None` if it is not a rotation.
pub(crate) fn turn([w, x, y, z]: [f32; 4]) -> Option<Quat> {
    let q = Quat::from_xyzw(x, y, z, w);
    let length = q.length_squared();
    (length.is_finite() && length > 1e-6).then(|| q.normalize())
}

/// A quaternion as an orientation (w, x, y, z).
pub(crate) fn wxyz(q: Quat) -> [f32; 4] {
    [q.w, q.x, q.y, q.z]
}

/// The rotation of `q` or of `-q`, whichever is nearer to `near`.
pub(crate) fn same_side(q: Quat, near: Quat) -> Quat {
    if q.dot(near) < 0.0 { -q } else { q }
}

/// The rotation vector (axis times angle in radians, at most π) of a rotation.
pub(crate) fn rotation_vector(q: Quat) -> Vec3 {
    let q = same_side(q, Quat::IDENTITY);
    let v = Vec3::new(q.x, q.y, q.z);
    let sine = v.length();
    if sine < 1e-7 {
        // The axis of so small a rotation is lost in rounding, but the rotation vector is not.
        return v * 2.0;
    }
    v * (2.0 * sine.atan2(q.w) / sine)
}

/// The share of the way to a new value that a first-order low-pass with a cutoff goes in a time. It does not depend on
/// how the time is divided into steps.
pub(crate) fn low_pass(cutoff_hz: f32, seconds: f32) -> f32 {
    1.0 - (-core::f32::consts::TAU * cutoff_hz.max(0.0) * seconds.max(0.0)).exp()
}

/// Seconds from one timestamp to another; negative when the second is earlier.
pub(crate) fn seconds_between(from_usec: u64, to_usec: u64) -> f32 {
    if to_usec >= from_usec {
        (to_usec - from_usec) as f32 * 1e-6
    } else {
        (from_usec - to_usec) as f32 * -1e-6
    }
}

/// The pairs of left and right joints, left first.
pub(crate) const PAIRS: [(Joint, Joint); 13] = [
    (Joint::ClavicleLeft, Joint::ClavicleRight),
    (Joint::ShoulderLeft, Joint::ShoulderRight),
    (Joint::ElbowLeft, Joint::ElbowRight),
    (Joint::WristLeft, Joint::WristRight),
    (Joint::HandLeft, Joint::HandRight),
    (Joint::HandTipLeft, Joint::HandTipRight),
    (Joint::ThumbLeft, Joint::ThumbRight),
    (Joint::HipLeft, Joint::HipRight),
    (Joint::KneeLeft, Joint::KneeRight),
    (Joint::AnkleLeft, Joint::AnkleRight),
    (Joint::FootLeft, Joint::FootRight),
    (Joint::EyeLeft, Joint::EyeRight),
    (Joint::EarLeft, Joint::EarRight),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_low_pass_does_not_depend_on_the_number_of_steps() {
        let once = 1.0 - low_pass(2.0, 0.1);
        let ten_times = (1.0 - low_pass(2.0, 0.01)).powi(10);
        assert!((once - ten_times).abs() < 1e-5);
    }

    #[test]
    fn a_rotation_vector_is_axis_times_angle_the_short_way_round() {
        for angle in [0.0, 1e-8, 0.5, 3.0, -2.0] {
            let vector = rotation_vector(Quat::from_axis_angle(Vec3::Y, angle));
            assert!(
                (vector - Vec3::Y * angle).length() < 1e-5,
                "{angle}: {vector}"
            );
        }
        let long = rotation_vector(Quat::from_axis_angle(Vec3::X, 6.0));
        assert!((long.x - (6.0 - core::f32::consts::TAU)).abs() < 1e-4);
    }

    #[test]
    fn every_joint_of_a_side_is_in_a_pair() {
        for joint in Joint::ALL {
            let paired = PAIRS.iter().any(|&(l, r)| l == joint || r == joint);
            assert_eq!(paired, joint.mirrored() != joint, "{joint:?}");
        }
        assert!(PAIRS.iter().all(|(l, r)| l.mirrored() == *r));
    }
}
