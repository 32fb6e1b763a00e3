//! Movements of the hands: waving, clapping, swiping.

use glam::Vec3;
use kinect_azure::Joint;

use super::features::Features;
use super::gesture::{Direction, Side};
use super::settings::{Clap, Swipe, Wave};

/// Recognises waving: a forearm that swings from side to side.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Waving {
    pub(super) active: bool,
    /// The farthest angle since the last turning point, in degrees, and which way it goes; 0 = not known yet.
    extreme: Option<f32>,
    way: f32,
    /// Seconds since the newest turning points, newest first.
    turns: [Option<f32>; 8],
}

impl Waving {
    pub(super) fn next(
        &mut self,
        limits: &Wave,
        body: &Features,
        side: Side,
        seconds: f32,
    ) -> Option<bool> {
        let elbow = body.of_side(Joint::ElbowLeft, side)?;
        let hand = body.of_side(Joint::HandLeft, side)?;
        for turn in self.turns.iter_mut().flatten() {
            *turn += seconds;
        }
        let forearm = hand - elbow;
        if forearm.y < limits.above_elbow {
            *self = Self::default();
            return Some(false);
        }
        let angle = forearm.x.atan2(forearm.y).to_degrees();
        self.follow(angle, limits.swing_degrees);
        let recent = self
            .turns
            .iter()
            .flatten()
            .filter(|age| **age <= limits.within_seconds)
            .count();
        let pause = self.turns[0].unwrap_or(f32::INFINITY);
        if self.active {
            self.active = pause < 0.5 * limits.within_seconds;
            return Some(false);
        }
        let begins = recent >= limits.turns.clamp(1, 8) as usize;
        self.active = begins;
        Some(begins)
    }

    /// Finds turning points: the angle has come back from the farthest angle by at least the swing.
    fn follow(&mut self, angle: f32, swing: f32) {
        let Some(extreme) = self.extreme else {
            self.extreme = Some(angle);
            return;
        };
        let on = angle - extreme;
        if self.way == 0.0 {
            if on.abs() >= swing {
                self.way = on.signum();
                self.extreme = Some(angle);
            }
        } else if on * self.way > 0.0 {
            self.extreme = Some(angle);
        } else if on.abs() >= swing {
            self.way = -self.way;
            self.extreme = Some(angle);
            self.turns.rotate_right(1);
            self.turns[0] = Some(0.0);
        }
    }
}

/// Hands that meet.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clapping {
    /// Seconds since the hands were apart; `None` once they have met, until they are apart again.
    since_apart: Option<f32>,
    /// Seconds since the hands met quickly, and how near they have come.
    met: Option<(f32, f32)>,
}

impl Clapping {
    pub(super) fn next(&mut self, limits: &Clap, body: &Features, seconds: f32) -> Option<bool> {
        let left = body.at(Joint::HandLeft)?;
        let right = body.at(Joint::HandRight)?;
        let distance = left.distance(right);
        if let Some(since) = &mut self.since_apart {
            *since += seconds;
        }
        if let Some((since, nearest)) = &mut self.met {
            *since += seconds;
            *nearest = nearest.min(distance);
        }
        // Hands part again after a clap, each on its own side; hands that stay together or cross do not clap.
        let claps = self
            .met
            .is_some_and(|(_, nearest)| distance - nearest >= limits.parting && left.x > right.x);
        let over = self
            .met
            .is_some_and(|(since, _)| since > limits.within_seconds);
        if claps || over {
            self.met = None;
        }
        if distance >= limits.apart {
            self.since_apart = Some(0.0);
        } else if distance <= limits.together
            && let Some(since) = self.since_apart.take()
            && since <= limits.within_seconds
        {
            self.met = Some((0.0, distance));
        }
        Some(claps)
    }
}

/// Hands do not swipe lower than this, relative to the chest.
const LOWEST: f32 = -0.55;

/// Where a hand was in the last half second or so.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Swiping {
    /// Age in seconds and place relative to the chest, newest first.
    path: [Option<(f32, Vec3)>; 24],
    /// Seconds until the hand may swipe again.
    pause: f32,
}

impl Swiping {
    pub(super) fn next(
        &mut self,
        limits: &Swipe,
        body: &Features,
        side: Side,
        seconds: f32,
    ) -> Option<Direction> {
        self.pause = (self.pause - seconds).max(0.0);
        for (age, _) in self.path.iter_mut().flatten() {
            *age += seconds;
        }
        let place = body
            .of_side(Joint::HandLeft, side)
            .zip(body.at(Joint::SpineChest))
            .zip(body.at(Joint::Head));
        let Some(((hand, chest), head)) = place else {
            self.path = [None; 24];
            return None;
        };
        let now = hand - chest;
        // Not beside the body, not beside the face, where people wave, and not below the belt.
        if now.z < limits.in_front || now.y < LOWEST || hand.y > head.y {
            self.path = [None; 24];
            return None;
        }
        self.path.rotate_right(1);
        self.path[0] = Some((0.0, now));
        let recent = self.path.iter().flatten();
        let direction = recent
            .filter(|(age, _)| *age <= limits.within_seconds)
            .find_map(|(_, from)| {
                let way = now - *from;
                let level = way.x.abs() >= way.y.abs();
                let (along, across) = if level {
                    (way.x, way.y.hypot(way.z))
                } else {
                    (way.y, way.x.hypot(way.z))
                };
                let far = along.abs() >= limits.distance
                    && across <= limits.stray * along.abs()
                    && (level || limits.vertical);
                far.then_some(match (level, along > 0.0) {
                    (true, true) => Direction::Left,
                    (true, false) => Direction::Right,
                    (false, true) => Direction::Up,
                    (false, false) => Direction::Down,
                })
            })?;
        self.path = [None; 24];
        // A hand that swings to and fro swipes once: each swing makes the pause begin again.
        let rested = self.pause <= 0.0;
        self.pause = limits.pause_seconds;
        rested.then_some(direction)
    }
}
