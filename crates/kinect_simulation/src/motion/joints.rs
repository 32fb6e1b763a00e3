//! From a stance and planted feet to the rotations of all joints.

use glam::{Mat3, Quat, Vec3};
use kinect_azure::body::Joint;

use super::gait::{Gait, Root};
use super::stance::{Arm, Stance};
use crate::person::physique::RestSkeleton;
use crate::person::pose::{BodyPose, Pose};

/// The share of the leg's length that a standing leg is stretched to at most.
const STRETCHED: f32 = 0.992;

/// Height of the pelvis: as high as the stance wants and both legs allow.
pub(crate) fn pelvis_height(
    skeleton: &RestSkeleton,
    root: &Root,
    gait: &Gait,
    stance: &Stance,
) -> f32 {
    let leg = leg_length(skeleton);
    let wanted = rest(skeleton, Joint::Pelvis).y + stance.trunk.y * leg;
    let mut height = wanted;
    let (forward, left) = root.axes();
    for (index, foot) in gait.feet.iter().enumerate() {
        let side = if index == 0 { 1.0 } else { -1.0 };
        let hip = rest(skeleton, Joint::HipLeft).x * side + stance.trunk.x * leg;
        let over = root.at + left * hip + forward * stance.trunk.z * leg;
        let ankle = ankle(skeleton, foot.pitch + stance.feet[index].pitch);
        // The pelvis is `across` metres, level, from the point above the ankle.
        let place = foot.at + (forward * (stance.feet[index].z * leg + ankle.z));
        let across = over.distance(place).min(leg * 0.9);
        let reach = ((leg * STRETCHED).powi(2) - across * across).sqrt();
        height = height.min(foot.height + ankle.y + stance.feet[index].y * leg + reach);
    }
    height
}

/// From hip to ankle in metres.
pub(crate) fn leg_length(skeleton: &RestSkeleton) -> f32 {
    skeleton.bone(Joint::KneeLeft).length() + skeleton.bone(Joint::AnkleLeft).length()
}

fn rest(skeleton: &RestSkeleton, joint: Joint) -> Vec3 {
    skeleton.position[joint.index()]
}

/// Where the ankle is over a foot that is tipped about its ball (heel up) or its heel: height and way ahead, in metres.
fn ankle(skeleton: &RestSkeleton, pitch: f32) -> Vec3 {
    let ankle = rest(skeleton, Joint::AnkleLeft);
    let toes = rest(skeleton, Joint::FootLeft);
    let z = if pitch > 0.0 {
        toes.z
    } else {
        -0.035 * ankle.y / 0.08
    };
    let pivot = Vec3::new(0.0, 0.0, z);
    pivot + Quat::from_rotation_x(pitch) * (Vec3::new(0.0, ankle.y, 0.0) - pivot)
}

/// The pose of a stance over planted feet, with the pelvis at that height.
pub(crate) fn pose(
    skeleton: &RestSkeleton,
    root: &Root,
    gait: &Gait,
    stance: &Stance,
    height: f32,
) -> BodyPose {
    let leg = leg_length(skeleton);
    let turn = Quat::from_rotation_y(root.yaw);
    let trunk = &stance.trunk;
    let lift = Vec3::Y * trunk.lift * leg;
    let at = Vec3::new(root.at.x, 0.0, root.at.y);
    let mut pose = Pose {
        pelvis: at + turn * Vec3::new(trunk.x * leg, 0.0, trunk.z * leg) + Vec3::Y * height + lift,
        rotation: [Quat::IDENTITY; Joint::COUNT],
    };
    let euler = |pitch: f32, yaw: f32, roll: f32| {
        Quat::from_rotation_y(yaw) * Quat::from_rotation_x(pitch) * Quat::from_rotation_z(-roll)
    };
    let mut set = |joint: Joint, rotation: Quat| pose.rotation[joint.index()] = rotation;
    let pelvis = turn * euler(trunk.pelvis_pitch, trunk.pelvis_yaw, trunk.pelvis_roll);
    set(Joint::Pelvis, pelvis);
    let half = euler(
        trunk.spine_pitch * 0.5,
        trunk.spine_yaw * 0.5,
        trunk.spine_roll * 0.5,
    );
    set(Joint::SpineNavel, half);
    set(Joint::SpineChest, half);
    let half = euler(
        trunk.head_pitch * 0.5,
        trunk.head_yaw * 0.5,
        trunk.head_roll * 0.5,
    );
    set(Joint::Neck, half);
    set(Joint::Head, half);

    for (index, arm) in stance.arms.iter().enumerate() {
        let left = index == 0;
        let side = |joint: Joint| if left { joint } else { joint.mirrored() };
        for (joint, rotation) in arm_rotations(arm) {
            let rotation = if left {
                rotation
            } else {
                Quat::from_xyzw(rotation.x, -rotation.y, -rotation.z, rotation.w)
            };
            set(side(joint), rotation);
        }
    }

    for (index, foot) in gait.feet.iter().enumerate() {
        let left = index == 0;
        let side = |joint: Joint| if left { joint } else { joint.mirrored() };
        let own = if left { 1.0 } else { -1.0 };
        let extra = &stance.feet[index];
        let pitch = foot.pitch + extra.pitch;
        let yaw = foot.yaw + extra.yaw * own;
        let heading = Quat::from_rotation_y(yaw);
        let target = Vec3::new(foot.at.x, foot.height, foot.at.y)
            + turn * Vec3::new(extra.x * own, extra.y, extra.z) * leg
            + heading * ankle(skeleton, pitch)
            + lift;
        let hip = pose.pelvis + pelvis * skeleton.bone(side(Joint::HipLeft));
        let thigh_length = skeleton.bone(Joint::KneeLeft).length();
        let shank_length = skeleton.bone(Joint::AnkleLeft).length();
        // A leg in the air need not be stretched to the last millimetre, which would make the knee snap.
        let relaxed = (foot.height / 0.03).min(1.0);
        let to = target - hip;
        let stretch = to.length() / (thigh_length + shank_length);
        let target = hip + to * (1.0 + relaxed * (softened(stretch) / stretch.max(1e-3) - 1.0));
        let (thigh, shank) = two_bones(hip, target, heading * Vec3::Z, thigh_length, shank_length);
        let sole = heading * Quat::from_rotation_x(pitch);
        let mut set = |joint: Joint, rotation: Quat| pose.rotation[joint.index()] = rotation;
        set(side(Joint::HipLeft), pelvis.inverse() * thigh);
        set(side(Joint::KneeLeft), thigh.inverse() * shank);
        set(side(Joint::AnkleLeft), shank.inverse() * sole);
        // Toes stay flat on the floor while the heel is up.
        set(
            side(Joint::FootLeft),
            Quat::from_rotation_x(-pitch.clamp(0.0, 0.9) * 0.85),
        );
    }
    pose.apply(skeleton)
}

/// How far a relaxed leg stretches when asked for that share of its length: it comes near 1 without reaching it.
fn softened(stretch: f32) -> f32 {
    const KNEE: f32 = 0.92;
    const REST: f32 = 0.99 - KNEE;
    if stretch < KNEE {
        stretch
    } else {
        KNEE + REST * (1.0 - (-(stretch - KNEE) / REST).exp())
    }
}

/// World rotations of thigh and shank that bring the ankle to a place, with the knee towards `front`.
fn two_bones(hip: Vec3, ankle: Vec3, front: Vec3, thigh: f32, shank: f32) -> (Quat, Quat) {
    let to = ankle - hip;
    let distance = to
        .length()
        .clamp((thigh - shank).abs() + 0.01, (thigh + shank) * 0.9995);
    let down = to.normalize_or(Vec3::NEG_Y);
    // If the leg points in the knee's direction, the knee points upwards.
    let pole = front + Vec3::Y * 0.3 * down.dot(front).max(0.0);
    let axis = pole.cross(down).normalize_or(Vec3::X);
    let cosine = (thigh * thigh + distance * distance - shank * shank) / (2.0 * thigh * distance);
    let angle = cosine.clamp(-1.0, 1.0).acos();
    let upper = Quat::from_axis_angle(axis, -angle) * down;
    let knee = hip + upper * thigh;
    let lower = (hip + down * distance - knee).normalize_or(down);
    let frame = |direction: Vec3| {
        let y = -direction;
        Quat::from_mat3(&Mat3::from_cols(axis, y, axis.cross(y))).normalize()
    };
    (frame(upper), frame(lower))
}

/// Rotations of the left arm's joints against the T-pose.
pub(super) fn arm_rotations(arm: &Arm) -> [(Joint, Quat); 5] {
    let hang = Quat::from_rotation_z(-core::f32::consts::FRAC_PI_2);
    // The collar bone takes part when the arm goes up.
    let raised = (arm.side.max(arm.forward) - 0.9).max(0.0);
    let clavicle = Quat::from_rotation_z(0.16 * raised);
    let shoulder = Quat::from_rotation_z(arm.side)
        * Quat::from_rotation_x(-arm.forward)
        * Quat::from_rotation_y(arm.twist)
        * hang;
    [
        (Joint::ClavicleLeft, clavicle),
        (Joint::ShoulderLeft, clavicle.inverse() * shoulder),
        (
            Joint::ElbowLeft,
            Quat::from_rotation_y(-arm.elbow) * Quat::from_rotation_x(arm.pronate),
        ),
        (Joint::WristLeft, Quat::from_rotation_z(-arm.wrist)),
        (Joint::HandLeft, Quat::from_rotation_z(-arm.curl)),
    ]
}
