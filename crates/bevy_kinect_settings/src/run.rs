//! The systems: restore what is new, look for changes, hand them to the saver, carry out commands.

use std::time::{Duration, Instant};

use bevy::ecs::message::MessageCursor;
use bevy::prelude::*;

use crate::keeper::Keeper;
use crate::kept::Arrivals;
use crate::model::Model;
use crate::saver::{Answer, PATIENCE, Saver, Task};
use crate::state::{ChangedSetting, SettingsCommand, SettingsState};

/// The time between two attempts to save.
const PAUSE: Duration = Duration::from_secs(2);
/// The most notices that are kept.
const MOST_NOTICES: usize = 50;

/// How saving goes.
#[derive(Resource, Default)]
pub(crate) struct Saving {
    /// The saver has changes and has not answered yet.
    is_under_way: bool,
    /// When the last attempt failed.
    failed: Option<Instant>,
}

/// Whether there is something to restore.
pub(crate) fn has_arrivals(arrivals: Res<Arrivals>, state: Res<SettingsState>) -> bool {
    !arrivals.0.is_empty() || !state.is_loaded
}

/// Restores the settings of new entities, before sensors are opened.
pub(crate) fn restore(world: &mut World, mut has_waited: Local<bool>) {
    let is_loaded = world.resource::<SettingsState>().is_loaded;
    if !is_loaded && !core::mem::replace(&mut *has_waited, true) {
        // The file was asked for when the app was built. The app's first update waits for it, and only for a moment.
        let is_there = world
            .get_resource::<Saver>()
            .is_none_or(|saver| saver.wait(PATIENCE));
        if !is_there {
            warn!("the disk does not answer: settings are restored when it does");
        }
        take_answers(world);
    }
    let arrivals = core::mem::take(&mut world.resource_mut::<Arrivals>().0);
    world.resource_scope(|world, mut keeper: Mut<Keeper>| keeper.meet(world, arrivals));
    complain(world);
}

pub(crate) fn has_answers(saver: Option<Res<Saver>>) -> bool {
    saver.is_some_and(|saver| saver.has_answers())
}

/// Takes the saver's answers.
pub(crate) fn take_answers(world: &mut World) {
    let Some(saver) = world.get_resource::<Saver>() else {
        return;
    };
    for answer in saver.take_answers() {
        match answer {
            Answer::Loaded(loaded) => {
                world.resource_scope(|world, mut keeper: Mut<Keeper>| {
                    keeper.load(world, loaded.model);
                });
                if let Some(why) = loaded.notice {
                    notice(world, why);
                }
                world.resource_mut::<SettingsState>().is_loaded = true;
            }
            Answer::Saved(result) => saved(world, result),
            Answer::CopiedAside(Ok(copy)) => notice(
                world,
                format!(
                    "the settings file was copied to {} before it is saved again",
                    copy.display()
                ),
            ),
            Answer::CopiedAside(Err(why)) => notice(world, why),
            Answer::Exported(path, result) => {
                let path = path.display();
                let answer = match result {
                    Ok(()) => format!("the settings were exported to {path}"),
                    Err(error) => format!("the settings could not be exported to {path}: {error}"),
                };
                world.resource_mut::<SettingsState>().answer = Some(answer);
            }
            Answer::Imported(path, result) => {
                let answer = match result {
                    Ok(model) => {
                        replace(world, model);
                        format!("the settings of {} are used now", path.display())
                    }
                    Err(why) => format!("nothing was imported: {why}"),
                };
                world.resource_mut::<SettingsState>().answer = Some(answer);
            }
        }
    }
    complain(world);
    publish(world);
}

fn saved(world: &mut World, result: Result<(), String>) {
    let mut saving = world.resource_mut::<Saving>();
    saving.is_under_way = false;
    saving.failed = result.is_err().then(Instant::now);
    if result.is_err() {
        world.resource_mut::<Keeper>().unsaved.add();
    }
    let mut state = world.resource_mut::<SettingsState>();
    match result {
        Ok(()) => {
            state.saves += 1;
            state.problem = None;
        }
        Err(why) => {
            // Later attempts that fail alike are not told again.
            if state.problem.as_ref() != Some(&why) {
                warn!("{why}");
                state.problem = Some(why);
            }
        }
    }
}

/// Replaces all settings.
fn replace(world: &mut World, model: Model) {
    world.resource_scope(|world, mut keeper: Mut<Keeper>| {
        keeper.replace(world, model);
        // The other file stays as it is.
        keeper.complaints.of_file = false;
    });
}

/// Tells what could not be read or written.
fn complain(world: &mut World) {
    let complaints = &mut world.resource_mut::<Keeper>().complaints;
    let new = core::mem::take(&mut complaints.new);
    let of_file = core::mem::take(&mut complaints.of_file);
    if of_file && let Some(saver) = world.get_resource::<Saver>() {
        saver.ask(Task::CopyAside);
    }
    for complaint in new {
        notice(world, complaint);
    }
}

fn notice(world: &mut World, notice: String) {
    warn!("{notice}");
    let mut state = world.resource_mut::<SettingsState>();
    if state.notices.len() >= MOST_NOTICES {
        state.notices.remove(0);
    }
    state.notices.push(notice);
}

/// Looks for changes, and saves them a moment after the last one.
pub(crate) fn watch(world: &mut World) {
    look(world);
    let saving = world.resource::<Saving>();
    let may_try = saving.failed.is_none_or(|failed| failed.elapsed() >= PAUSE);
    if may_try && world.resource::<Keeper>().unsaved.are_due() {
        save(world);
    }
    publish(world);
}

fn look(world: &mut World) {
    world.resource_scope(|world, mut keeper: Mut<Keeper>| keeper.look(world));
    complain(world);
}

/// Hands the changes to the saver.
fn save(world: &mut World) {
    // A file that was not read yet must not be overwritten.
    if world.resource::<Saving>().is_under_way || !world.resource::<SettingsState>().is_loaded {
        return;
    }
    let mut keeper = world.resource_mut::<Keeper>();
    keeper.unsaved.clear();
    let model = keeper.model.clone();
    if let Some(saver) = world.get_resource::<Saver>() {
        saver.ask(Task::Save(model));
        world.resource_mut::<Saving>().is_under_way = true;
    }
}

/// Brings the state up to date.
fn publish(world: &mut World) {
    let is_under_way = world.resource::<Saving>().is_under_way;
    let keeper = world.resource::<Keeper>();
    let is_unsaved = keeper.unsaved.is_some() || is_under_way;
    let change = |(of, setting): (String, &str)| ChangedSetting {
        of,
        setting: setting.to_owned(),
    };
    let changes: Vec<_> = keeper.model.changes().map(change).collect();
    let state = world.resource::<SettingsState>();
    if state.is_unsaved != is_unsaved || state.changes != changes {
        let mut state = world.resource_mut::<SettingsState>();
        state.is_unsaved = is_unsaved;
        state.changes = changes;
    }
}

/// Carries out commands.
pub(crate) fn obey(world: &mut World, mut cursor: Local<MessageCursor<SettingsCommand>>) {
    let commands = world.resource::<Messages<SettingsCommand>>();
    let commands: Vec<_> = cursor.read(commands).cloned().collect();
    for command in commands {
        look(world);
        let model = world.resource::<Keeper>().model.clone();
        let task = match command {
            SettingsCommand::Save => {
                save(world);
                continue;
            }
            SettingsCommand::Reset => {
                replace(world, Model::default());
                world.resource_mut::<SettingsState>().answer =
                    Some("all settings are as the app makes them".to_owned());
                continue;
            }
            SettingsCommand::Export(path) => Task::Export(path, model),
            SettingsCommand::Import(path) => Task::Import(path),
        };
        match world.get_resource::<Saver>() {
            Some(saver) => saver.ask(task),
            None => {
                let mut state = world.resource_mut::<SettingsState>();
                state.answer = state.problem.clone();
            }
        }
    }
    publish(world);
}

/// Saves before the app ends.
pub(crate) fn save_at_exit(world: &mut World) {
    look(world);
    if world.resource::<Keeper>().unsaved.is_some() {
        // An earlier save may still be under way: this one follows it.
        world.resource_mut::<Saving>().is_under_way = false;
        save(world);
    }
    let is_done = world
        .get_resource::<Saver>()
        .is_none_or(|saver| saver.wait(PATIENCE));
    take_answers(world);
    if !is_done {
        warn!("the disk does not answer: the last changes of settings may be lost");
    }
}
