//! The players in each zone.

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;
use kinect_azure::{Body, Joint};

use super::shape::Zone;
use crate::Ground;
use crate::joints::{seconds_between, seen_place};

/// Which part of a person must be in a zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum ZonePart {
    /// The pelvis: the place where the person stands.
    #[default]
    Pelvis,
    /// The head.
    Head,
    /// One of the hands, or both.
    Hand,
    /// One of the feet, or both.
    Foot,
    /// Any joint.
    Any,
}

impl ZonePart {
    fn joints(self) -> &'static [Joint] {
        match self {
            Self::Pelvis => &[Joint::Pelvis],
            Self::Head => &[Joint::Head],
            Self::Hand => &[Joint::HandLeft, Joint::HandRight],
            Self::Foot => &[Joint::FootLeft, Joint::FootRight],
            Self::Any => &Joint::ALL,
        }
    }
}

/// The conditions under which a player counts as inside.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct ZoneSettings {
    /// Which part of a person counts.
    pub part: ZonePart,
    /// A player has left only when this far outside the zone, in mm, so that a player at the edge does not enter and
    /// leave again and again.
    pub margin_mm: f32,
    /// After this time inside, in seconds, a player has dwelled in the zone.
    pub dwell_seconds: f32,
    /// A player inside who is not seen for this time, in seconds, has left.
    pub lost_after_seconds: f32,
}

impl Default for ZoneSettings {
    fn default() -> Self {
        Self {
            part: ZonePart::Pelvis,
            margin_mm: 100.0,
            dwell_seconds: 2.0,
            lost_after_seconds: 1.0,
        }
    }
}

/// An event in a zone.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum ZoneEvent {
    /// A player has come in.
    Entered {
        /// The zone's index in the list.
        zone: usize,
        /// The player's id.
        player: u32,
    },
    /// A player has been inside for [`dwell_seconds`](ZoneSettings::dwell_seconds); once for each stay.
    Dwelled {
        /// The zone's index in the list.
        zone: usize,
        /// The player's id.
        player: u32,
    },
    /// A player has left the zone, or is no longer seen.
    Left {
        /// The zone's index in the list.
        zone: usize,
        /// The player's id.
        player: u32,
        /// How long the stay was, in seconds.
        seconds: f32,
    },
}

/// A player in a zone.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct Stay {
    /// The zone's index in the list.
    pub zone: usize,
    /// The player's id.
    pub player: u32,
    /// How long the player has been in the zone, in seconds.
    pub seconds: f32,
    /// How long the player was not seen, in seconds.
    unseen_seconds: f32,
    dwelled: bool,
}

/// Keeps track of the players who are in each zone. Add zones, call [`update`](Self::update) with the bodies
/// of each frame, then read [`events`](Self::events) and [`stays`](Self::stays).
#[derive(Clone, Debug, Default)]
pub struct ZoneWatch {
    zones: Vec<(Zone, ZoneSettings)>,
    stays: Vec<Stay>,
    events: Vec<ZoneEvent>,
    last_usec: Option<u64>,
}

/// The longest time between two frames, in seconds; a longer step means that the clock has jumped.
const LONGEST_STEP_SECONDS: f32 = 5.0;

impl ZoneWatch {
    /// Makes a watch without zones.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a zone and returns its index in the list.
    pub fn add(&mut self, zone: Zone, settings: ZoneSettings) -> usize {
        self.zones.push((zone, settings));
        self.zones.len() - 1
    }

    /// Watches a zone with another shape or other settings; players who are inside stay inside.
    ///
    /// # Errors
    /// There is no zone with that index: the zone is returned.
    pub fn replace(
        &mut self,
        index: usize,
        zone: Zone,
        settings: ZoneSettings,
    ) -> Result<(), Zone> {
        match self.zones.get_mut(index) {
            Some(place) => {
                *place = (zone, settings);
                Ok(())
            }
            None => Err(zone),
        }
    }

    /// The zones that are watched.
    pub fn zones(&self) -> impl Iterator<Item = &Zone> {
        self.zones.iter().map(|(zone, _)| zone)
    }

    /// The players in each zone.
    pub fn stays(&self) -> &[Stay] {
        &self.stays
    }

    /// The events of the newest frame.
    pub fn events(&self) -> &[ZoneEvent] {
        &self.events
    }

    /// Updates the zones with the bodies of the next frame. The id of each body must be the id of its player.
    pub fn update<'a>(
        &mut self,
        bodies: impl IntoIterator<Item = &'a Body>,
        device_timestamp_usec: u64,
        ground: &Ground,
    ) {
        self.update_in(bodies, device_timestamp_usec, |point| ground.point(point));
    }

    /// Like [`update`](Self::update), for zones in another space than the ground's: `to_zones` converts a point from the depth
    /// camera's axes to the space of the zones, both in mm.
    pub fn update_in<'a>(
        &mut self,
        bodies: impl IntoIterator<Item = &'a Body>,
        device_timestamp_usec: u64,
        to_zones: impl Fn([f32; 3]) -> [f32; 3],
    ) {
        self.events.clear();
        let seconds = self.last_usec.map_or(0.0, |last| {
            let passed = seconds_between(last, device_timestamp_usec);
            if (0.0..=LONGEST_STEP_SECONDS).contains(&passed) {
                passed
            } else {
                0.0
            }
        });
        self.last_usec = Some(device_timestamp_usec);
        for stay in &mut self.stays {
            stay.unseen_seconds += seconds;
        }
        for body in bodies {
            for zone in 0..self.zones.len() {
                self.look(zone, body, seconds, &to_zones);
            }
        }
        let (stays, events, zones) = (&mut self.stays, &mut self.events, &self.zones);
        stays.retain(|stay| {
            let lost = zones
                .get(stay.zone)
                .is_none_or(|(_, settings)| stay.unseen_seconds > settings.lost_after_seconds);
            if lost {
                events.push(stay.left());
            }
            !lost
        });
    }

    /// Ends all stays, as if everybody had left.
    pub fn clear(&mut self) {
        self.events.clear();
        self.events
            .extend(self.stays.drain(..).map(|stay| stay.left()));
        self.last_usec = None;
    }

    fn look(
        &mut self,
        zone: usize,
        body: &Body,
        seconds: f32,
        to_zones: &impl Fn([f32; 3]) -> [f32; 3],
    ) {
        let (shape, settings) = &self.zones[zone];
        let distance = settings
            .part
            .joints()
            .iter()
            .filter_map(|&joint| seen_place(body, joint))
            .map(|at| shape.distance_mm(to_zones(at.to_array())))
            .fold(f32::INFINITY, f32::min);
        let at = self
            .stays
            .iter()
            .position(|stay| (stay.zone, stay.player) == (zone, body.id));
        match at {
            None if distance <= 0.0 => {
                self.stays.push(Stay {
                    zone,
                    player: body.id,
                    seconds: 0.0,
                    unseen_seconds: 0.0,
                    dwelled: false,
                });
                self.events.push(ZoneEvent::Entered {
                    zone,
                    player: body.id,
                });
            }
            None => {}
            Some(at) => {
                let stay = &mut self.stays[at];
                // A body part that is not seen does not count as outside.
                if distance == f32::INFINITY {
                    return;
                }
                stay.unseen_seconds = 0.0;
                stay.seconds += seconds;
                if distance > settings.margin_mm.max(0.0) {
                    let stay = self.stays.swap_remove(at);
                    self.events.push(stay.left());
                } else if !stay.dwelled && stay.seconds >= settings.dwell_seconds {
                    stay.dwelled = true;
                    self.events.push(ZoneEvent::Dwelled {
                        zone,
                        player: body.id,
                    });
                }
            }
        }
    }
}

impl Stay {
    fn left(&self) -> ZoneEvent {
        ZoneEvent::Left {
            zone: self.zone,
            player: self.player,
            seconds: self.seconds,
        }
    }
}
