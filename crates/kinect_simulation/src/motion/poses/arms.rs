//! The actions of arms, and the targets of the hands.

use glam::{Quat, Vec3};
use kinect_azure::body::Joint;

use super::draw::{about, weighted};
use super::legs::Base;
use super::reach::{mirrored, reach};
use crate::motion::joints::arm_rotations;
use crate::motion::stance::Arm;
use crate::person::physique::RestSkeleton;
use crate::person::pose::BodyPose;
use crate::random::Random;

/// The action of an arm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Hangs beside the body.
    Hangs,
    OnTheHip,
    BehindTheBack,
    Crossed,
    /// In front of the body, with the other hand.
    Clasped,
    AtTheFace,
    AtTheEar,
    OnTheHead,
    BehindTheHead,
    Up,
    Points,
    /// A fist before the face or a blow.
    Boxes,
    /// Holds something in front with both hands.
    Carries,
    OnTheThigh,
    OnTheFloor,
    /// The wrist anywhere within reach.
    Reaches,
    /// Every joint anywhere in its range.
    Anything,
}

/// Draws the actions of both arms for a base.
pub(super) fn uses(base: Base, bend: f32, r: &mut Random) -> [Use; 2] {
    if base == Base::OnAllFours {
        let other = if r.chance(0.8) {
            Use::OnTheFloor
        } else {
            Use::Reaches
        };
        return [Use::OnTheFloor, other];
    }
    let mut list = vec![
        (0.17, Use::Hangs),
        (0.05, Use::OnTheHip),
        (0.04, Use::BehindTheBack),
        (0.06, Use::Crossed),
        (0.05, Use::Clasped),
        (0.04, Use::AtTheFace),
        (0.04, Use::AtTheEar),
        (0.03, Use::OnTheHead),
        (0.03, Use::BehindTheHead),
        (0.07, Use::Up),
        (0.07, Use::Points),
        (0.04, Use::Boxes),
        (0.05, Use::Carries),
        (0.16, Use::Reaches),
        (0.12, Use::Anything),
    ];
    match base {
        Base::Seated | Base::OnTheFloor => list.push((0.3, Use::OnTheThigh)),
        Base::Squatting | Base::OnOneKnee | Base::OnBothKnees => {
            list.push((0.15, Use::OnTheThigh));
            list.push((0.06, Use::OnTheFloor));
        }
        _ if bend > 0.5 => {
            list.push((0.15, Use::OnTheThigh));
            list.push((0.12, Use::OnTheFloor));
        }
        _ => {}
    }
    let first = weighted(r, &list);
    let both = match first {
        Use::Crossed | Use::Clasped | Use::Carries => 1.0,
        Use::Boxes | Use::BehindTheBack | Use::BehindTheHead | Use::OnTheFloor => 0.8,
        _ => 0.45,
    };
    let second = if r.chance(both) {
        first
    } else {
        // An embrace needs both arms.
        let list: Vec<_> = list
            .into_iter()
            .filter(|entry| !matches!(entry.1, Use::Crossed | Use::Clasped | Use::Carries))
            .collect();
        weighted(r, &list)
    };
    [first, second]
}

/// The sizes of a body that limit the targets of the hands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measures {
    /// Height of the person divided by 1.75 m.
    pub(super) size: f32,
    pub(super) girth: f32,
}

impl Measures {
    /// From the spine to the front of the trunk, in metres.
    pub(super) fn depth(&self) -> f32 {
        (0.105 + 0.06 * self.girth * self.girth) * self.size
    }
}

/// The rotations of the arms' joints. In `body`, trunk and legs are already posed.
pub(super) fn arms(
    uses: [Use; 2],
    skeleton: &RestSkeleton,
    measures: Measures,
    body: &BodyPose,
    r: &mut Random,
) -> Vec<(Joint, Quat)> {
    // Both hands share the height and the distance in front of the body.
    let shared = [r.unit(), r.unit(), r.unit()];
    let mut all = Vec::with_capacity(10);
    for (index, what) in uses.into_iter().enumerate() {
        let left = index == 0;
        let hand = hand(what, r);
        let rotations = match place(what, left, shared, skeleton, measures, body, r) {
            Some((wrist, elbow)) => {
                let jitter = Vec3::new(about(r, 0.0, 0.2), about(r, 0.0, 0.2), about(r, 0.0, 0.2));
                reach(
                    skeleton,
                    wrist,
                    elbow.normalize_or(Vec3::NEG_Y) + jitter,
                    &hand,
                )
            }
            None => arm_rotations(&hand),
        };
        all.extend(rotations.into_iter().map(|(joint, turn)| {
            if left {
                (joint, turn)
            } else {
                (joint.mirrored(), mirrored(turn))
            }
        }));
    }
    all
}

/// The angles of the arm. If the hand has a target, only the angles of the forearm and the hand are used.
fn hand(what: Use, r: &mut Random) -> Arm {
    let (side, forward, twist, elbow) = match what {
        Use::Hangs => (
            0.15 + about(r, 0.0, 0.12).abs(),
            about(r, 0.0, 0.25),
            about(r, -0.1, 0.3),
            r.range(0.05..0.8),
        ),
        Use::Up => (
            r.range(1.7..2.95),
            r.range(-0.1..0.8),
            r.range(-0.3..1.3),
            r.range(0.03..1.8),
        ),
        _ => {
            let side = r.range(-0.45..2.8);
            // A hand is behind the body only if it is low, and crosses the body only in front of it.
            let back = if side < 0.0 {
                0.3
            } else if side > 1.4 {
                -0.25
            } else {
                -0.8
            };
            (
                side,
                r.range(back..1.5),
                r.range(-1.6..1.4),
                r.range(0.03..2.45) * r.range(0.4..1.0),
            )
        }
    };
    let curl = match what {
        Use::Boxes | Use::Carries => r.range(0.8..1.5),
        Use::OnTheFloor | Use::OnTheThigh => r.range(-0.1..0.4),
        _ => r.range(-0.05..1.3),
    };
    Arm {
        side: side.clamp(-0.5, 2.95),
        forward: forward.clamp(-0.9, 1.7),
        twist: twist.clamp(-2.2, 1.6),
        elbow: elbow.clamp(0.03, 2.5),
        pronate: r.range(-1.2..1.3),
        wrist: about(r, 0.0, 0.3).clamp(-0.9, 0.9),
        curl,
        ..Arm::default()
    }
}

/// The target of the wrist and the direction of the elbow for a left arm, in the chest's axes and relative to the
/// chest's joint. `None` if the arm has angles instead of a target.
fn place(
    what: Use,
    left: bool,
    [a, b, c]: [f32; 3],
    skeleton: &RestSkeleton,
    measures: Measures,
    body: &BodyPose,
    r: &mut Random,
) -> Option<(Vec3, Vec3)> {
    let s = measures.size;
    let depth = measures.depth();
    let wide = 0.03 * measures.girth * s;
    let side = |joint: Joint| if left { joint } else { joint.mirrored() };
    let chest = (
        body.position[Joint::SpineChest.index()],
        body.rotation[Joint::SpineChest.index()].inverse(),
    );
    // A point of the body in the chest's axes, mirrored for a right arm.
    let own = |v: Vec3| {
        if left {
            v
        } else {
            v * Vec3::new(-1.0, 1.0, 1.0)
        }
    };
    let seen = |world: Vec3| own(chest.1 * (world - chest.0));
    let beside = |joint: Joint, off: Vec3| {
        let turn = body.rotation[joint.index()];
        seen(body.position[joint.index()] + turn * own(off))
    };
    let shoulder = skeleton.bone(Joint::ClavicleLeft) + skeleton.bone(Joint::ShoulderLeft);
    let length =
        skeleton.bone(Joint::ElbowLeft).length() + skeleton.bone(Joint::WristLeft).length();
    // In front of the breast bone.
    let front = |x: f32, y: f32, z: f32| Vec3::new(x * s, y * s, depth + z * s);
    let spread = |range: f32, share: f32| range * share;
    Some(match what {
        Use::Hangs | Use::Up | Use::Anything => return None,
        Use::OnTheHip => (
            beside(
                side(Joint::HipLeft),
                Vec3::new(
                    (0.12 + spread(0.05, r.unit())) * s + wide,
                    r.range(0.05..0.16) * s,
                    r.range(-0.06..0.05) * s,
                ),
            ),
            Vec3::new(1.0, 0.0, r.range(-0.8..0.2)),
        ),
        Use::BehindTheBack => (
            beside(
                Joint::Pelvis,
                Vec3::new(
                    r.range(-0.06..0.16) * s,
                    (r.range(0.0..0.1) + 0.14 * a) * s,
                    -(0.15 + 0.03 * measures.girth) * s - r.range(0.0..0.05),
                ),
            ),
            Vec3::new(1.0, 0.0, -0.7),
        ),
        Use::Crossed => {
            // One forearm over the other.
            let over = if left == (a < 0.5) { 0.055 } else { 0.0 };
            (
                front(
                    -r.range(0.04..0.15),
                    -0.02 - 0.14 * b + over,
                    0.045 + over + 0.03 * c,
                ),
                Vec3::new(0.7, -0.9, 0.2),
            )
        }
        Use::Clasped => (
            front(0.03, -0.38 * a + 0.05, 0.06 + 0.22 * b),
            Vec3::new(0.5, -0.8, -0.2),
        ),
        Use::AtTheFace => (
            beside(
                Joint::Head,
                Vec3::new(r.range(0.0..0.09), r.range(-0.12..0.02), 0.15 + 0.05 * a) * s,
            ),
            Vec3::new(0.4, -1.0, 0.2),
        ),
        Use::AtTheEar => (
            beside(
                Joint::Head,
                Vec3::new(0.13, r.range(-0.08..0.04), r.range(0.02..0.1)) * s,
            ),
            Vec3::new(0.7, -0.8, 0.3),
        ),
        Use::OnTheHead => (
            beside(
                Joint::Head,
                Vec3::new(r.range(0.1..0.2), r.range(0.18..0.3), r.range(-0.08..0.1)) * s,
            ),
            Vec3::new(1.0, 0.2, 0.1),
        ),
        Use::BehindTheHead => (
            beside(
                Joint::Head,
                Vec3::new(
                    r.range(0.08..0.16),
                    r.range(0.02..0.16),
                    -r.range(0.12..0.18),
                ) * s,
            ),
            Vec3::new(1.0, 0.3, 0.3),
        ),
        Use::Points => {
            let to = Vec3::new(r.range(-0.5..1.0), r.range(-0.7..0.8), r.range(0.05..1.0));
            let to = to.normalize_or(Vec3::Z);
            (
                shoulder + to * length * r.range(0.85..1.0),
                Vec3::new(0.4, -0.9, -0.3),
            )
        }
        Use::Boxes => {
            let strikes = left == (a < 0.5) && b < 0.5;
            let ahead = if strikes { 0.45 } else { 0.12 + 0.15 * c };
            (
                front(r.range(0.0..0.18), r.range(0.02..0.34), ahead),
                Vec3::new(0.5, -0.9, 0.0),
            )
        }
        Use::Carries => (
            front(0.06 + 0.16 * a, 0.15 - 0.5 * b, 0.1 + 0.25 * c),
            Vec3::new(0.6, -0.8, -0.2),
        ),
        Use::OnTheThigh => {
            let (hip, knee) = (
                body.position[side(Joint::HipLeft).index()],
                body.position[side(Joint::KneeLeft).index()],
            );
            let thigh = (0.085 + 0.03 * measures.girth) * s;
            let front = body.rotation[side(Joint::HipLeft).index()] * Vec3::Z;
            let on = hip.lerp(knee, r.range(0.35..0.98)) + front * thigh;
            (seen(on), Vec3::new(0.9, -0.3, -0.4))
        }
        Use::OnTheFloor => {
            let lowest = body.position.iter().map(|p| p.y).fold(f32::MAX, f32::min);
            let at = body.position[side(Joint::ShoulderLeft).index()];
            let to = Vec3::new(
                at.x + about(r, 0.0, 0.12),
                lowest,
                at.z + about(r, 0.0, 0.12),
            );
            (seen(to), Vec3::new(0.7, 0.0, -0.7))
        }
        Use::Reaches => {
            let to = loop {
                let to = Vec3::new(about(r, 0.3, 1.0), about(r, 0.0, 1.0), about(r, 0.5, 1.0))
                    .normalize_or(Vec3::Z);
                // No hand reaches behind the back and far across the body.
                if to.z > -0.65 && (to.x > -0.75 || to.z > 0.4) {
                    break to;
                }
            };
            (
                shoulder + to * length * r.range(0.3..1.0),
                Vec3::new(0.4, -0.9, -0.35),
            )
        }
    })
}
