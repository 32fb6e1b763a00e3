//! Compares the players of all sensors with all zones.

use bevy::prelude::*;
use kinect_azure::units;
use kinect_tracking::zones::{ZoneEvent, ZoneWatch};

use super::events::{ZoneDwelled, ZoneEntered, ZoneLeft, ZoneMessages};
use super::zone::{BodyZone, ZoneOccupant, ZoneOccupants};
use crate::body::TrackedBodies;

/// One zone and the players of one sensor.
struct Watched {
    sensor: Entity,
    watch: ZoneWatch,
}

/// The watches of a zone, one for each sensor that has seen a player.
#[derive(Component, Default)]
pub(super) struct Watches(Vec<Watched>);

/// Watches all zones.
pub(super) fn watch(
    mut commands: Commands,
    mut zones: Query<(
        Entity,
        Ref<BodyZone>,
        &GlobalTransform,
        &mut ZoneOccupants,
        Option<&mut Watches>,
    )>,
    sensors: Query<(Entity, Ref<TrackedBodies>, &GlobalTransform)>,
    mut messages: ZoneMessages,
) {
    for (entity, zone, place, mut occupants, watches) in &mut zones {
        let Some(mut watches) = watches else {
            commands.entity(entity).insert(Watches::default());
            continue;
        };
        if zone.is_changed() {
            for watched in &mut watches.0 {
                // Each watch has one zone, so the index 0 exists.
                let _ = watched.watch.replace(0, zone.shape(), zone.settings());
            }
        }
        let mut telling = Telling {
            zone: entity,
            occupants: &mut occupants,
            messages: &mut messages,
            commands: &mut commands,
        };
        watches.0.retain_mut(|watched| {
            let stays = zone.active && sensors.contains(watched.sensor);
            if !stays {
                watched.watch.clear();
                telling.tell(watched, None);
            }
            stays
        });
        if !zone.active {
            continue;
        }
        let to_zone = place.affine().inverse();
        for (sensor, bodies, sensor_place) in &sensors {
            if !bodies.is_changed() {
                continue;
            }
            let known = watches
                .0
                .iter_mut()
                .position(|known| known.sensor == sensor);
            let watched = match known {
                Some(known) => &mut watches.0[known],
                None if bodies.bodies.is_empty() => continue,
                None => {
                    let mut watch = ZoneWatch::new();
                    watch.add(zone.shape(), zone.settings());
                    watches.0.push(Watched { sensor, watch });
                    let last = watches.0.len() - 1;
                    &mut watches.0[last]
                }
            };
            match bodies.device_timestamp_usec {
                Some(usec) => {
                    let to_zone = to_zone * sensor_place.affine();
                    watched.watch.update_in(&bodies.bodies, usec, |point| {
                        let at = to_zone.transform_point3(Vec3::from(units::to_world(point)));
                        (at / units::METRES_PER_MILLIMETRE).to_array()
                    });
                }
                None => watched.watch.clear(),
            }
            telling.tell(watched, Some(&bodies));
        }
    }
}

/// Sends the events of a watch and updates the list of occupants.
struct Telling<'a, 'o, 'm, 'w, 's> {
    zone: Entity,
    occupants: &'a mut Mut<'o, ZoneOccupants>,
    messages: &'a mut ZoneMessages<'m>,
    commands: &'a mut Commands<'w, 's>,
}

impl Telling<'_, '_, '_, '_, '_> {
    fn tell(&mut self, watched: &Watched, bodies: Option<&TrackedBodies>) {
        let (zone, sensor) = (self.zone, watched.sensor);
        for event in watched.watch.events() {
            match *event {
                ZoneEvent::Entered { player: id, .. } => {
                    let Some(player) = bodies.and_then(|bodies| bodies.player(id)) else {
                        continue;
                    };
                    self.occupants.players.push(ZoneOccupant {
                        sensor,
                        player,
                        id,
                        seconds: 0.0,
                    });
                    let event = ZoneEntered {
                        zone,
                        sensor,
                        player,
                        id,
                    };
                    self.messages.entered.write(event);
                    self.commands.trigger(event);
                }
                ZoneEvent::Dwelled { player: id, .. } => {
                    if let Some(at) = self.find(sensor, id) {
                        let event = ZoneDwelled {
                            zone,
                            sensor,
                            player: self.occupants.players[at].player,
                            id,
                        };
                        self.messages.dwelled.write(event);
                        self.commands.trigger(event);
                    }
                }
                ZoneEvent::Left {
                    player: id,
                    seconds,
                    ..
                } => {
                    if let Some(at) = self.find(sensor, id) {
                        let left = self.occupants.players.remove(at);
                        let event = ZoneLeft {
                            zone,
                            sensor,
                            player: left.player,
                            id,
                            seconds,
                        };
                        self.messages.left.write(event);
                        self.commands.trigger(event);
                    }
                }
            }
        }
        for stay in watched.watch.stays() {
            if let Some(at) = self.find(sensor, stay.player)
                && self.occupants.players[at].seconds != stay.seconds
            {
                self.occupants.players[at].seconds = stay.seconds;
            }
        }
    }

    fn find(&self, sensor: Entity, id: u32) -> Option<usize> {
        let is_wanted = |known: &ZoneOccupant| (known.sensor, known.id) == (sensor, id);
        self.occupants.players.iter().position(is_wanted)
    }
}
