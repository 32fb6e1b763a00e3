//! Players who come and go, and their slots: messages, and events on the entity with the `BodyTracking`.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use kinect_tracking::players::PlayerEvent;

/// A person has come and is a player now, with an entity of its own, perhaps with a slot ([`SlotTaken`] follows). A message, and an
/// event on the entity with the [`BodyTracking`](super::BodyTracking).
#[derive(Message, EntityEvent, Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlayerEntered {
    /// The entity with the `BodyTracking`, usually a sensor.
    #[event_target]
    pub sensor: Entity,
    /// The player's entity.
    pub player: Entity,
    /// The player's id.
    pub id: u32,
}

/// A player has left. The entity is despawned after the observers have run; it is gone already if the sensor entity itself was
/// despawned. A message, and an event on the entity with the [`BodyTracking`](super::BodyTracking).
#[derive(Message, EntityEvent, Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlayerLeft {
    /// The entity with the `BodyTracking`, usually a sensor.
    #[event_target]
    pub sensor: Entity,
    /// The entity that the player had.
    pub player: Entity,
    /// The player's id.
    pub id: u32,
}

/// A player is not seen any more, and is expected back: the entity keeps its slot and its last pose. A message, and an event on
/// the entity with the [`BodyTracking`](super::BodyTracking).
#[derive(Message, EntityEvent, Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlayerHidden {
    /// The entity with the `BodyTracking`, usually a sensor.
    #[event_target]
    pub sensor: Entity,
    /// The player's entity.
    pub player: Entity,
    /// The player's id.
    pub id: u32,
}

/// A hidden player is seen again. A message, and an event on the entity with the [`BodyTracking`](super::BodyTracking).
#[derive(Message, EntityEvent, Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlayerReturned {
    /// The entity with the `BodyTracking`, usually a sensor.
    #[event_target]
    pub sensor: Entity,
    /// The player's entity.
    pub player: Entity,
    /// The player's id.
    pub id: u32,
}

/// A player got a slot. A message, and an event on the entity with the [`BodyTracking`](super::BodyTracking).
#[derive(Message, EntityEvent, Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotTaken {
    /// The entity with the `BodyTracking`, usually a sensor.
    #[event_target]
    pub sensor: Entity,
    /// The player's entity.
    pub player: Entity,
    /// The player's id.
    pub id: u32,
    /// The slot, from 0.
    pub slot: usize,
}

/// A player lost its slot, because the player left or because of the policy. A message, and an event on the entity with the
/// [`BodyTracking`](super::BodyTracking).
#[derive(Message, EntityEvent, Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotFreed {
    /// The entity with the `BodyTracking`, usually a sensor.
    #[event_target]
    pub sensor: Entity,
    /// The player's entity.
    pub player: Entity,
    /// The player's id.
    pub id: u32,
    /// The slot, from 0.
    pub slot: usize,
}

/// Writers of the messages of players.
#[derive(SystemParam)]
pub(super) struct PlayerMessages<'w> {
    entered: MessageWriter<'w, PlayerEntered>,
    left: MessageWriter<'w, PlayerLeft>,
    hidden: MessageWriter<'w, PlayerHidden>,
    returned: MessageWriter<'w, PlayerReturned>,
    taken: MessageWriter<'w, SlotTaken>,
    freed: MessageWriter<'w, SlotFreed>,
}

impl PlayerMessages<'_> {
    /// Sends the message of an event, and triggers the event.
    pub(super) fn tell(
        &mut self,
        event: PlayerEvent,
        sensor: Entity,
        player: Entity,
        commands: &mut Commands,
    ) {
        match event {
            PlayerEvent::Entered { id } => {
                let event = PlayerEntered { sensor, player, id };
                self.entered.write(event);
                commands.trigger(event);
            }
            PlayerEvent::Left { id } => {
                let event = PlayerLeft { sensor, player, id };
                self.left.write(event);
                commands.trigger(event);
            }
            PlayerEvent::Hidden { id } => {
                let event = PlayerHidden { sensor, player, id };
                self.hidden.write(event);
                commands.trigger(event);
            }
            PlayerEvent::Returned { id } => {
                let event = PlayerReturned { sensor, player, id };
                self.returned.write(event);
                commands.trigger(event);
            }
            PlayerEvent::SlotTaken { id, slot } => {
                let event = SlotTaken {
                    sensor,
                    player,
                    id,
                    slot,
                };
                self.taken.write(event);
                commands.trigger(event);
            }
            PlayerEvent::SlotFreed { id, slot } => {
                let event = SlotFreed {
                    sensor,
                    player,
                    id,
                    slot,
                };
                self.freed.write(event);
                commands.trigger(event);
            }
        }
    }
}
