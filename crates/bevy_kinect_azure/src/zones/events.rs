//! Players who enter, stay in and leave a zone: messages, and events on the zone's entity.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

/// A player has come into a zone. A message, and an event on the zone's entity.
#[derive(Message, EntityEvent, Clone, Copy, Debug, PartialEq)]
pub struct ZoneEntered {
    /// The zone's entity.
    #[event_target]
    pub zone: Entity,
    /// The entity with the [`BodyTracking`](crate::body::BodyTracking) that tracks the player.
    pub sensor: Entity,
    /// The player's entity.
    pub player: Entity,
    /// The player's id.
    pub id: u32,
}

/// A player has been in a zone for [`BodyZone::dwell`](super::BodyZone::dwell); once for each stay. A message, and an
/// event on the zone's entity.
#[derive(Message, EntityEvent, Clone, Copy, Debug, PartialEq)]
pub struct ZoneDwelled {
    /// The zone's entity.
    #[event_target]
    pub zone: Entity,
    /// The entity with the [`BodyTracking`](crate::body::BodyTracking) that tracks the player.
    pub sensor: Entity,
    /// The player's entity.
    pub player: Entity,
    /// The player's id.
    pub id: u32,
}

/// A player has left a zone, or is not tracked any more. A message, and an event on the zone's entity.
#[derive(Message, EntityEvent, Clone, Copy, Debug, PartialEq)]
pub struct ZoneLeft {
    /// The zone's entity.
    #[event_target]
    pub zone: Entity,
    /// The entity with the [`BodyTracking`](crate::body::BodyTracking) that tracked the player; it may be despawned.
    pub sensor: Entity,
    /// The player's entity; it may be despawned.
    pub player: Entity,
    /// The player's id.
    pub id: u32,
    /// How long the stay was, in seconds.
    pub seconds: f32,
}

/// Writers of the messages of zones.
#[derive(SystemParam)]
pub(super) struct ZoneMessages<'w> {
    pub(super) entered: MessageWriter<'w, ZoneEntered>,
    pub(super) dwelled: MessageWriter<'w, ZoneDwelled>,
    pub(super) left: MessageWriter<'w, ZoneLeft>,
}
