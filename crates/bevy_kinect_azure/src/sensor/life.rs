//! The life of sensors: starts and stops capture threads as the components ask, and turns the threads' events into components,
//! messages and events.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;
use kinect_azure::SourceErrorKind;
use kinect_azure::device::SyncGroup;

use super::events::{DeviceReported, SourceChanged};
use super::handle::{Command, Event, SensorThread};
use super::kinect_sensor::KinectSensor;
use super::listener::CaptureListeners;
use super::lockstep::{Lockstep, LockstepDrive};
use super::playback::{Playback, PlaybackPosition};
use super::reaper::Reaper;
use super::source::SensorSource;
use super::state::{SensorState, SensorStateChanged};
use super::stream::{SensorFrame, SensorStream};
use super::thread;

/// The wired synchronisation, shared by all live sensors of this app.
#[derive(Resource, Default)]
pub(crate) struct DeviceSync(pub(crate) Arc<SyncGroup>);

/// Ends the capture thread when an entity loses its `KinectSensor`.
pub(super) fn stop(mut world: DeferredWorld, context: HookContext) {
    world
        .commands()
        .entity(context.entity)
        .try_remove::<(SensorThread, SensorStream, LockstepDrive)>();
    if let Some(mut state) = world.get_mut::<SensorState>(context.entity) {
        let from = core::mem::take(&mut *state);
        if from != SensorState::Disabled {
            let change = SensorStateChanged {
                sensor: context.entity,
                from,
                to: SensorState::Disabled,
            };
            world.write_message(change.clone());
            world.trigger(change);
        }
    }
}

/// Distinguishes images of the present source from those of a former source, which must not be shown any more.
#[derive(Component, Clone, Debug, Default)]
pub(crate) struct StreamIdentity {
    source: SensorSource,
    /// Counts the sources this sensor has had.
    pub(crate) generation: u64,
}

/// The problem that was last logged: an app that starts a failed sensor again and again gets one line, until the sensor streams
/// or the problem is another.
#[derive(Component, Clone, Debug, Default)]
pub(crate) struct LoggedProblem(String);

impl LoggedProblem {
    /// Logs one line for each problem; the attempts that follow a loss are only seen in the state.
    fn log(&mut self, entity: Entity, state: &SensorState) {
        let Some(problem) = state.problem() else {
            if state.is_streaming() {
                self.0.clear();
            }
            return;
        };
        if self.is_new(state, problem) {
            error!("sensor {entity} {}: {problem}", state.name());
        } else {
            debug!("sensor {entity} {}: {problem}", state.name());
        }
    }

    fn is_new(&mut self, state: &SensorState, problem: &str) -> bool {
        if matches!(state, SensorState::Retrying { .. }) || self.0 == problem {
            return false;
        }
        problem.clone_into(&mut self.0);
        true
    }
}

/// Starts the threads of sensors that became active or got another source, and stops the threads of inactive sensors.
pub(crate) fn start_and_stop(
    mut commands: Commands,
    mut sensors: Query<
        (
            Entity,
            &KinectSensor,
            &Playback,
            &mut StreamIdentity,
            &CaptureListeners,
            Option<&mut SensorThread>,
            Has<Lockstep>,
        ),
        Changed<KinectSensor>,
    >,
    sync: Res<DeviceSync>,
    time: Option<Res<Time<Virtual>>>,
    mut states: Query<&mut SensorState>,
    mut changes: MessageWriter<SensorStateChanged>,
    reaper: Res<Reaper>,
) {
    for (entity, sensor, playback, mut identity, listeners, mut thread, lockstep) in &mut sensors {
        let failed = matches!(states.get(entity), Ok(SensorState::Failed { .. }));
        let runs = |thread: &Mut<SensorThread>| sensor.active && thread.source == sensor.source;
        if !failed && thread.as_ref().is_some_and(runs) {
            continue;
        }
        // Observers of the events triggered below may despawn the entity before the next command: hence `try_`.
        let mut entity_commands = commands.entity(entity);
        let is_other = identity.source != sensor.source;
        if is_other {
            identity.source = sensor.source.clone();
            identity.generation += 1;
            entity_commands.try_insert((SensorFrame::default(), PlaybackPosition::default()));
        }
        // Other settings for the same device: its thread goes on and restarts only the cameras.
        if !failed
            && sensor.active
            && let Some(thread) = &mut thread
            && !thread.handle.is_finished()
            && let (Some(old), Some(new)) = (thread.source.device(), sensor.source.device())
            && old.same_device(new)
            && thread
                .handle
                .commands
                .try_send(Command::Configure(Box::new(new.clone())))
                .is_ok()
        {
            thread.source = sensor.source.clone();
            entity_commands.trigger(|sensor| SourceChanged { sensor });
            continue;
        }
        let opener = sensor
            .active
            .then(|| sensor.source.opener(lockstep, &sync.0))
            .flatten();
        let started = opener.map(|opener| {
            let name = format!("kinect {}", sensor.source.label());
            let before = thread.as_mut().and_then(|thread| thread.handle.stop());
            let handle = thread::start(
                &name,
                opener.source,
                playback.command(),
                listeners,
                before,
                reaper.sender.clone(),
            )?;
            Ok::<_, std::io::Error>((handle, opener.clock))
        });
        // Dropping the former thread's handle here ends that thread.
        entity_commands.try_remove::<(SensorThread, SensorStream, LockstepDrive)>();
        let state = match started {
            Some(Ok((handle, clock))) => {
                entity_commands.try_insert(SensorThread {
                    handle,
                    source: sensor.source.clone(),
                    playback: playback.command(),
                    color_controls: None,
                });
                if let Some(clock) = clock {
                    let now = time.as_ref().map_or(Duration::ZERO, |time| time.elapsed());
                    entity_commands.try_insert(LockstepDrive::new(clock, now));
                }
                SensorState::Opening
            }
            Some(Err(error)) => SensorState::Failed {
                kind: SourceErrorKind::Other,
                reason: format!(
                    "no thread could be started for {}: {error}. Close programs or raise the limit of threads, \
                     then switch the sensor off and on",
                    sensor.source.label()
                ),
            },
            None => SensorState::Disabled,
        };
        // Triggered after the new thread is inserted, so that an observer that removes the sensor also ends the thread. No frame
        // has been delivered yet.
        if is_other {
            entity_commands.trigger(|sensor| SourceChanged { sensor });
        }
        enter(entity, state, &mut states, &mut changes, &mut commands);
    }
}

/// Receives the threads' events, frames and samples.
pub(crate) fn receive(
    mut commands: Commands,
    mut sensors: Query<(
        Entity,
        &SensorThread,
        &mut SensorFrame,
        &mut PlaybackPosition,
        &mut LoggedProblem,
        Option<&SensorStream>,
    )>,
    mut states: Query<&mut SensorState>,
    mut changes: MessageWriter<SensorStateChanged>,
) {
    for (entity, thread, mut frame, mut position, mut logged, stream) in &mut sensors {
        let mut duration = stream.and_then(|stream| stream.duration);
        for event in thread.handle.events.try_iter() {
            match event {
                Event::State(state) => {
                    if matches!(state, SensorState::Lost { .. } | SensorState::Failed { .. }) {
                        commands.entity(entity).try_remove::<SensorStream>();
                    }
                    logged.log(entity, &state);
                    enter(entity, state, &mut states, &mut changes, &mut commands);
                }
                Event::Opened(stream) => {
                    duration = stream.duration;
                    commands.entity(entity).try_insert(*stream);
                }
                Event::Device(news) => {
                    // Triggered by command, as the changes of state are: a report from before a loss must not arrive after the
                    // loss.
                    commands.trigger(DeviceReported {
                        sensor: entity,
                        news: *news,
                    });
                }
            }
        }
        if thread.handle.has_died() {
            let reason = "its capture thread ended unexpectedly. Switch the sensor off and on, and please report this \
                          with the lines above"
                .to_owned();
            let state = SensorState::Failed {
                kind: SourceErrorKind::Other,
                reason,
            };
            if states.get(entity).is_ok_and(|old| *old != state) {
                logged.log(entity, &state);
                commands.entity(entity).try_remove::<SensorStream>();
            }
            enter(entity, state, &mut states, &mut changes, &mut commands);
        }
        if let Some(newest) = thread.handle.frames.take() {
            frame.0 = Some(newest);
        }
        let counters = &thread.handle.counters;
        position.set_if_neq(PlaybackPosition {
            position: Duration::from_micros(counters.position_usec.load(Ordering::Relaxed)),
            duration: duration.unwrap_or_default(),
            loops: counters.loops.load(Ordering::Relaxed),
        });
    }
}

/// Changes the sensor's state and reports the change, see [events](crate::sensor#events).
fn enter(
    sensor: Entity,
    to: SensorState,
    states: &mut Query<&mut SensorState>,
    changes: &mut MessageWriter<SensorStateChanged>,
    commands: &mut Commands,
) {
    if let Ok(mut state) = states.get_mut(sensor)
        && *state != to
    {
        let from = core::mem::replace(&mut *state, to.clone());
        let change = SensorStateChanged { sensor, from, to };
        changes.write(change.clone());
        commands.trigger(change);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_logged_again_only_after_the_sensor_streamed_or_had_another() {
        let entity = Entity::PLACEHOLDER;
        let failed = |reason: &str| SensorState::Failed {
            kind: SourceErrorKind::NotConnected,
            reason: reason.to_owned(),
        };
        let mut logged = LoggedProblem::default();
        let mut is_new = |state: &SensorState| {
            let is_new = state
                .problem()
                .is_some_and(|problem| logged.clone().is_new(state, problem));
            logged.log(entity, state);
            is_new
        };
        assert!(is_new(&failed("no library")));
        is_new(&SensorState::Opening);
        assert!(!is_new(&failed("no library")));
        assert!(is_new(&failed("in use")));
        assert!(is_new(&failed("no library")));
        is_new(&SensorState::Streaming);
        assert!(is_new(&failed("no library")));
    }
}
