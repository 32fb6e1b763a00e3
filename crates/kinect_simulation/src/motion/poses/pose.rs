//! Joins the parts of a body, and rejects bodies that pass through themselves.

use core::f32::consts::FRAC_PI_2;

use glam::{Quat, Vec3};
use kinect_azure::body::Joint;

use super::arms::{Measures, arms, uses};
use super::clear::faults;
use super::draw::weighted;
use super::legs::{Base, Leg, Lower, lower};
use super::trunk::upper;
use crate::person::physique::RestSkeleton;
use crate::person::pose::Pose;
use crate::random::Random;

/// A person's body in a random pose, standing on the origin and facing +z.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) base: Base,
    pub(super) pose: Pose,
}

/// The largest number of draws until no part of the body passes through another part.
const ATTEMPTS: usize = 40;

/// Draws a random pose. With a probability of 0.3 it is a blend of two poses, as in the middle of a motion.
pub(super) fn pose(skeleton: &RestSkeleton, measures: Measures, r: &mut Random) -> Held {
    let base = weighted(r, &Base::ALL);
    let next = r.chance(0.3).then(|| {
        if r.chance(0.7) {
            base
        } else {
            weighted(r, &Base::ALL)
        }
    });
    let mut best: Option<(u32, Held)> = None;
    for _ in 0..ATTEMPTS {
        let mut pose = drawn(base, skeleton, measures, r);
        let mut held = base;
        if let Some(next) = next {
            let share = r.unit();
            blend(&mut pose, &drawn(next, skeleton, measures, r), share);
            held = if share < 0.5 { base } else { next };
        }
        on_the_ground(&mut pose, skeleton, measures);
        let faults = faults(&pose.apply(skeleton), measures);
        if best.as_ref().is_none_or(|best| faults < best.0) {
            best = Some((faults, Held { base: held, pose }));
        }
        if faults == 0 {
            break;
        }
    }
    best.map_or_else(
        || Held {
            base: Base::Standing,
            pose: Pose::rest(skeleton),
        },
        |best| best.1,
    )
}

/// Draws the rotations of one pose for a base.
fn drawn(base: Base, skeleton: &RestSkeleton, measures: Measures, r: &mut Random) -> Pose {
    let mut pose = Pose {
        pelvis: Vec3::ZERO,
        rotation: [Quat::IDENTITY; Joint::COUNT],
    };
    let below = lower(base, r);
    let above = upper(base, r);
    let pelvis = Quat::from_rotation_x(above.bend) * below.pelvis;
    let half = |turn: Quat| Quat::IDENTITY.slerp(turn, 0.5);
    for (joint, turn) in [
        (Joint::Pelvis, pelvis),
        (Joint::SpineNavel, half(above.spine)),
        (Joint::SpineChest, half(above.spine)),
        (Joint::Neck, half(above.head)),
        (Joint::Head, half(above.head)),
    ] {
        pose.rotation[joint.index()] = turn;
    }
    for (index, leg) in below.legs.iter().enumerate() {
        set_leg(&mut pose, leg, index == 0, pelvis, &below);
    }
    let body = pose.apply(skeleton);
    let uses = uses(base, above.bend, r);
    for (joint, turn) in arms(uses, skeleton, measures, &body, r) {
        pose.rotation[joint.index()] = turn;
    }
    pose
}

fn set_leg(pose: &mut Pose, leg: &Leg, left: bool, pelvis: Quat, below: &Lower) {
    let side = |joint: Joint| if left { joint } else { joint.mirrored() };
    let own = if left { 1.0 } else { -1.0 };
    // A hanging leg moves outwards about the forward axis, a raised leg about the vertical axis.
    let raised = (leg.flex.max(0.0) / FRAC_PI_2).min(1.0);
    let thigh = Quat::from_rotation_y(leg.out * own * raised)
        * Quat::from_rotation_z(leg.out * own * (1.0 - raised))
        * Quat::from_rotation_x(-leg.flex)
        * Quat::from_rotation_y(leg.turn * own);
    let thigh = if below.follow { pelvis * thigh } else { thigh };
    let shank = thigh * Quat::from_rotation_x(leg.knee);
    let sole = if leg.flat {
        let ahead = thigh * Vec3::Z + thigh * Vec3::NEG_Y * leg.flex.sin().max(0.0);
        Quat::from_rotation_y(ahead.x.atan2(ahead.z))
    } else {
        shank * Quat::from_rotation_x(leg.toes)
    };
    for (joint, turn) in [
        (Joint::HipLeft, pelvis.inverse() * thigh),
        (Joint::KneeLeft, thigh.inverse() * shank),
        (Joint::AnkleLeft, within_ankle(shank.inverse() * sole)),
    ] {
        pose.rotation[side(joint).index()] = turn;
    }
}

/// A foot turns by at most about 50 degrees relative to the shank.
fn within_ankle(turn: Quat) -> Quat {
    const MOST: f32 = 0.95;
    let (_, angle) = turn.to_axis_angle();
    let angle = angle.min(core::f32::consts::TAU - angle);
    if angle > MOST {
        Quat::IDENTITY.slerp(turn, MOST / angle)
    } else {
        turn
    }
}

/// Turns every joint by a share of the way to another pose.
fn blend(pose: &mut Pose, other: &Pose, share: f32) {
    for (turn, to) in pose.rotation.iter_mut().zip(&other.rotation) {
        *turn = turn.slerp(*to, share).normalize();
    }
}

/// Lifts the body so that its lowest part touches the floor under the origin.
fn on_the_ground(pose: &mut Pose, skeleton: &RestSkeleton, measures: Measures) {
    pose.pelvis = Vec3::ZERO;
    let body = pose.apply(skeleton);
    // The thickness of the body below a joint, in metres for a person of 1.75 m.
    const BELOW: [(Joint, f32); 9] = [
        (Joint::Pelvis, 0.12),
        (Joint::SpineChest, 0.12),
        (Joint::Head, 0.10),
        (Joint::ShoulderLeft, 0.07),
        (Joint::ElbowLeft, 0.045),
        (Joint::HandLeft, 0.03),
        (Joint::KneeLeft, 0.06),
        (Joint::AnkleLeft, 0.07),
        (Joint::FootLeft, 0.02),
    ];
    let lowest = BELOW
        .iter()
        .flat_map(|&(joint, thick)| [(joint, thick), (joint.mirrored(), thick)])
        .map(|(joint, thick)| body.position[joint.index()].y - thick * measures.size)
        .fold(f32::MAX, f32::min);
    pose.pelvis.y = -lowest;
}
