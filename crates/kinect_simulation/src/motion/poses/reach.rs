//! Computes the joints of an arm for a target of the hand.

use glam::{Mat3, Quat, Vec3};
use kinect_azure::body::Joint;

use crate::motion::stance::Arm;
use crate::person::physique::RestSkeleton;

/// The largest bend of an elbow, in radians.
const MOST_BEND: f32 = 2.5;

/// Mirrors a rotation of the left side to the right side, and the other way round.
pub(super) fn mirrored(q: Quat) -> Quat {
    Quat::from_xyzw(q.x, -q.y, -q.z, q.w)
}

/// The rotations of the left arm's joints, relative to the T-pose, that bring the wrist to `wrist`, or as near as the
/// length of the arm allows, with the elbow towards `elbow`. Both points are in the chest's axes and relative to the
/// chest's joint. Of `hand`, only the angles beyond the elbow are used.
pub(super) fn reach(
    skeleton: &RestSkeleton,
    wrist: Vec3,
    elbow: Vec3,
    hand: &Arm,
) -> [(Joint, Quat); 5] {
    let upper = skeleton.bone(Joint::ElbowLeft).length();
    let lower = skeleton.bone(Joint::WristLeft).length();
    let collar = skeleton.bone(Joint::ClavicleLeft);
    let arm = skeleton.bone(Joint::ShoulderLeft);
    // The collar bone follows a hand that goes up, forwards or across.
    let off = (wrist - collar - arm) / (upper + lower);
    let clavicle = Quat::from_rotation_z(0.28 * off.y.max(0.0))
        * Quat::from_rotation_y(-0.18 * off.z.max(0.0));
    let shoulder = collar + clavicle * arm;
    let to = wrist - shoulder;
    // An elbow that is bent all the way.
    let folded = (upper * upper + lower * lower + 2.0 * upper * lower * MOST_BEND.cos()).sqrt();
    let distance = to.length().clamp(folded, (upper + lower) * 0.999);
    let ahead = to.normalize_or(Vec3::NEG_Y);
    let pole = (elbow - ahead * elbow.dot(ahead)).normalize_or(ahead.any_orthonormal_vector());
    let cosine = (upper * upper + distance * distance - lower * lower) / (2.0 * upper * distance);
    let cosine = cosine.clamp(-1.0, 1.0);
    let along = ahead * cosine + pole * (1.0 - cosine * cosine).sqrt();
    let forearm = (ahead * distance - along * upper).normalize_or(along);
    // The elbow bends towards the upper arm's front, which is z in the T-pose.
    let front = (forearm - along * forearm.dot(along)).normalize_or(-pole);
    let turn = Quat::from_mat3(&Mat3::from_cols(along, front.cross(along), front)).normalize();
    let bent = along.dot(forearm).clamp(-1.0, 1.0).acos();
    [
        (Joint::ClavicleLeft, clavicle),
        (Joint::ShoulderLeft, clavicle.inverse() * turn),
        (
            Joint::ElbowLeft,
            Quat::from_rotation_y(-bent) * Quat::from_rotation_x(hand.pronate),
        ),
        (Joint::WristLeft, Quat::from_rotation_z(-hand.wrist)),
        (Joint::HandLeft, Quat::from_rotation_z(-hand.curl)),
    ]
}
