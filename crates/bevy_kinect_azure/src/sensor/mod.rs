//! The sensor entity: one component to spawn, a thread behind it, and what it delivers as components beside it.

mod delay;
mod events;
mod frame;
mod listener;
mod playback;
mod source;
mod state;
mod stream;
mod thread;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;
use crossbeam_channel::{Receiver, Sender, unbounded};
use kinect_azure::device::{ColorControls, DeviceSettings, SyncGroup};
use kinect_azure::simulation::{LockstepClock, SimulationSettings};

pub(crate) use events::DeviceReported;
pub use events::SourceChanged;
pub use delay::{DelayedFrame, FRAME_HISTORY};
pub use frame::Frame;
pub use listener::{CaptureListener, CaptureListeners, Listening};
pub use playback::{Playback, PlaybackAction, PlaybackCommand, PlaybackPosition};
pub use source::{CustomSource, SensorSource};
pub use state::{SensorState, SensorStateChanged};
pub use stream::{SensorFrame, SensorStream};

use crate::simulation::{Lockstep, LockstepDrive};
pub(crate) use thread::Command;
use thread::{Event, ThreadHandle};

/// A Kinect, a recording of one, or anything else that delivers captures.
///
/// Spawn it and its captures arrive as components on the same entity; add [`ImageOutput`](crate::ImageOutput)s and
/// [`PointCloud`](crate::PointCloud)s to see them. The entity's `Transform` says where the sensor stands: a point one
/// metre in front of the lens is (0, 0, −1) in its space.
///
/// Changing `source`, or `active`, takes effect at once; the entity, its image handles and its settings stay.
/// Despawning it ends its capture thread without waiting for it.
#[derive(Component, Reflect, Clone, Debug, PartialEq)]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(
    Transform,
    Visibility,
    Playback,
    PlaybackPosition,
    SensorState,
    SensorFrame,
    StreamIdentity,
    CaptureListeners
)]
#[component(on_remove = stop)]
pub struct KinectSensor {
    /// Whether the sensor runs (S1). Off closes the source; the last images stay.
    pub active: bool,
    /// Where captures come from.
    pub source: SensorSource,
}

impl Default for KinectSensor {
    fn default() -> Self {
        Self::new(SensorSource::default())
    }
}

impl KinectSensor {
    /// An active sensor with that source.
    pub fn new(source: SensorSource) -> Self {
        Self {
            active: true,
            source,
        }
    }

    /// An active sensor that plays a recording.
    pub fn recording(path: impl AsRef<std::path::Path>) -> Self {
        Self::new(SensorSource::recording(path))
    }

    /// An active live sensor, the first that is free; `SensorSource::Device` has all the settings.
    pub fn device() -> Self {
        Self::new(SensorSource::Device(DeviceSettings::default()))
    }

    /// An active simulated sensor in front of the visitors of an exhibit; `SensorSource::Simulation` has all the
    /// settings.
    pub fn simulated() -> Self {
        Self::new(SensorSource::Simulation(SimulationSettings::default()))
    }
}

/// An entity that is no sensor any more has no capture thread.
fn stop(mut world: DeferredWorld, context: HookContext) {
    world.commands().entity(context.entity).try_remove::<(
        SensorThread,
        SensorStream,
        LockstepDrive,
    )>();
    if let Some(mut state) = world.get_mut::<SensorState>(context.entity) {
        let from = core::mem::take(&mut *state);
        if from != SensorState::Disabled {
            world.write_message(SensorStateChanged {
                sensor: context.entity,
                from,
                to: SensorState::Disabled,
            });
        }
    }
}

/// Which source the sensor's images are from. What a former source left must not be shown as the new one's.
#[derive(Component, Clone, Debug, Default)]
pub(crate) struct StreamIdentity {
    source: SensorSource,
    /// Counts the sources this sensor has had.
    pub(crate) generation: u64,
}

/// When the plugin does its work. Order your systems against these.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KinectSystems {
    /// In `PreUpdate`: threads are started and stopped, new frames, states and inertial samples become components and
    /// messages.
    Receive,
    /// In `PreUpdate`, after `Receive`: images and buffers are made for sensors and outputs that need new ones.
    Prepare,
    /// In `PostUpdate`: playback settings and commands go to the capture threads.
    Control,
}

/// Sensors, their threads and their playback. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct SensorPlugin;

impl Plugin for SensorPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Reaper>()
            .init_resource::<DeviceSync>()
            .add_message::<SensorStateChanged>()
            .add_message::<PlaybackCommand>()
            .register_type::<KinectSensor>()
            .register_type::<SensorState>()
            .register_type::<SensorStream>()
            .register_type::<SensorFrame>()
            .register_type::<CaptureListeners>()
            .register_type::<Playback>()
            .register_type::<PlaybackPosition>()
            .configure_sets(
                PreUpdate,
                (KinectSystems::Receive, KinectSystems::Prepare).chain(),
            )
            .register_type::<DelayedFrame>()
            .add_systems(
                PreUpdate,
                (
                    (start_and_stop, receive, reap)
                        .chain()
                        .in_set(KinectSystems::Receive),
                    delay::delay
                        .after(KinectSystems::Receive)
                        .after(crate::body_index::take_truth)
                        .before(KinectSystems::Prepare),
                ),
            )
            .add_systems(PostUpdate, playback::control.in_set(KinectSystems::Control));
    }
}

/// The capture thread of a sensor and what was last told to it.
#[derive(Component)]
pub(crate) struct SensorThread {
    pub(crate) handle: ThreadHandle,
    /// What the thread was started for.
    sensor: KinectSensor,
    /// The playback settings it knows.
    playback: Command,
    /// The colour controls it knows.
    pub(crate) color_controls: Option<ColorControls>,
}

/// The wired synchronisation that every live sensor of this app is a part of.
#[derive(Resource, Default)]
pub(crate) struct DeviceSync(pub(crate) Arc<SyncGroup>);

/// Joins capture threads that have ended, so that nobody waits for them and none is left behind.
#[derive(Resource)]
pub(crate) struct Reaper {
    sender: Sender<std::thread::JoinHandle<()>>,
    receiver: Receiver<std::thread::JoinHandle<()>>,
    ending: Vec<std::thread::JoinHandle<()>>,
}

impl Default for Reaper {
    fn default() -> Self {
        let (sender, receiver) = unbounded();
        Self {
            sender,
            receiver,
            ending: Vec::new(),
        }
    }
}

/// Starts the threads of sensors that became active or got another source, and stops those of sensors that are not.
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
        if !failed && thread.as_ref().is_some_and(|t| t.sensor == *sensor) {
            continue;
        }
        let mut entity_commands = commands.entity(entity);
        if identity.source != sensor.source {
            identity.source = sensor.source.clone();
            identity.generation += 1;
            entity_commands
                .insert((SensorFrame::default(), PlaybackPosition::default()))
                .trigger(|sensor| SourceChanged { sensor });
        }
        // Another configuration of the same device: its thread goes on and starts only the cameras anew.
        if !failed
            && sensor.active
            && let Some(thread) = &mut thread
            && thread.sensor.active
            && !thread.handle.is_finished()
            && let (Some(old), Some(new)) = (thread.sensor.source.device(), sensor.source.device())
            && old.same_device(new)
            && thread
                .handle
                .commands
                .try_send(Command::Configure(Box::new(new.clone())))
                .is_ok()
        {
            thread.sensor = sensor.clone();
            continue;
        }
        let lockstep = (lockstep && matches!(sensor.source, SensorSource::Simulation(_)))
            .then(|| Arc::new(LockstepClock::new()));
        let opener = sensor
            .active
            .then(|| sensor.source.opener(lockstep.clone(), &sync.0))
            .flatten();
        let started = opener.map(|open| {
            let name = format!("kinect {}", sensor.source.label());
            let before = thread.as_mut().and_then(|thread| thread.handle.stop());
            let reaper = reaper.sender.clone();
            let device = sensor.source.device().cloned();
            thread::start(
                &name,
                open,
                playback.command(),
                device,
                listeners,
                before,
                reaper,
            )
        });
        // Whatever ran before is dropped here, which ends its thread.
        entity_commands.remove::<(SensorThread, SensorStream, LockstepDrive)>();
        let state = match started {
            Some(Ok(handle)) => {
                entity_commands.insert(SensorThread {
                    handle,
                    sensor: sensor.clone(),
                    playback: playback.command(),
                    color_controls: None,
                });
                if let Some(clock) = lockstep {
                    entity_commands.insert(LockstepDrive {
                        clock,
                        began: time.as_ref().map_or(Duration::ZERO, |time| time.elapsed()),
                        given_up: false,
                    });
                }
                SensorState::Opening
            }
            Some(Err(error)) => SensorState::Failed {
                reason: format!(
                    "no thread could be started for {}: {error}. Close programs or raise the limit of threads, \
                     then switch the sensor off and on",
                    sensor.source.label()
                ),
            },
            None => SensorState::Disabled,
        };
        enter(entity, state, &mut states, &mut changes);
    }
}

/// Takes what the threads delivered.
pub(crate) fn receive(
    mut commands: Commands,
    mut sensors: Query<(
        Entity,
        &SensorThread,
        &mut SensorFrame,
        &mut PlaybackPosition,
        Option<&SensorStream>,
    )>,
    mut states: Query<&mut SensorState>,
    mut changes: MessageWriter<SensorStateChanged>,
) {
    for (entity, thread, mut frame, mut position, stream) in &mut sensors {
        let mut duration = stream.and_then(|stream| stream.duration_usec);
        for event in thread.handle.events.try_iter() {
            match event {
                Event::State(state) => {
                    if matches!(state, SensorState::Lost { .. } | SensorState::Failed { .. }) {
                        commands.entity(entity).remove::<SensorStream>();
                    }
                    log_once(entity, &state);
                    enter(entity, state, &mut states, &mut changes);
                }
                Event::Opened(stream) => {
                    duration = stream.duration_usec;
                    commands.entity(entity).insert(*stream);
                }
                Event::Device(news) => {
                    let (status, controls) = *news;
                    // A command as those around it: what is told before a loss must not arrive after it.
                    commands.trigger(DeviceReported {
                        sensor: entity,
                        status,
                        controls,
                    });
                }
            }
        }
        if thread.handle.has_died() {
            let reason = "its capture thread ended unexpectedly. Switch the sensor off and on, and please report this \
                          with the lines above"
                .to_owned();
            let state = SensorState::Failed { reason };
            if states.get(entity).is_ok_and(|old| *old != state) {
                log_once(entity, &state);
                commands.entity(entity).remove::<SensorStream>();
            }
            enter(entity, state, &mut states, &mut changes);
        }
        if let Some(newest) = thread.handle.frames.take() {
            frame.0 = Some(newest);
        }
        let counters = &thread.handle.counters;
        position.set_if_neq(PlaybackPosition {
            position: Duration::from_micros(counters.position_usec.load(Ordering::Relaxed)),
            duration: Duration::from_micros(duration.unwrap_or(0)),
            loops: counters.loops.load(Ordering::Relaxed),
        });
    }
}

/// One line for each problem; the attempts that follow a loss are only seen in the state.
fn log_once(entity: Entity, state: &SensorState) {
    let Some(problem) = state.problem() else {
        return;
    };
    match state {
        SensorState::Retrying { .. } => debug!("sensor {entity} {}: {problem}", state.name()),
        _ => error!("sensor {entity} {}: {problem}", state.name()),
    }
}

fn enter(
    sensor: Entity,
    to: SensorState,
    states: &mut Query<&mut SensorState>,
    changes: &mut MessageWriter<SensorStateChanged>,
) {
    if let Ok(mut state) = states.get_mut(sensor)
        && *state != to
    {
        let from = core::mem::replace(&mut *state, to.clone());
        changes.write(SensorStateChanged { sensor, from, to });
    }
}

fn reap(mut reaper: ResMut<Reaper>) {
    let reaper = &mut *reaper;
    reaper.ending.extend(reaper.receiver.try_iter());
    let mut index = 0;
    while let Some(thread) = reaper.ending.get(index) {
        if thread.is_finished() {
            let thread = reaper.ending.swap_remove(index);
            if thread.join().is_err() {
                error!(
                    "a capture thread panicked; its sensor is off. Please report this with the lines above"
                );
            }
        } else {
            index += 1;
        }
    }
}
