//! Everybody in front of a sensor, from frame to frame.

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;
use kinect_azure::Body;

use super::feet::{Foot, FootWatch};
use super::stature::{BodyHeight, Stature};
use crate::ground::Ground;
use crate::joints::seconds_between;

/// How a person stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct Standing {
    /// The left foot.
    pub left: Foot,
    /// The right foot.
    pub right: Foot,
    /// How tall the person is; `None` until the person has stood upright for about a second.
    pub height: Option<BodyHeight>,
}

/// Watches how the people in front of a sensor stand. A person who is not among the bodies of a frame is remembered for three
/// seconds. In the steady state it does not allocate.
#[derive(Clone, Debug, Default)]
pub struct StandingWatch {
    people: Vec<Person>,
}

#[derive(Clone, Debug)]
struct Person {
    id: u32,
    usec: u64,
    feet: [FootWatch; 2],
    stature: Stature,
    standing: Standing,
}

/// How long a person is remembered, in seconds.
const REMEMBERED: f32 = 3.0;

impl StandingWatch {
    /// A watch that knows nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the bodies of a frame with its device timestamp in µs and the ground under the sensor. Bodies are told apart by
    /// their ids.
    pub fn update<'a>(
        &mut self,
        bodies: impl IntoIterator<Item = &'a Body>,
        device_timestamp_usec: u64,
        ground: &Ground,
    ) {
        self.people.retain(|person| {
            let gone = seconds_between(person.usec, device_timestamp_usec);
            // After a step back in time everything begins anew.
            (0.0..REMEMBERED).contains(&gone)
        });
        for body in bodies {
            let known = self.people.iter().position(|person| person.id == body.id);
            let at = known.unwrap_or_else(|| {
                self.people
                    .push(Person::new(body.id, device_timestamp_usec));
                self.people.len() - 1
            });
            self.people[at].update(body, device_timestamp_usec, ground);
        }
    }

    /// How a person stood in the newest frame with the person's body; `None` for an unknown id.
    pub fn standing(&self, id: u32) -> Option<&Standing> {
        let person = self.people.iter().find(|person| person.id == id)?;
        Some(&person.standing)
    }

    /// Forgets everybody.
    pub fn clear(&mut self) {
        self.people.clear();
    }
}

impl Person {
    fn new(id: u32, usec: u64) -> Self {
        Self {
            id,
            usec,
            feet: [FootWatch::default(); 2],
            stature: Stature::NEW,
            standing: Standing::default(),
        }
    }

    fn update(&mut self, body: &Body, usec: u64, ground: &Ground) {
        let seconds = seconds_between(self.usec, usec);
        self.usec = usec;
        for (foot, left) in self.feet.iter_mut().zip([true, false]) {
            foot.update(body, left, seconds, ground);
        }
        self.stature.update(body, usec, ground);
        let [left, right] = self.feet;
        self.standing = Standing {
            left: left.foot,
            right: right.foot,
            height: self.stature.height(),
        };
    }
}
