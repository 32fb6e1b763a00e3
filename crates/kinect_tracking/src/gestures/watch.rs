//! Recognises the gestures of all players.

use kinect_azure::Body;

use super::arms::{self, Pointing};
use super::features::{Features, Sizes};
use super::gesture::{Direction, Gesture, GestureEvent, Ray, Side};
use super::hands::{Clapping, Swiping, Waving};
use super::held::Held;
use super::settings::GestureSettings;
use super::trunk::{self, Jumping};
use crate::Ground;
use crate::joints::seconds_between;

/// The state of one player's gestures.
#[derive(Clone, Debug, Default)]
struct Person {
    id: u32,
    last_usec: Option<u64>,
    sizes: Sizes,
    raise_hand: [Held; 2],
    wave: [Waving; 2],
    point: [Pointing; 2],
    swipe: [Swiping; 2],
    clap: Clapping,
    jump: Jumping,
    crouch: Held,
    lean: Held,
    t_pose: Held,
    arms_crossed: Held,
}

/// Recognises gestures in the bodies of a sensor. Call [`update`](Self::update) for every frame.
///
/// ```
/// use kinect_tracking::Ground;
/// use kinect_tracking::gestures::{GestureSettings, GestureWatch};
///
/// let mut watch = GestureWatch::new(GestureSettings { jump: None, ..GestureSettings::default() });
/// watch.update([], 0, &Ground::default());
/// assert!(watch.events().is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct GestureWatch {
    settings: GestureSettings,
    people: Vec<Person>,
    events: Vec<GestureEvent>,
}

/// The state of a player who is not seen for this time, in seconds, is forgotten.
const FORGET_SECONDS: f32 = 1.0;

impl GestureWatch {
    /// Recognises gestures with these thresholds.
    pub const fn new(settings: GestureSettings) -> Self {
        Self {
            settings,
            people: Vec::new(),
            events: Vec::new(),
        }
    }

    /// The thresholds.
    pub const fn settings(&self) -> &GestureSettings {
        &self.settings
    }

    /// Changes the thresholds from the next frame on.
    pub const fn set_settings(&mut self, settings: GestureSettings) {
        self.settings = settings;
    }

    /// The events of the gestures that began in the newest frame.
    pub fn events(&self) -> &[GestureEvent] {
        &self.events
    }

    /// Whether a player's gesture is going on: a hand is still up, a wave continues. Claps and swipes do not last, so
    /// for them this is never `true`.
    pub fn is_active(&self, player: u32, gesture: Gesture) -> bool {
        let Some(person) = self.people.iter().find(|person| person.id == player) else {
            return false;
        };
        match gesture {
            Gesture::RaiseHand => person.raise_hand.iter().any(|held| held.active),
            Gesture::Wave => person.wave.iter().any(|wave| wave.active),
            Gesture::Point => person.point.iter().any(|point| point.held.active),
            Gesture::Jump => person.jump.active,
            Gesture::Crouch => person.crouch.active,
            Gesture::Lean => person.lean.active,
            Gesture::TPose => person.t_pose.active,
            Gesture::ArmsCrossed => person.arms_crossed.active,
            Gesture::Clap | Gesture::Swipe => false,
        }
    }

    /// Updates the gestures with the bodies of the next frame. The id of each body must be the id of its player.
    pub fn update<'a>(
        &mut self,
        bodies: impl IntoIterator<Item = &'a Body>,
        device_timestamp_usec: u64,
        ground: &Ground,
    ) {
        self.events.clear();
        for body in bodies {
            let at = self
                .people
                .iter()
                .position(|person| person.id == body.id)
                .unwrap_or_else(|| {
                    self.people.push(Person {
                        id: body.id,
                        ..Person::default()
                    });
                    self.people.len() - 1
                });
            let events = &mut self.events;
            self.people[at].update(&self.settings, body, device_timestamp_usec, ground, events);
        }
        self.people.retain(|person| {
            person.last_usec.is_some_and(|last| {
                seconds_between(last, device_timestamp_usec).abs() <= FORGET_SECONDS
            })
        });
    }
}

impl Person {
    fn update(
        &mut self,
        settings: &GestureSettings,
        body: &Body,
        now_usec: u64,
        ground: &Ground,
        events: &mut Vec<GestureEvent>,
    ) {
        let seconds = self
            .last_usec
            .replace(now_usec)
            .map(|last| seconds_between(last, now_usec));
        match seconds {
            Some(0.0) => {}
            Some(seconds) if (0.0..=FORGET_SECONDS).contains(&seconds) => {
                let Some(features) = Features::of(body, ground, &mut self.sizes) else {
                    return;
                };
                let mut tell = |gesture, side, direction, ray: Option<Ray>| {
                    events.push(GestureEvent {
                        gesture,
                        player: body.id,
                        side,
                        direction,
                        ray,
                        device_timestamp_usec: now_usec,
                    });
                };
                self.watch_hands(settings, &features, body, seconds, &mut tell);
                self.watch_body(settings, &features, seconds, &mut tell);
            }
            // The clock has jumped.
            _ => {
                *self = Self {
                    id: self.id,
                    last_usec: self.last_usec,
                    sizes: self.sizes,
                    ..Self::default()
                };
            }
        }
    }

    fn watch_hands(
        &mut self,
        settings: &GestureSettings,
        features: &Features,
        body: &Body,
        seconds: f32,
        tell: &mut impl FnMut(Gesture, Option<Side>, Option<Direction>, Option<Ray>),
    ) {
        for (index, side) in Side::BOTH.into_iter().enumerate() {
            if let Some(limits) = &settings.raise_hand {
                let held = &mut self.raise_hand[index];
                if arms::raises_hand(held, limits, features, side, seconds) == Some(true) {
                    tell(Gesture::RaiseHand, Some(side), None, None);
                }
            }
            if let Some(limits) = &settings.wave
                && self.wave[index].next(limits, features, side, seconds) == Some(true)
            {
                tell(Gesture::Wave, Some(side), None, None);
            }
            if let Some(limits) = &settings.point
                && self.point[index].next(limits, features, side, seconds) == Some(true)
            {
                tell(Gesture::Point, Some(side), None, arms::ray(body, side));
            }
            if let Some(limits) = &settings.swipe
                && let Some(direction) = self.swipe[index].next(limits, features, side, seconds)
            {
                tell(Gesture::Swipe, Some(side), Some(direction), None);
            }
        }
        if let Some(limits) = &settings.clap
            && self.clap.next(limits, features, seconds) == Some(true)
        {
            tell(Gesture::Clap, None, None, None);
        }
    }

    fn watch_body(
        &mut self,
        settings: &GestureSettings,
        features: &Features,
        seconds: f32,
        tell: &mut impl FnMut(Gesture, Option<Side>, Option<Direction>, Option<Ray>),
    ) {
        if let Some(limits) = &settings.jump
            && self.jump.next(limits, features, seconds) == Some(true)
        {
            tell(Gesture::Jump, None, None, None);
        }
        if let Some(limits) = &settings.crouch
            && trunk::crouches(&mut self.crouch, limits, features, seconds) == Some(true)
        {
            tell(Gesture::Crouch, None, None, None);
        }
        if let Some(limits) = &settings.lean
            && let Some(direction) = trunk::leans(&mut self.lean, limits, features, seconds)
        {
            tell(Gesture::Lean, None, Some(direction), None);
        }
        if let Some(limits) = &settings.t_pose
            && arms::stands_in_t(&mut self.t_pose, limits, features, seconds) == Some(true)
        {
            tell(Gesture::TPose, None, None, None);
        }
        if let Some(limits) = &settings.arms_crossed
            && arms::crosses_arms(&mut self.arms_crossed, limits, features, seconds) == Some(true)
        {
            tell(Gesture::ArmsCrossed, None, None, None);
        }
    }
}
