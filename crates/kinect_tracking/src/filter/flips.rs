//! Repair of exchanged sides.

use glam::{Quat, Vec3};
use kinect_azure::{Body, Joint};

use super::settings::FlipRepair;
use crate::joints::{PAIRS, is_placed, place, turn, wxyz};
use crate::rotation::body_axes;

/// The joints whose positions show whether a part is flipped, and the other joints that are exchanged with them; each
/// pair is named by its left joint.
struct Part {
    evidence: &'static [Joint],
    members: &'static [Joint],
    /// How the T-pose of one side becomes that of the other.
    exchange: Exchange,
}

#[derive(Clone, Copy, PartialEq)]
enum Exchange {
    /// Arms: half a turn about the direction that the body faces.
    Roll,
    /// None: legs hang down on both sides.
    Nothing,
}

const ARMS: Part = Part {
    evidence: &[Joint::ElbowLeft, Joint::WristLeft, Joint::HandLeft],
    members: &[
        Joint::ElbowLeft,
        Joint::WristLeft,
        Joint::HandLeft,
        Joint::HandTipLeft,
        Joint::ThumbLeft,
    ],
    exchange: Exchange::Roll,
};

const LEGS: Part = Part {
    evidence: &[Joint::KneeLeft, Joint::AnkleLeft],
    members: &[Joint::KneeLeft, Joint::AnkleLeft, Joint::FootLeft],
    exchange: Exchange::Nothing,
};

/// Joints that stay on their side unless the whole body is flipped.
const TRUNK: &[Joint] = &[Joint::ShoulderLeft, Joint::HipLeft];

/// Left and right joints that are closer than this on average, in mm, cannot be told apart.
const LEAST_SEPARATION_MM: f32 = 120.0;

/// How long parts of a body have been flipped: whole, arms, legs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flips {
    seconds: [f32; 3],
}

impl Flips {
    /// Repairs the flipped parts of a body, given the expected positions of its joints. Returns the number of
    /// repaired parts.
    pub(super) fn repair(
        &mut self,
        settings: &FlipRepair,
        expected: &[Vec3; Joint::COUNT],
        body: &mut Body,
        seconds: f32,
    ) -> u32 {
        if seconds > settings.max_gap_seconds {
            self.seconds = [0.0; 3];
            return 0;
        }
        let mut repaired = 0;
        let mut decide = |held: &mut f32, flipped: bool| {
            *held = if flipped { *held + seconds } else { 0.0 };
            let repairs = flipped && *held <= settings.hold_seconds;
            if flipped && !repairs {
                *held = 0.0;
            }
            repaired += u32::from(repairs);
            repairs
        };
        let whole = is_flipped(settings, expected, body, TRUNK);
        if decide(&mut self.seconds[0], whole) {
            turn_round(body);
        } else if whole {
            // The flip has lasted for too long, so the new positions count as right.
            self.seconds = [0.0; 3];
            return 0;
        }
        for (part, held) in [ARMS, LEGS].iter().zip(&mut self.seconds[1..]) {
            let flipped = is_flipped(settings, expected, body, part.evidence);
            if decide(held, flipped) {
                exchange(body, part);
            }
        }
        repaired
    }
}

/// Whether pairs of joints fit the expected positions far better with their sides exchanged.
fn is_flipped(
    settings: &FlipRepair,
    expected: &[Vec3; Joint::COUNT],
    body: &Body,
    lefts: &[Joint],
) -> bool {
    let (mut kept, mut exchanged, mut apart, mut count) = (0.0, 0.0, 0.0, 0.0_f32);
    for &left in lefts {
        let right = left.mirrored();
        if !is_placed(body.joint(left)) || !is_placed(body.joint(right)) {
            continue;
        }
        let (l, r) = (place(body, left), place(body, right));
        let (el, er) = (expected[left.index()], expected[right.index()]);
        kept += l.distance(el) + r.distance(er);
        exchanged += l.distance(er) + r.distance(el);
        apart += el.distance(er);
        count += 1.0;
    }
    let pairs = 2.0 * count;
    count > 0.0
        && apart / count > LEAST_SEPARATION_MM
        && (kept - exchanged) / pairs > settings.margin_mm
        && exchanged < 0.5 * kept
}

/// Exchanges the sides of a limb.
fn exchange(body: &mut Body, part: &Part) {
    let turned = match part.exchange {
        // In body directions (x left, y up, z forward).
        Exchange::Roll => Quat::from_rotation_z(core::f32::consts::PI),
        Exchange::Nothing => Quat::IDENTITY,
    };
    for &left in part.members {
        swap(body, left, turned);
    }
}

/// Repairs a body that was taken front for back: exchanges the sides and turns the orientations round.
fn turn_round(body: &mut Body) {
    let about = Quat::from_rotation_y(core::f32::consts::PI);
    // The face is on the wrong side of the head, so it is turned about the head's own upward axis.
    if let Some(head) = turn(body.joint(Joint::Head).orientation) {
        let middle = place(body, Joint::Head);
        let half = Quat::from_axis_angle(head * Vec3::X, core::f32::consts::PI);
        for joint in [
            Joint::Nose,
            Joint::EyeLeft,
            Joint::EarLeft,
            Joint::EyeRight,
            Joint::EarRight,
        ] {
            let at = middle + half * (place(body, joint) - middle);
            body.joints[joint.index()].position = at.to_array();
        }
    }
    for joint in Joint::ALL {
        let in_the_face = joint.parent() == Some(Joint::Head);
        if joint.mirrored() == joint || in_the_face {
            let pose = &mut body.joints[joint.index()];
            pose.orientation = other_frame(pose.orientation, joint, joint, about);
        }
    }
    for (left, _) in PAIRS {
        if left.parent() != Some(Joint::Head) {
            swap(body, left, about);
        }
    }
}

fn swap(body: &mut Body, left: Joint, turned: Quat) {
    let right = left.mirrored();
    body.joints.swap(left.index(), right.index());
    for joint in [left, right] {
        let pose = &mut body.joints[joint.index()];
        pose.orientation = other_frame(pose.orientation, joint.mirrored(), joint, turned);
    }
}

/// Converts an orientation of the joint `from` to one of the joint `to` for the same segment; the T-pose of `to` is
/// that of `from` after the rotation `turned`.
fn other_frame(orientation: [f32; 4], from: Joint, to: Joint, turned: Quat) -> [f32; 4] {
    let Some(q) = turn(orientation) else {
        return orientation;
    };
    let axes = |joint: Joint| Quat::from_mat3(&body_axes(joint));
    wxyz((q * axes(from).inverse() * turned * axes(to)).normalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinect_azure::{JointConfidence, JointPose};

    use crate::rotation::{reference_orientation, rest_position};

    /// A T-pose that faces away from the camera.
    fn t_pose() -> Body {
        let mut body = Body {
            id: 1,
            joints: [JointPose::default(); Joint::COUNT],
        };
        for joint in Joint::ALL {
            let [left, up, forward] = rest_position(joint).map(|v| v * 500.0);
            body.joints[joint.index()] = JointPose {
                position: [-left, -up, 2500.0 + forward],
                orientation: reference_orientation(joint),
                confidence: JointConfidence::Medium,
            };
        }
        body
    }

    fn places(body: &Body) -> [Vec3; Joint::COUNT] {
        body.joints.map(|pose| Vec3::from(pose.position))
    }

    fn assert_alike(a: &Body, b: &Body, but: &[Joint]) {
        for joint in Joint::ALL.into_iter().filter(|j| !but.contains(j)) {
            let (a, b) = (a.joint(joint), b.joint(joint));
            let off = Vec3::from(a.position).distance(Vec3::from(b.position));
            assert!(off < 0.1, "{joint:?} is {off} mm away");
            let dot: f32 = a
                .orientation
                .iter()
                .zip(b.orientation)
                .map(|(x, y)| x * y)
                .sum();
            assert!(dot.abs() > 0.9999, "{joint:?} is turned: {dot}");
        }
    }

    #[test]
    fn a_body_taken_front_for_back_becomes_what_it_was_in_places_and_orientations() {
        let truth = t_pose();
        let mut wrong = truth.clone();
        turn_round(&mut wrong);
        // Feet keep their place; everything else is where a person facing the camera would have it.
        assert!(wrong.joint(Joint::Nose).position[2] < wrong.joint(Joint::Head).position[2]);
        let nose = turn(wrong.joint(Joint::Pelvis).orientation).map(|q| q * Vec3::Y);
        assert!(nose.is_some_and(|forward| forward.z < -0.99));
        let elbow = turn(wrong.joint(Joint::ElbowLeft).orientation).map(|q| q * Vec3::X);
        assert!(elbow.is_some_and(|outwards| outwards.x > 0.99));
        let mut flips = Flips::default();
        let repaired = flips.repair(&FlipRepair::default(), &places(&truth), &mut wrong, 0.033);
        assert_eq!(repaired, 1);
        assert_alike(&wrong, &truth, &[]);
    }

    #[test]
    fn exchanged_arms_or_legs_are_exchanged_back() {
        for part in [ARMS, LEGS] {
            let truth = t_pose();
            let mut wrong = truth.clone();
            exchange(&mut wrong, &part);
            assert_ne!(wrong, truth);
            let mut flips = Flips::default();
            let settings = FlipRepair::default();
            assert_eq!(
                flips.repair(&settings, &places(&truth), &mut wrong, 0.033),
                1
            );
            assert_alike(&wrong, &truth, &[]);
        }
    }

    #[test]
    fn a_flip_that_stays_is_believed_in_the_end() {
        let truth = t_pose();
        let mut wrong = truth.clone();
        turn_round(&mut wrong);
        let mut flips = Flips::default();
        let settings = FlipRepair::default();
        let frames = (0..100)
            .take_while(|_| {
                let mut frame = wrong.clone();
                flips.repair(&settings, &places(&truth), &mut frame, 0.033) > 0
            })
            .count();
        assert!((43..=47).contains(&frames), "{frames}");
    }
}
