//! Opens and closes microphone arrays as the components ask, and turns their sound into messages and components.

use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;
use kinect_azure::microphones::{AudioReceiver, MicrophoneSelection, MicrophoneSettings};

use super::report::{
    AudioMessage, Meter, MicrophoneArray, MicrophoneDiagnostics, MicrophoneLevels,
};
use super::settings::Microphones;
use super::state::MicrophoneState;
use super::thread::{self, Event, ThreadHandle};
use crate::sensor::{KinectSensor, SensorSource, SensorStream};

/// The thread of an entity with microphones, and the settings that it was started with.
#[derive(Component)]
pub(super) struct MicrophoneThread {
    handle: ThreadHandle,
    settings: MicrophoneSettings,
    /// Receives the sound of the open array.
    receiver: Option<AudioReceiver>,
    /// The counters at the time when the array was opened.
    before: MicrophoneDiagnostics,
}

/// Ends the thread when an entity loses its `Microphones`.
pub(super) fn stop(mut world: DeferredWorld, context: HookContext) {
    let entity = context.entity;
    world
        .commands()
        .entity(entity)
        .try_remove::<(MicrophoneThread, MicrophoneArray)>();
    if let Some(mut state) = world.get_mut::<MicrophoneState>(entity) {
        *state = MicrophoneState::Disabled;
    }
    if let Some(mut levels) = world.get_mut::<MicrophoneLevels>(entity) {
        levels.0.clear();
    }
}

/// The thread that the components of an entity ask for.
enum Wish {
    Nothing,
    /// Keep the present thread; without one, wait for this reason.
    AsBefore(&'static str),
    /// Settings that cannot work, with the reason.
    Impossible(&'static str),
    Listen(MicrophoneSettings),
}

fn wish(
    microphones: &Microphones,
    sensor: Option<&KinectSensor>,
    stream: Option<&SensorStream>,
) -> Wish {
    if !microphones.active {
        return Wish::Nothing;
    }
    let selection = match (&microphones.selection, sensor) {
        (MicrophoneSelection::Auto, Some(sensor)) => match (&sensor.source, stream) {
            (SensorSource::Recording(_), _) => {
                return Wish::Impossible(
                    "a recording has no sound. To hear a microphone array beside it, choose the array by hand",
                );
            }
            #[cfg(feature = "simulation")]
            (SensorSource::Simulation(_), _) => {
                return Wish::Impossible(
                    "a simulated sensor has no microphones. To hear a microphone array beside it, choose the array by \
                     hand",
                );
            }
            (_, None) => return Wish::AsBefore("the sensor's serial number is not known yet"),
            (_, Some(stream)) => match &stream.info.serial {
                Some(serial) => MicrophoneSelection::Serial(serial.clone()),
                None => MicrophoneSelection::Auto,
            },
        },
        (selection, _) => selection.clone(),
    };
    Wish::Listen(microphones.settings(selection))
}

/// Starts and stops threads as the components ask.
pub(super) fn start_and_stop(
    mut commands: Commands,
    mut sensors: Query<(
        Entity,
        Ref<Microphones>,
        Option<Ref<KinectSensor>>,
        Option<Ref<SensorStream>>,
        Option<&mut MicrophoneThread>,
        &mut MicrophoneState,
        &mut MicrophoneLevels,
    )>,
) {
    for (entity, microphones, sensor, stream, mut thread, mut state, mut levels) in &mut sensors {
        let changed = microphones.is_changed()
            || sensor.as_ref().is_some_and(|sensor| sensor.is_changed())
            || stream.as_ref().is_some_and(|stream| stream.is_changed());
        if !changed {
            continue;
        }
        let next = match wish(&microphones, sensor.as_deref(), stream.as_deref()) {
            Wish::AsBefore(_) if thread.is_some() => continue,
            Wish::AsBefore(reason) => MicrophoneState::Waiting {
                reason: reason.to_owned(),
            },
            Wish::Nothing => MicrophoneState::Disabled,
            Wish::Impossible(reason) => MicrophoneState::Failed {
                reason: reason.to_owned(),
            },
            Wish::Listen(settings) => {
                let failed = matches!(*state, MicrophoneState::Failed { .. });
                if !failed && thread.as_ref().is_some_and(|t| t.settings == settings) {
                    continue;
                }
                let before = thread.as_mut().and_then(|thread| thread.handle.stop());
                match thread::start(settings.clone(), before) {
                    Ok(handle) => {
                        commands.entity(entity).try_insert(MicrophoneThread {
                            handle,
                            settings,
                            receiver: None,
                            before: MicrophoneDiagnostics::default(),
                        });
                        commands.entity(entity).try_remove::<MicrophoneArray>();
                        levels.0.clear();
                        state.set_if_neq(MicrophoneState::Opening);
                        continue;
                    }
                    Err(error) => MicrophoneState::Failed {
                        reason: format!(
                            "no thread could be started for the microphones: {error}. Close programs or raise the limit of \
                             threads, then switch them off and on"
                        ),
                    },
                }
            }
        };
        // Dropping the former thread's handle here ends that thread.
        commands
            .entity(entity)
            .try_remove::<(MicrophoneThread, MicrophoneArray)>();
        levels.0.clear();
        log_problem(entity, &state, &next);
        state.set_if_neq(next);
    }
}

/// The most blocks that are taken in one update: as many as a full queue of the shortest blocks holds, so that an array that
/// delivers faster cannot keep the app in this loop.
const BLOCKS_IN_AN_UPDATE: usize = 1001;

/// Receives the threads' events and the arrays' blocks.
pub(super) fn receive(
    mut commands: Commands,
    mut sensors: Query<(
        Entity,
        &mut MicrophoneThread,
        &mut MicrophoneState,
        &mut MicrophoneLevels,
        &mut MicrophoneDiagnostics,
    )>,
    mut messages: MessageWriter<AudioMessage>,
) {
    for (entity, mut thread, mut state, mut levels, mut diagnostics) in &mut sensors {
        // Take the blocks before the event that the array was closed.
        if let Some(receiver) = &thread.receiver {
            let mut meter = Meter::default();
            for _ in 0..BLOCKS_IN_AN_UPDATE {
                let Some(block) = receiver.try_next() else {
                    break;
                };
                meter.add(&block, &mut levels);
                messages.write(AudioMessage {
                    sensor: entity,
                    block,
                });
            }
            meter.finish(&mut levels);
            let now = thread.before.plus(receiver.counters());
            diagnostics.set_if_neq(MicrophoneDiagnostics {
                reconnects: diagnostics.reconnects,
                ..now
            });
        }
        while let Ok(event) = thread.handle.events.try_recv() {
            match event {
                Event::Opened {
                    info,
                    receiver,
                    again,
                } => {
                    if again {
                        diagnostics.reconnects += 1;
                    }
                    thread.before = diagnostics.clone();
                    thread.receiver = Some(receiver);
                    commands
                        .entity(entity)
                        .try_insert(MicrophoneArray { info: *info });
                    state.set_if_neq(MicrophoneState::Listening);
                }
                Event::Left(next) => {
                    thread.receiver = None;
                    levels.0.clear();
                    commands.entity(entity).try_remove::<MicrophoneArray>();
                    log_problem(entity, &state, &next);
                    state.set_if_neq(next);
                }
            }
        }
        if thread.handle.has_died() && !matches!(*state, MicrophoneState::Failed { .. }) {
            let next = MicrophoneState::Failed {
                reason: "their thread ended unexpectedly. Switch them off and on, and please report this with the lines \
                         above"
                    .to_owned(),
            };
            thread.receiver = None;
            levels.0.clear();
            commands.entity(entity).try_remove::<MicrophoneArray>();
            log_problem(entity, &state, &next);
            *state = next;
        }
    }
}

/// Logs one line for each problem; later attempts are only reported in the state.
fn log_problem(entity: Entity, from: &MicrophoneState, to: &MicrophoneState) {
    let Some(problem) = to.problem() else {
        return;
    };
    if from.problem() == Some(problem) {
        return;
    }
    match to {
        MicrophoneState::Failed { .. } => error!("microphones of sensor {entity}: {problem}"),
        MicrophoneState::Retrying { attempt: 1, .. } => {
            warn!("microphones of sensor {entity}: {problem}");
        }
        _ => debug!("microphones of sensor {entity}: {problem}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_array_is_looked_for_by_the_serial_number_of_the_sensor() {
        let selected = |sensor: Option<&KinectSensor>, stream: Option<&SensorStream>| match wish(
            &Microphones::default(),
            sensor,
            stream,
        ) {
            Wish::Listen(settings) => Some(settings.selection),
            _ => None,
        };
        let sensor = KinectSensor::new(SensorSource::None);
        let stream = |serial: Option<&str>| SensorStream {
            info: kinect_azure::SensorInfo {
                serial: serial.map(str::to_owned),
                ..default()
            },
            calibration: None,
            xy_table: None,
            duration: None,
            warnings: Vec::new(),
        };
        let known = MicrophoneSelection::Serial("000123456789".into());
        assert_eq!(
            selected(Some(&sensor), Some(&stream(Some("000123456789")))),
            Some(known)
        );
        // Without a serial number, and without a sensor, the selection is the only array.
        let only = Some(MicrophoneSelection::Auto);
        assert_eq!(selected(Some(&sensor), Some(&stream(None))), only);
        assert_eq!(selected(None, None), only);
        assert_eq!(selected(Some(&sensor), None), None);
        let recording = KinectSensor::recording("some.mkv");
        assert_eq!(selected(Some(&recording), Some(&stream(Some("1")))), None);
    }
}
