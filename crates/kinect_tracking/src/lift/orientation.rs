//! Computes the orientations of joints from the places of all joints.
//!
//! Each joint turns the segment beyond it. Its rotation against the T-pose takes the segment's direction in the T-pose to
//! the present one; the twist about it comes from a second direction: the line of hips or shoulders, the axis of elbow or
//! knee, the foot, the thumb.

use glam::{Mat3, Quat, Vec3};
use kinect_azure::Joint;

use super::complete::{face, suits};
use super::frame::Frame;
use crate::joints::wxyz;
use crate::rotation::{body_axes, rest_position};

/// The orientations (w, x, y, z) of all joints. `trunk` is used where joints lie on top of each other.
pub(crate) fn orientations(
    joints: &[Vec3; Joint::COUNT],
    trunk: &Frame,
) -> [[f32; 4]; Joint::COUNT] {
    let at = |joint: Joint| joints[joint.index()];
    let unit = at(Joint::Pelvis).distance(at(Joint::Neck));
    let mut segments = [trunk.matrix(); Joint::COUNT];
    let mut set = |joint: Joint, segment: Mat3| segments[joint.index()] = segment;

    let hips = at(Joint::HipLeft) - at(Joint::HipRight);
    let shoulders = at(Joint::ShoulderLeft) - at(Joint::ShoulderRight);
    let spine = |from: Joint, to: Joint, left: Vec3| {
        Frame::up_and_left(at(to) - at(from), left).unwrap_or(*trunk)
    };
    let pelvis =
        Frame::left_and_up(hips, at(Joint::SpineNavel) - at(Joint::Pelvis)).unwrap_or(*trunk);
    let middle = hips.normalize_or_zero() + shoulders.normalize_or_zero();
    let navel = spine(Joint::SpineNavel, Joint::SpineChest, middle);
    let chest = spine(Joint::SpineChest, Joint::Neck, shoulders);
    let up = at(Joint::Head) - at(Joint::Neck);
    let head = face(|joint| Some(at(joint)), up, unit)
        .filter(|head| suits(head, &chest))
        .unwrap_or(chest);
    let neck = Frame::up_and_left(up, chest.left + head.left).unwrap_or(chest);
    set(Joint::Pelvis, pelvis.matrix());
    set(Joint::SpineNavel, navel.matrix());
    set(Joint::SpineChest, chest.matrix());
    set(Joint::Neck, neck.matrix());
    for joint in [
        Joint::Head,
        Joint::Nose,
        Joint::EyeLeft,
        Joint::EyeRight,
        Joint::EarLeft,
        Joint::EarRight,
    ] {
        set(joint, head.matrix());
    }
    for left in [true, false] {
        let side = |joint: Joint| if left { joint } else { joint.mirrored() };
        let out = if left { Vec3::X } else { Vec3::NEG_X };
        let clavicle = side(Joint::ClavicleLeft);
        let rest = Vec3::from(rest_position(side(Joint::ShoulderLeft)))
            - Vec3::from(rest_position(clavicle));
        let bone = at(side(Joint::ShoulderLeft)) - at(clavicle);
        set(clavicle, turned(&chest.matrix(), rest, bone));
        arm(&at, &mut set, side, out, &chest);
        leg(&at, &mut set, side, &pelvis);
    }
    core::array::from_fn(|index| {
        let axes = segments[index] * body_axes(Joint::ALL[index]);
        let turn = Quat::from_mat3(&axes).normalize();
        wxyz(if turn.is_finite() {
            turn
        } else {
            Quat::IDENTITY
        })
    })
}

fn arm(
    at: &impl Fn(Joint) -> Vec3,
    set: &mut impl FnMut(Joint, Mat3),
    side: impl Fn(Joint) -> Joint,
    out: Vec3,
    chest: &Frame,
) {
    let [shoulder, elbow, wrist, hand, tip, thumb] = [
        Joint::ShoulderLeft,
        Joint::ElbowLeft,
        Joint::WristLeft,
        Joint::HandLeft,
        Joint::HandTipLeft,
        Joint::ThumbLeft,
    ]
    .map(&side);
    let upper = at(elbow) - at(shoulder);
    let lower = at(wrist) - at(elbow);
    // A left forearm that is bent forward in the T-pose turns about the axis that points down; a right one about up.
    let axis = upper.normalize_or_zero().cross(lower.normalize_or_zero());
    let hinge = Vec3::new(0.0, -out.x, 0.0);
    let straight = turned(&chest.matrix(), out, upper);
    let bent = share_of(axis.length(), 0.15, 0.5);
    let pole = (straight * hinge).lerp(axis.normalize_or_zero(), bent);
    let segment = oriented(out, upper, hinge, pole).unwrap_or(straight);
    set(shoulder, segment);

    let palm = at(hand) - at(wrist);
    let beside = at(thumb) - at(wrist);
    let beside = beside - palm.normalize_or_zero() * beside.dot(palm.normalize_or_zero());
    // As in the vendor's tracker, a forearm does not turn with the hand.
    let forearm = oriented(out, lower, hinge, pole).unwrap_or(turned(&segment, out, lower));
    set(elbow, forearm);
    let straight = turned(&forearm, out, palm);
    let palm_turn = oriented(out, palm, Vec3::Z, beside).unwrap_or(straight);
    set(wrist, palm_turn);
    set(thumb, palm_turn);
    let fingers = turned(&palm_turn, out, at(tip) - at(hand));
    set(hand, fingers);
    set(tip, fingers);
}

fn leg(
    at: &impl Fn(Joint) -> Vec3,
    set: &mut impl FnMut(Joint, Mat3),
    side: impl Fn(Joint) -> Joint,
    pelvis: &Frame,
) {
    let [hip, knee, ankle, foot] = [
        Joint::HipLeft,
        Joint::KneeLeft,
        Joint::AnkleLeft,
        Joint::FootLeft,
    ]
    .map(&side);
    let thigh = at(knee) - at(hip);
    let shank = at(ankle) - at(knee);
    let sole = at(foot) - at(ankle);
    let (down, along) = (thigh.normalize_or_zero(), shank.normalize_or_zero());
    // A knee turns about the axis that points to the left in the T-pose; for a straight knee, the foot decides.
    let axis = down.cross(along);
    let by_foot = sole.normalize_or_zero().cross(along);
    let bent = share_of(axis.length(), 0.15, 0.5);
    let straight = if by_foot.length() > 0.3 {
        by_foot.normalize()
    } else {
        turned(&pelvis.matrix(), Vec3::NEG_Y, thigh) * Vec3::X
    };
    let left = straight.lerp(axis.normalize_or_zero(), bent);
    let segment = |bone: Vec3| {
        oriented(Vec3::NEG_Y, bone, Vec3::X, left)
            .unwrap_or_else(|| turned(&pelvis.matrix(), Vec3::NEG_Y, bone))
    };
    set(hip, segment(thigh));
    set(knee, segment(shank));
    let rest = Vec3::from(rest_position(foot)) - Vec3::from(rest_position(ankle));
    let flat = oriented(rest, sole, Vec3::X, left).unwrap_or_else(|| segment(shank));
    set(ankle, flat);
    set(foot, flat);
}

/// How far a value is from `none` to `all`, 0 to 1.
fn share_of(value: f32, none: f32, all: f32) -> f32 {
    ((value - none) / (all - none)).clamp(0.0, 1.0)
}

/// The rotation that takes one direction of the T-pose to `bone`, and a second one as near to `pole` as it can. `None`
/// if the directions are missing or the same.
fn oriented(rest_bone: Vec3, bone: Vec3, rest_pole: Vec3, pole: Vec3) -> Option<Mat3> {
    let basis = |x: Vec3, y: Vec3| {
        let (x, y) = (x.try_normalize()?, y.try_normalize()?);
        let y = y - x * y.dot(x);
        // A pole that is nearly parallel to the bone gives no information.
        let y = (y.length_squared() > 0.01).then(|| y.normalize())?;
        Some(Mat3::from_cols(x, y, x.cross(y)))
    };
    Some(basis(bone, pole)? * basis(rest_bone, rest_pole)?.transpose())
}

/// The rotation nearest to `from` that takes a direction of the T-pose to `bone`.
fn turned(from: &Mat3, rest: Vec3, bone: Vec3) -> Mat3 {
    let (Some(was), Some(is)) = ((*from * rest).try_normalize(), bone.try_normalize()) else {
        return *from;
    };
    Mat3::from_quat(Quat::from_rotation_arc(was, is)) * *from
}
