//! What is known about an avatar, and what happens to it.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use kinect_avatar::{HumanBone, Unmatched};

/// The bones of an avatar's model, the player whom it follows, and its problems, on the entity with the
/// [`Avatar`](super::Avatar). Read only.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[type_path = "bevy_kinect_azure::avatar"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct AvatarState {
    /// The player whom the avatar follows.
    pub player: Option<Entity>,
    /// The parts of the body that were found in the model, with the entities of their bones. Empty until the model has been
    /// spawned.
    pub bones: Vec<(HumanBone, Entity)>,
    /// The parts of the body that a humanoid needs and that were not found, each with the nearest names of the model's nodes.
    /// [`Avatar::bones`](super::Avatar::bones) can name them.
    pub unmatched: Vec<Unmatched>,
    /// Why the model does not move: it could not be loaded, or none of its bones was recognised.
    pub problem: Option<String>,
    /// What could not be used, such as a broken VRM extension, and what is used in its place.
    pub notes: Vec<String>,
}

impl AvatarState {
    /// Whether the model has been spawned and moves.
    pub fn is_ready(&self) -> bool {
        !self.bones.is_empty()
    }

    /// The entity of a part of the body.
    pub fn bone(&self, bone: HumanBone) -> Option<Entity> {
        let found = self.bones.iter().find(|(other, _)| *other == bone)?;
        Some(found.1)
    }
}

/// The model of an avatar was read: [`AvatarState`] tells its bones or its problem. Sent again when the model is loaded again. A
/// message, and an event on the avatar's entity.
#[derive(Message, EntityEvent, Clone, Copy, Debug, PartialEq, Eq)]
pub struct AvatarReady {
    /// The entity with the [`Avatar`](super::Avatar).
    #[event_target]
    pub avatar: Entity,
}

/// An avatar begins to follow a player. A message, and an event on the avatar's entity.
#[derive(Message, EntityEvent, Clone, Copy, Debug, PartialEq, Eq)]
pub struct AvatarBound {
    /// The entity with the [`Avatar`](super::Avatar).
    #[event_target]
    pub avatar: Entity,
    /// The player's entity.
    pub player: Entity,
}

/// An avatar does not follow a player any more: the player has left, or another one was chosen. A message, and an event on the
/// avatar's entity.
#[derive(Message, EntityEvent, Clone, Copy, Debug, PartialEq, Eq)]
pub struct AvatarFreed {
    /// The entity with the [`Avatar`](super::Avatar).
    #[event_target]
    pub avatar: Entity,
    /// The player's entity; it may be despawned.
    pub player: Entity,
}

/// Writers of the messages of avatars that follow players.
#[derive(SystemParam)]
pub(super) struct AvatarMessages<'w> {
    bound: MessageWriter<'w, AvatarBound>,
    freed: MessageWriter<'w, AvatarFreed>,
}

impl AvatarMessages<'_> {
    /// Tells that an avatar follows another player.
    pub(super) fn tell(
        &mut self,
        commands: &mut Commands,
        avatar: Entity,
        before: Option<Entity>,
        now: Option<Entity>,
    ) {
        if let Some(player) = before {
            let freed = AvatarFreed { avatar, player };
            self.freed.write(freed);
            commands.trigger(freed);
        }
        if let Some(player) = now {
            let bound = AvatarBound { avatar, player };
            self.bound.write(bound);
            commands.trigger(bound);
        }
    }
}
