//! The cursor of a hand.

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;
use glam::{Vec2, Vec3};
use kinect_azure::{Body, Joint};

use super::kind::{HandEventKind, PressedBy};
use super::settings::CursorSettings;
use crate::Ground;
use crate::gestures::Side;
use crate::joints::{low_pass, seen_place};

/// The cursor of a hand.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct HandCursor {
    /// Where in the plane the hand is: (0, 0) is the upper left corner and (1, 1) the lower right one, as a person sees it who faces
    /// the sensor. A hand beside the plane is at its edge.
    pub position: [f32; 2],
    /// How far the hand is in front of its shoulder, in lengths of the arm.
    pub ahead: f32,
    /// How far the present dwell has come, 0 to 1. It stays 1 until the cursor moves.
    pub dwell: f32,
    /// How the cursor presses, if it does.
    pub pressed: Option<PressedBy>,
}

/// Follows the cursor of one hand.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pointing {
    pub(super) cursor: Option<HandCursor>,
    /// The smoothed place, not limited to the plane.
    place: Vec2,
    /// The last place before smoothing.
    raw: Vec2,
    speed: f32,
    /// A slow average of how far the hand is ahead.
    slow: f32,
    /// The farthest that the hand was ahead during a push.
    far: f32,
    /// The smoothed length of the arm, in mm.
    arm: Option<f32>,
    /// Where a dwell began, and for how long it has lasted, in seconds.
    dwell_from: Vec2,
    dwelled: f32,
}

/// A hand relative to its plane.
#[derive(Clone, Copy)]
struct Relative {
    /// In the plane, as [`HandCursor::position`], not limited.
    place: Vec2,
    ahead: f32,
    /// Above the shoulder, in lengths of the arm.
    above: f32,
}

impl Pointing {
    /// Adds a body, `seconds` after the last one. Puts what happened into `events`.
    pub(super) fn next(
        &mut self,
        settings: &CursorSettings,
        body: &Body,
        side: Side,
        (ground, gripped, seconds): (&Ground, bool, f32),
        events: &mut Vec<(HandEventKind, Option<HandCursor>)>,
    ) {
        let Some(hand) = self.relative(settings, body, side, ground, seconds) else {
            self.end(events);
            return;
        };
        let margin = if self.cursor.is_some() {
            -settings.margin
        } else {
            settings.margin
        };
        let is_active = hand.ahead > settings.active_ahead + margin
            && hand.above > -settings.rest_below + margin;
        if !is_active {
            self.end(events);
            return;
        }
        let Some(mut cursor) = self.cursor else {
            let cursor = HandCursor {
                position: limited(hand.place),
                ahead: hand.ahead,
                ..HandCursor::default()
            };
            *self = Self {
                cursor: Some(cursor),
                place: hand.place,
                raw: hand.place,
                slow: hand.ahead,
                dwell_from: hand.place,
                arm: self.arm,
                ..Self::default()
            };
            events.push((HandEventKind::CursorEntered, self.cursor));
            return;
        };
        self.smooth(settings, hand.place, seconds);
        cursor.position = limited(self.place);
        cursor.ahead = hand.ahead;
        let complete = self.dwell(settings, &mut cursor, seconds);
        let pushes = self.push(settings, &cursor, seconds);
        let wanted = if settings.press_by_grip && gripped {
            Some(PressedBy::Grip)
        } else if settings.press_by_push && pushes {
            Some(PressedBy::Push)
        } else {
            None
        };
        if let Some(by) = cursor.pressed.filter(|by| Some(*by) != wanted) {
            cursor.pressed = None;
            events.push((HandEventKind::Unpressed(by), Some(cursor)));
        }
        if let Some(by) = wanted.filter(|_| cursor.pressed.is_none()) {
            cursor.pressed = Some(by);
            events.push((HandEventKind::Pressed(by), Some(cursor)));
        }
        if complete {
            events.push((HandEventKind::Dwelled, Some(cursor)));
            if settings.press_by_dwell && cursor.pressed.is_none() {
                let by = PressedBy::Dwell;
                let pressed = HandCursor {
                    pressed: Some(by),
                    ..cursor
                };
                events.push((HandEventKind::Pressed(by), Some(pressed)));
                events.push((HandEventKind::Unpressed(by), Some(cursor)));
            }
        }
        self.cursor = Some(cursor);
    }

    /// Ends the cursor, if there is one, and its press.
    pub(super) fn end(&mut self, events: &mut Vec<(HandEventKind, Option<HandCursor>)>) {
        if let Some(mut cursor) = self.cursor.take() {
            if let Some(by) = cursor.pressed.take() {
                events.push((HandEventKind::Unpressed(by), Some(cursor)));
            }
            events.push((HandEventKind::CursorLeft, Some(cursor)));
        }
    }

    fn relative(
        &mut self,
        settings: &CursorSettings,
        body: &Body,
        side: Side,
        ground: &Ground,
        seconds: f32,
    ) -> Option<Relative> {
        let at = |joint: Joint| seen_place(body, side.joint(joint));
        let (shoulder, elbow) = (at(Joint::ShoulderLeft)?, at(Joint::ElbowLeft)?);
        let (wrist, hand) = (at(Joint::WristLeft)?, at(Joint::HandLeft)?);
        let length = shoulder.distance(elbow) + elbow.distance(wrist);
        let arm = self.arm.get_or_insert(length);
        *arm += (length - *arm) * low_pass(0.3, seconds);
        let arm = arm.max(100.0);
        let up = ground.up_unit();
        let middle = (place_or(body, Joint::ShoulderLeft, shoulder)
            + place_or(body, Joint::ShoulderRight, shoulder))
            * 0.5;
        // Level, from the person to the sensor.
        let ahead = (-middle + up * middle.dot(up)).try_normalize()?;
        // To the person's right, who faces the sensor.
        let right = ahead.cross(up);
        let off = (hand - shoulder) / arm;
        let outwards = match side {
            Side::Left => -1.0,
            Side::Right => 1.0,
        };
        let [out, high] = settings.middle;
        let [wide, tall] = settings.half.map(|half| half.max(0.01));
        let above = off.dot(up);
        Some(Relative {
            place: Vec2::new(
                0.5 + (off.dot(right) - out * outwards) / (2.0 * wide),
                0.5 - (above - high) / (2.0 * tall),
            ),
            ahead: off.dot(ahead),
            above,
        })
        .filter(|relative| relative.place.is_finite() && relative.ahead.is_finite())
    }

    fn smooth(&mut self, settings: &CursorSettings, place: Vec2, seconds: f32) {
        if seconds <= 0.0 {
            return;
        }
        let speed = place.distance(self.raw) / seconds;
        self.raw = place;
        self.speed += (speed - self.speed) * low_pass(1.5, seconds);
        let cutoff = settings.smoothing_hz + settings.follow * self.speed;
        self.place += (place - self.place) * low_pass(cutoff, seconds);
    }

    /// Whether a dwell has just become complete.
    fn dwell(&mut self, settings: &CursorSettings, cursor: &mut HandCursor, seconds: f32) -> bool {
        if self.place.distance(self.dwell_from) > settings.dwell_radius {
            self.dwell_from = self.place;
            self.dwelled = 0.0;
            cursor.dwell = 0.0;
            return false;
        }
        self.dwelled += seconds;
        let counted = self.dwelled - settings.dwell_delay_seconds;
        let before = cursor.dwell;
        cursor.dwell = (counted / settings.dwell_seconds.max(0.01)).clamp(0.0, 1.0);
        before < 1.0 && cursor.dwell >= 1.0
    }

    /// Whether the hand pushes.
    fn push(&mut self, settings: &CursorSettings, cursor: &HandCursor, seconds: f32) -> bool {
        if cursor.pressed == Some(PressedBy::Push) {
            self.far = self.far.max(cursor.ahead);
            if cursor.ahead < self.far - settings.pull {
                self.slow = cursor.ahead;
                return false;
            }
            return true;
        }
        self.slow += (cursor.ahead - self.slow) * low_pass(0.25, seconds);
        // A hand that comes back gets ready at once.
        self.slow = self.slow.min(cursor.ahead + settings.push);
        self.far = cursor.ahead;
        cursor.ahead > self.slow + settings.push
    }
}

fn limited(place: Vec2) -> [f32; 2] {
    place.clamp(Vec2::ZERO, Vec2::ONE).to_array()
}

fn place_or(body: &Body, joint: Joint, other: Vec3) -> Vec3 {
    seen_place(body, joint).unwrap_or(other)
}
