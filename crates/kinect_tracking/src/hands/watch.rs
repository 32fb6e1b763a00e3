//! Follows the hands of all players.

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;
use kinect_azure::Body;
use kinect_azure::body::HandState;

use super::cursor::{HandCursor, Pointing};
use super::event::HandEvent;
use super::grip::Grip;
use super::kind::HandEventKind;
use super::reading::HandReading;
use super::settings::HandSettings;
use crate::Ground;
use crate::gestures::Side;
use crate::joints::seconds_between;

/// A hand of a player.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct Hand {
    /// What the newest depth image says, or the reading before it if the hand was not read again.
    pub reading: HandReading,
    /// Whether the hand has closed, with hysteresis.
    pub gripped: bool,
    /// The cursor; `None` while the hand rests.
    pub cursor: Option<HandCursor>,
}

impl Hand {
    /// Whether the hand is open or closed in the newest depth image.
    pub fn state(&self) -> HandState {
        self.reading.state()
    }
}

#[derive(Clone, Debug, Default)]
struct Person {
    id: u32,
    last_usec: u64,
    hands: [(Hand, Grip, Pointing); 2],
}

/// Follows the hands of all players. Call [`update`](Self::update) for every body frame.
///
/// ```
/// use kinect_tracking::Ground;
/// use kinect_tracking::hands::{HandSettings, HandWatch};
///
/// let mut watch = HandWatch::new(HandSettings::default());
/// watch.update([], 0, &Ground::default());
/// assert!(watch.events().is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct HandWatch {
    settings: HandSettings,
    people: Vec<Person>,
    events: Vec<HandEvent>,
    happened: Vec<(HandEventKind, Option<HandCursor>)>,
}

/// A player who is not seen for this time, in seconds, has no hands.
const FORGET_SECONDS: f32 = 0.5;

impl HandWatch {
    /// Follows hands with these thresholds.
    pub const fn new(settings: HandSettings) -> Self {
        Self {
            settings,
            people: Vec::new(),
            events: Vec::new(),
            happened: Vec::new(),
        }
    }

    /// The thresholds.
    pub const fn settings(&self) -> &HandSettings {
        &self.settings
    }

    /// Changes the thresholds from the next frame on.
    pub const fn set_settings(&mut self, settings: HandSettings) {
        self.settings = settings;
    }

    /// What hands did in the newest frame.
    pub fn events(&self) -> &[HandEvent] {
        &self.events
    }

    /// The left and the right hand of a player; `None` for a player who is not seen.
    pub fn hands(&self, player: u32) -> Option<[Hand; 2]> {
        let person = self.people.iter().find(|person| person.id == player)?;
        Some(person.hands.map(|(hand, ..)| hand))
    }

    /// Follows the hands of the next frame: bodies, which should be [filtered](crate::filter), with the readings of their left and
    /// right hands. The id of each body must be the id of its player.
    pub fn update<'a>(
        &mut self,
        bodies: impl IntoIterator<Item = (&'a Body, [HandReading; 2])>,
        device_timestamp_usec: u64,
        ground: &Ground,
    ) {
        self.events.clear();
        for (body, readings) in bodies {
            let at = self.people.iter().position(|person| person.id == body.id);
            let at = at.unwrap_or_else(|| {
                self.people.push(Person {
                    id: body.id,
                    last_usec: device_timestamp_usec,
                    ..Person::default()
                });
                self.people.len() - 1
            });
            let person = &mut self.people[at];
            let seconds = seconds_between(person.last_usec, device_timestamp_usec);
            // The source's clock jumped back.
            let seconds = if (0.0..1.0).contains(&seconds) {
                seconds
            } else {
                0.0
            };
            person.last_usec = device_timestamp_usec;
            for ((side, (hand, grip, pointing)), reading) in
                Side::BOTH.into_iter().zip(&mut person.hands).zip(readings)
            {
                hand.reading = reading;
                if grip.next(&self.settings.grip, &reading, seconds) {
                    let kind = if grip.gripped {
                        HandEventKind::Gripped
                    } else {
                        HandEventKind::Released
                    };
                    self.happened.push((kind, pointing.cursor));
                }
                hand.gripped = grip.gripped;
                let now = (ground, grip.gripped, seconds);
                let cursor = &self.settings.cursor;
                pointing.next(cursor, body, side, now, &mut self.happened);
                hand.cursor = pointing.cursor;
                tell(
                    &mut self.events,
                    &mut self.happened,
                    (body.id, side),
                    device_timestamp_usec,
                );
            }
        }
        let Self {
            people,
            events,
            happened,
            ..
        } = self;
        people.retain_mut(|person| {
            let seconds = seconds_between(person.last_usec, device_timestamp_usec);
            let stays = (0.0..FORGET_SECONDS).contains(&seconds);
            if !stays {
                end(person, events, happened, device_timestamp_usec);
            }
            stays
        });
    }

    /// Ends the hands of a player who has left, with events for their cursors and grips.
    pub fn forget(&mut self, player: u32, device_timestamp_usec: u64) {
        self.events.clear();
        let Self {
            people,
            events,
            happened,
            ..
        } = self;
        people.retain_mut(|person| {
            if person.id == player {
                end(person, events, happened, device_timestamp_usec);
            }
            person.id != player
        });
    }
}

/// Ends the hands of a person.
fn end(
    person: &mut Person,
    events: &mut Vec<HandEvent>,
    happened: &mut Vec<(HandEventKind, Option<HandCursor>)>,
    usec: u64,
) {
    for (side, (_, grip, pointing)) in Side::BOTH.into_iter().zip(&mut person.hands) {
        if grip.gripped {
            happened.push((HandEventKind::Released, pointing.cursor));
        }
        pointing.end(happened);
        tell(events, happened, (person.id, side), usec);
    }
}

fn tell(
    events: &mut Vec<HandEvent>,
    happened: &mut Vec<(HandEventKind, Option<HandCursor>)>,
    (player, side): (u32, Side),
    device_timestamp_usec: u64,
) {
    events.extend(happened.drain(..).map(|(kind, cursor)| HandEvent {
        player,
        side,
        kind,
        cursor,
        device_timestamp_usec,
    }));
}
