//! Feet that stay where they stand.

use glam::Vec3;
use kinect_azure::Joint;

use super::decay;
use super::root::{Measures, Root};
use crate::person::Person;

/// A foot counts as standing below this speed in m/s, and as moving above the second one.
const SPEED: (f32, f32) = (0.5, 0.8);
/// A foot counts as standing below this height over its place on the floor, in leg lengths, and as lifted above the second.
const HEIGHT: (f32, f32) = (0.08, 0.1);
/// A foot whose person's foot is that far, in metres, from where it stood, and moves faster than this in m/s, steps.
const STEP: (f32, f32) = (0.05, 0.3);
/// A foot that the person's has left by this share of the leg's length is released.
const FAR: f32 = 0.14;
/// A foot that is held further from the person's than this share of the leg's length, while the person's does not move, has missed
/// a step: it follows.
const NEAR: f32 = 0.04;
/// The speed in m/s below which the person's foot does not move, and the time constant of following in seconds.
const STILL: f32 = 0.08;
const FOLLOW_TIME: f32 = 0.3;
/// Time constants in seconds: of the measured speed, and of the way from where a foot was held to where it goes.
const SPEED_TIME: f32 = 0.05;
const RELEASE_TIME: f32 = 0.12;

/// One foot. All places are ankles.
#[derive(Clone, Copy, Debug)]
pub(super) struct Foot {
    joint: Joint,
    before: Option<Vec3>,
    speed: f32,
    held: Option<Vec3>,
    /// Where the person's ankle was when the foot began to be held.
    stood: Vec3,
    offset: Vec3,
}

impl Foot {
    pub(super) fn new(joint: Joint) -> Self {
        Self {
            joint,
            before: None,
            speed: 0.0,
            held: None,
            stood: Vec3::ZERO,
            offset: Vec3::ZERO,
        }
    }

    /// Forgets where the foot was.
    pub(super) fn reset(&mut self) {
        *self = Self::new(self.joint);
    }

    /// Where the ankle is to be, when turns alone would bring it to `free`.
    pub(super) fn target(
        &mut self,
        free: Vec3,
        person: &Person,
        root: &Root,
        rig: &Measures,
        seconds: f32,
    ) -> Vec3 {
        let ankle = person.position(self.joint);
        let found = person.found(self.joint);
        if let Some(before) = self.before.replace(ankle)
            && seconds > 0.0
        {
            let speed = before.distance(ankle) / seconds;
            self.speed += (speed - self.speed) * decay::done(seconds, SPEED_TIME);
        }
        let above = (root.place(ankle).y - rig.ankle).max(0.0);
        let below = |(low, high): (f32, f32), value: f32| {
            value < if self.held.is_some() { high } else { low }
        };
        let steps = self.speed > STEP.1 && ankle.distance(self.stood) > STEP.0;
        let stands = found
            && !(self.held.is_some() && steps)
            && below(SPEED, self.speed)
            && below(HEIGHT, above / rig.leg);
        self.offset *= (-seconds / RELEASE_TIME).exp();
        let level = |v: Vec3| Vec3::new(v.x, 0.0, v.z);
        let now = level(free + self.offset);
        let near = |held: &Vec3| stands && held.distance(level(free)) < FAR * rig.leg;
        match self.held {
            Some(held) if !near(&held) => {
                self.offset = held - level(free);
                self.held = None;
            }
            Some(held) if self.speed < STILL => {
                let off = level(free) - held;
                let beyond = off - off.clamp_length_max(NEAR * rig.leg);
                self.held = Some(held + beyond * decay::done(seconds, FOLLOW_TIME));
            }
            None if stands => {
                self.held = Some(now);
                self.stood = ankle;
            }
            _ => {}
        }
        let height = if found { rig.ankle + above } else { free.y };
        self.held.unwrap_or(level(free + self.offset)) + Vec3::Y * height
    }
}

/// How far the hips must come down so that a leg of that length reaches a target from a hip joint.
pub(super) fn too_high(hip: Vec3, target: Vec3, leg: f32) -> f32 {
    let across = Vec3::new(hip.x - target.x, 0.0, hip.z - target.z).length();
    let reach = leg * 0.998;
    if across >= reach {
        return 0.0;
    }
    (hip.y - target.y - (reach * reach - across * across).sqrt()).max(0.0)
}
