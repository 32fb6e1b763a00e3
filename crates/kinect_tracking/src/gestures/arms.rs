//! Poses of the arms: raised, pointing, stretched out, crossed.

use glam::Vec3;
use kinect_azure::{Body, Joint};

use super::features::Features;
use super::gesture::{Ray, Side};
use super::held::Held;
use super::settings::{ArmsCrossed, Point, RaiseHand, TPose};
use crate::joints::{low_pass, seen_place};

/// An arm as a line from shoulder to wrist.
struct Reach {
    /// The vector from shoulder to wrist.
    line: Vec3,
    /// The length of that vector as a share of the arm's length.
    straight: f32,
}

fn reach(body: &Features, side: Side) -> Option<Reach> {
    let shoulder = body.of_side(Joint::ShoulderLeft, side)?;
    let elbow = body.of_side(Joint::ElbowLeft, side)?;
    let wrist = body.of_side(Joint::WristLeft, side)?;
    let line = wrist - shoulder;
    let arm = shoulder.distance(elbow) + elbow.distance(wrist);
    (arm > 0.1).then(|| Reach {
        line,
        straight: line.length() / arm,
    })
}

/// A hand above the head.
pub(super) fn raises_hand(
    held: &mut Held,
    limits: &RaiseHand,
    body: &Features,
    side: Side,
    seconds: f32,
) -> Option<bool> {
    let hand = body.of_side(Joint::HandLeft, side)?;
    let (head, neck) = (body.at(Joint::Head)?, body.at(Joint::Neck)?);
    let on = hand.y > head.y + limits.above_head;
    let still_on = hand.y > neck.y + limits.above_neck_ends;
    Some(held.next(on, still_on, limits.hold_seconds, seconds))
}

/// Where a hand was in the frame before.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pointing {
    pub(super) held: Held,
    last: Option<Vec3>,
    /// Smoothed, in trunks per second.
    velocity: Vec3,
}

/// Cutoff of the low-pass of a hand's velocity, in Hz.
const HAND_CUTOFF_HZ: f32 = 1.5;

impl Pointing {
    /// Whether the arm is stretched out and still, while the other arm is not stretched out.
    pub(super) fn next(
        &mut self,
        limits: &Point,
        body: &Features,
        side: Side,
        seconds: f32,
    ) -> Option<bool> {
        let other = match side {
            Side::Left => Side::Right,
            Side::Right => Side::Left,
        };
        let hand = body.of_side(Joint::WristLeft, side)?;
        if let Some(last) = self.last.replace(hand) {
            let share = low_pass(HAND_CUTOFF_HZ, seconds);
            self.velocity += ((hand - last) / seconds - self.velocity) * share;
        }
        let speed = self.velocity.length();
        let own = reach(body, side)?;
        let lifted = |reach: &Reach| {
            let level = reach.line.x.hypot(reach.line.z);
            reach.line.y.atan2(level).to_degrees()
        };
        let range = limits.lowest_degrees..=limits.highest_degrees;
        // Two stretched arms are something else: a T-pose, a squat, a sleepwalker.
        let alone = reach(body, other)
            .is_none_or(|other| other.straight < 0.8 || !range.contains(&lifted(&other)));
        let aims = range.contains(&lifted(&own));
        let on = own.straight > limits.straight && aims && alone && speed < limits.still;
        let still_on = own.straight > limits.straight_ends && aims;
        Some(self.held.next(on, still_on, limits.hold_seconds, seconds))
    }
}

/// The ray from between the eyes through the hand.
pub(super) fn ray(body: &Body, side: Side) -> Option<Ray> {
    let eyes = match (
        seen_place(body, Joint::EyeLeft),
        seen_place(body, Joint::EyeRight),
    ) {
        (Some(left), Some(right)) => 0.5 * (left + right),
        _ => seen_place(body, Joint::Head)?,
    };
    let hand = seen_place(body, side.joint(Joint::HandTipLeft))
        .or_else(|| seen_place(body, side.joint(Joint::HandLeft)))?;
    (hand - eyes).try_normalize().map(|direction| Ray {
        origin: eyes.to_array(),
        direction: direction.to_array(),
    })
}

/// Both arms stretched out sideways.
pub(super) fn stands_in_t(
    held: &mut Held,
    limits: &TPose,
    body: &Features,
    seconds: f32,
) -> Option<bool> {
    let off = |side: Side| {
        let arm = reach(body, side)?;
        let out = match side {
            Side::Left => Vec3::X,
            Side::Right => Vec3::NEG_X,
        };
        Some((arm.line.angle_between(out).to_degrees(), arm.straight))
    };
    let (left, right) = (off(Side::Left)?, off(Side::Right)?);
    let worst = left.0.max(right.0);
    let straight = left.1.min(right.1) > limits.straight;
    Some(held.next(
        worst < limits.degrees && straight,
        worst < limits.degrees_ends,
        limits.hold_seconds,
        seconds,
    ))
}

/// Arms crossed in front of the chest.
pub(super) fn crosses_arms(
    held: &mut Held,
    limits: &ArmsCrossed,
    body: &Features,
    seconds: f32,
) -> Option<bool> {
    let wrists = [Side::Left, Side::Right].map(|side| body.of_side(Joint::WristLeft, side));
    let elbows = [Side::Left, Side::Right].map(|side| body.of_side(Joint::ElbowLeft, side));
    let ([Some(left), Some(right)], [Some(left_elbow), Some(right_elbow)]) = (wrists, elbows)
    else {
        return None;
    };
    let (pelvis, neck) = (body.at(Joint::Pelvis)?, body.at(Joint::Neck)?);
    // Hands reach farther across than wrists.
    let hands = [Side::Left, Side::Right].map(|side| body.of_side(Joint::HandLeft, side));
    let [Some(left_hand), Some(right_hand)] = hands else {
        return None;
    };
    let past = right_hand.x - left_hand.x;
    let at_the_chest = [left, right]
        .iter()
        .all(|wrist| wrist.y > pelvis.y + limits.above_pelvis && wrist.y < neck.y && wrist.z > 0.0);
    let near = left.distance(right_elbow) < limits.near_elbow
        && right.distance(left_elbow) < limits.near_elbow;
    let on = past > limits.past && at_the_chest && near;
    let still_on = past > limits.past_ends && at_the_chest;
    Some(held.next(on, still_on, limits.hold_seconds, seconds))
}
