//! Models are read when they have been spawned, and again when they have been loaded again.

use bevy::asset::LoadState;
use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use bevy::world_serialization::{WorldInstance, WorldInstanceSpawner};
use kinect_avatar::{Matching, Unmatched};

use super::component::Avatar;
use super::model::{Model, Nodes};
use super::run::AvatarRun;
use super::state::{AvatarMessages, AvatarReady, AvatarState};

/// Reads models that have been spawned, and drops those that are gone.
pub(super) fn meet(
    mut commands: Commands,
    mut avatars: Query<(
        Entity,
        Option<&Name>,
        Ref<Avatar>,
        &mut AvatarState,
        Option<&mut AvatarRun>,
        Option<Ref<WorldAssetRoot>>,
        Option<&WorldInstance>,
    )>,
    nodes: Nodes,
    loading: Loading,
    mut transforms: Query<&mut Transform>,
    mut ready: MessageWriter<AvatarReady>,
    mut messages: AvatarMessages,
) {
    for (entity, name, avatar, mut state, run, root, instance) in &mut avatars {
        let mut tell = |commands: &mut Commands, state: &AvatarState| {
            warn_of(entity, name, state);
            let event = AvatarReady { avatar: entity };
            ready.write(event);
            commands.trigger(event);
        };
        let is_other = root.as_ref().is_some_and(Ref::is_changed);
        match run {
            Some(mut run) if !is_other && nodes.has(&run.model) => {
                if avatar.is_changed() && run.by_hand != avatar.bones {
                    let matching = run.model.matching(&avatar.bones);
                    run.drive(&avatar.bones, &matching, &mut transforms);
                    show(&mut state, &run.model, matching);
                    tell(&mut commands, &state);
                }
                continue;
            }
            Some(run) => {
                // What is left of the model is read at rest.
                run.restore(&mut transforms);
                messages.tell(&mut commands, entity, state.player.take(), None);
                *state = AvatarState::default();
                commands.entity(entity).try_remove::<AvatarRun>();
            }
            None => {}
        }
        let is_spawned = match &root {
            Some(_) => loading.is_spawned(instance),
            None => nodes.has_children(entity),
        };
        if is_spawned {
            let mut model = Model::read(entity, &nodes, &transforms);
            let matching = model.matching(&avatar.bones);
            if avatar.upright {
                model.stand_up(&matching.bones, &mut transforms);
            }
            show(&mut state, &model, matching.clone());
            tell(&mut commands, &state);
            let run = AvatarRun::new(model, &avatar.bones, &matching, &transforms);
            commands.entity(entity).try_insert(run);
        } else if let Some(root) = root.filter(|_| state.problem.is_none())
            && let Some(problem) = loading.problem(&root)
        {
            state.problem = Some(problem);
            tell(&mut commands, &state);
        }
    }
}

/// What is known about the loading of models.
#[derive(SystemParam)]
pub(super) struct Loading<'w> {
    spawner: Option<Res<'w, WorldInstanceSpawner>>,
    assets: Option<Res<'w, AssetServer>>,
}

impl Loading<'_> {
    fn is_spawned(&self, instance: Option<&WorldInstance>) -> bool {
        self.spawner
            .as_ref()
            .zip(instance)
            .is_some_and(|(spawner, instance)| spawner.instance_is_ready(**instance))
    }

    fn problem(&self, root: &WorldAssetRoot) -> Option<String> {
        match self.assets.as_ref()?.get_load_state(root.id())? {
            LoadState::Failed(error) => Some(format!("the model could not be loaded: {error}")),
            _ => None,
        }
    }
}

/// Publishes what was found in a model.
fn show(state: &mut AvatarState, model: &Model, matching: Matching) {
    state.bones = matching
        .bones
        .iter()
        .map(|(part, bone)| (part, model.entities[bone]))
        .collect();
    state.unmatched = matching.unmatched;
    state.notes.clone_from(&model.notes);
    state.problem = state.bones.is_empty().then(|| {
        format!(
            "none of the model's {} nodes was recognised as a part of a human body, so the model does not move; name its bones \
             in Avatar::bones",
            model.entities.len()
        )
    });
}

/// Problems of a model: one line in the log for each.
fn warn_of(entity: Entity, name: Option<&Name>, state: &AvatarState) {
    let name = name.map_or_else(|| entity.to_string(), |name| format!("{name} ({entity})"));
    for note in &state.notes {
        warn!("avatar {name}: {note}");
    }
    if let Some(problem) = &state.problem {
        warn!("avatar {name}: {problem}");
    } else if !state.unmatched.is_empty() {
        let parts: Vec<_> = state.unmatched.iter().map(missing).collect();
        warn!(
            "avatar {name}: these parts of the body were not found in the model: {}; name their nodes in Avatar::bones",
            parts.join(", ")
        );
    }
}

fn missing(unmatched: &Unmatched) -> String {
    let part = unmatched.bone.name();
    if unmatched.nearest.is_empty() {
        part.to_owned()
    } else {
        format!("{part} (nearest names: {})", unmatched.nearest.join(", "))
    }
}
