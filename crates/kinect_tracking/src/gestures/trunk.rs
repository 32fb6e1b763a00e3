//! Recognises gestures of the whole body: jumping, crouching, leaning.

use glam::Vec3;
use kinect_azure::Joint;

use super::features::Features;
use super::gesture::Direction;
use super::held::Held;
use super::settings::{Crouch, Jump, Lean};

/// Feet that leave the floor.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Jumping {
    pub(super) active: bool,
    /// Heights at which the lower ankle and the lower foot stand.
    floors: [Option<f32>; 2],
    pelvis: Option<f32>,
    /// Seconds since the pelvis rose fast.
    since_rising: f32,
}

/// The height on the floor follows downwards at once and upwards slowly, in trunks per second.
const FLOOR_RISES: f32 = 0.06;
/// The push and the flight belong together within this time, in seconds.
const PUSH_SECONDS: f32 = 0.35;

impl Jumping {
    pub(super) fn next(&mut self, limits: &Jump, body: &Features, seconds: f32) -> Option<bool> {
        let sides = [Joint::AnkleLeft, Joint::FootLeft].map(|left| {
            let (left, right) = (body.at(left)?, body.at(left.mirrored())?);
            Some([left.y, right.y])
        });
        let ankles = sides[0]?;
        let pelvis = body.at(Joint::Pelvis)?;
        let rising = self
            .pelvis
            .replace(pelvis.y)
            .map_or(0.0, |before| (pelvis.y - before) / seconds);
        self.since_rising = if rising > limits.rising {
            0.0
        } else {
            self.since_rising + seconds
        };
        // The heel leaves the floor with each step and the toes with each landing, but in a jump heels and toes leave
        // it together.
        let mut off = f32::INFINITY;
        for (heights, floor) in [Some(ankles), sides[1]].into_iter().zip(&mut self.floors) {
            let Some([left, right]) = heights else {
                continue;
            };
            let lower = left.min(right);
            let stands = floor.map_or(lower, |floor| lower.min(floor + FLOOR_RISES * seconds));
            *floor = Some(stands);
            off = off.min(lower - stands);
        }
        if self.active {
            self.active = off > limits.off_floor_ends;
            return Some(false);
        }
        // A person who sits down on a table lifts the feet, but not the pelvis.
        let stretched = body.legs.is_none_or(|legs| legs.pelvis > 0.7);
        self.active = off > limits.off_floor && self.since_rising < PUSH_SECONDS && stretched;
        Some(self.active)
    }
}

/// Bent knees.
pub(super) fn crouches(
    held: &mut Held,
    limits: &Crouch,
    body: &Features,
    seconds: f32,
) -> Option<bool> {
    let legs = body.legs?;
    let over = legs.aside < limits.over_feet && legs.lower_knee > limits.knees_up;
    let on = legs.pelvis < limits.low && over;
    Some(held.next(
        on,
        legs.pelvis < limits.low_ends,
        limits.hold_seconds,
        seconds,
    ))
}

/// A leaning trunk; the direction when it begins.
pub(super) fn leans(
    held: &mut Held,
    limits: &Lean,
    body: &Features,
    seconds: f32,
) -> Option<Direction> {
    let (pelvis, neck) = (body.at(Joint::Pelvis)?, body.at(Joint::Neck)?);
    let trunk = neck - pelvis;
    let degrees = trunk.angle_between(Vec3::Y).to_degrees();
    let stands = body.legs.is_some_and(|legs| legs.pelvis > limits.stands);
    let on = degrees > limits.degrees && stands;
    let begins = held.next(
        on,
        degrees > limits.degrees_ends,
        limits.hold_seconds,
        seconds,
    );
    begins.then(|| {
        if trunk.x.abs() > trunk.z.abs() {
            if trunk.x > 0.0 {
                Direction::Left
            } else {
                Direction::Right
            }
        } else if trunk.z > 0.0 {
            Direction::Forward
        } else {
            Direction::Back
        }
    })
}
