//! Entities that are no avatars any more.

use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;

use super::run::AvatarRun;
use super::state::{AvatarFreed, AvatarState};

/// The model of an entity that is no avatar any more gets its own pose back.
pub(super) fn let_go(mut world: DeferredWorld, context: HookContext) {
    world.commands().queue(move |world: &mut World| {
        let Ok(mut entity) = world.get_entity_mut(context.entity) else {
            return;
        };
        let run = entity.take::<AvatarRun>();
        let state = entity.take::<AvatarState>();
        if let Some(player) = state.and_then(|state| state.player) {
            let freed = AvatarFreed {
                avatar: context.entity,
                player,
            };
            world.write_message(freed);
            world.trigger(freed);
        }
        if let Some(run) = run {
            let mut transforms = world.query::<&mut Transform>();
            run.restore(&mut transforms.query_mut(world));
        }
    });
}
