//! The microphones of a sensor (S15), with the feature `microphones`.
//!
//! ```
//! use bevy::prelude::*;
//! use bevy_kinect_azure::prelude::*;
//!
//! fn spawn(mut commands: Commands, sensor: Single<Entity, With<KinectSensor>>) {
//!     commands.entity(*sensor).insert(Microphones::default());
//! }
//!
//! fn listen(mut sound: MessageReader<AudioMessage>) {
//!     for message in sound.read() {
//!         let loudest = message.block.levels.iter().map(|level| level.peak).fold(0.0, f32::max);
//!         info!("{} frames, peak {loudest}", message.block.frames());
//!     }
//! }
//! ```
//!
//! | to | use |
//! | --- | --- |
//! | listen to a sensor | [`Microphones`] on its entity |
//! | know how that goes | [`MicrophoneState`] on the same entity |
//! | have the sound | [`AudioMessage`], one for each block |
//! | show meters | [`MicrophoneLevels`] |
//! | know what was opened, and how sure it is the sensor's own | [`MicrophoneArray`], while it is open |
//! | see what was lost | [`MicrophoneDiagnostics`] |
//!
//! How the array is found on each system, and how to check it there, says [`kinect_azure::microphones`].
//!
//! Each sensor with microphones has a thread that opens the array, opens it again when it was lost, and ends with the
//! component. The app's frame loop takes what is there and waits for nobody.

mod state;
mod thread;

use core::time::Duration;
use std::sync::Arc;

use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;
use kinect_azure::microphones::{
    AudioBlock, AudioCounters, AudioLevel, AudioReceiver, MicrophoneInfo, MicrophoneSelection,
    MicrophoneSettings, SAMPLE_RATE,
};

pub use state::MicrophoneState;

use crate::sensor::{KinectSensor, KinectSystems, SensorSource, SensorStream};
use thread::{Event, ThreadHandle};

/// Listens to the microphones of a sensor. Put it on the sensor entity; what is heard comes as [`AudioMessage`]s.
///
/// It runs by itself: the cameras may be off. Changing it takes effect at once. Removing it, or despawning the entity, ends
/// its thread without waiting for it.
#[derive(Component, Reflect, Clone, Debug, PartialEq)]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(MicrophoneState, MicrophoneLevels, MicrophoneDiagnostics)]
#[component(on_remove = stop)]
pub struct Microphones {
    /// Whether to listen. Off lets go of the array.
    pub active: bool,
    /// Which array. [`Auto`](MicrophoneSelection::Auto) is the one of the sensor on this entity, by its serial number; on
    /// an entity without a [`KinectSensor`], and with a sensor that does not tell its number, the only array there is. A
    /// recording or a simulation has none; choose one by hand to hear something beside it.
    pub selection: MicrophoneSelection,
    /// Length of a block; from 1 ms to 1 s, values outside count as the nearest of these.
    pub block_length: Duration,
}

impl Default for Microphones {
    /// The sensor's own, in blocks of 10 ms.
    fn default() -> Self {
        Self {
            active: true,
            selection: MicrophoneSelection::Auto,
            block_length: Duration::from_millis(10),
        }
    }
}

impl Microphones {
    /// With that selection.
    pub fn new(selection: MicrophoneSelection) -> Self {
        Self {
            selection,
            ..Self::default()
        }
    }

    fn settings(&self, selection: MicrophoneSelection) -> MicrophoneSettings {
        let length = self
            .block_length
            .clamp(Duration::from_millis(1), Duration::from_secs(1));
        MicrophoneSettings {
            selection,
            block_frames: (length.as_secs_f64() * f64::from(SAMPLE_RATE)).round() as u32,
            // A second for an app that stands still.
            queue_blocks: (1.0 / length.as_secs_f64()).ceil() as u32 + 1,
        }
    }
}

/// A block of sound arrived.
#[derive(Message, Clone, Debug)]
pub struct AudioMessage {
    /// The entity with the [`Microphones`].
    pub sensor: Entity,
    /// The sound. Keep the `Arc` to keep it.
    pub block: Arc<AudioBlock>,
}

/// How loud each microphone was since the last update, for meters. Empty while nothing is heard. Read only.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct MicrophoneLevels(pub Vec<AudioLevel>);

/// The array that is open, on the entity with the [`Microphones`]. Read only.
#[derive(Component, Reflect, Clone, Debug, PartialEq)]
#[reflect(Component, Debug, PartialEq)]
pub struct MicrophoneArray {
    /// The device, its format, and how sure it is that it belongs to the sensor.
    pub info: MicrophoneInfo,
}

/// Figures since the [`Microphones`] were added. Read only.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq, Eq)]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct MicrophoneDiagnostics {
    /// Blocks heard.
    pub blocks: u64,
    /// Blocks the app was too slow to take: it stood still for more than a second.
    pub dropped_blocks: u64,
    /// Times sound was lost on the way from the device, because the computer was too slow to fetch it.
    pub gaps: u64,
    /// Times a lost array was opened again.
    pub reconnects: u64,
}

/// Microphones. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct MicrophonePlugin;

impl Plugin for MicrophonePlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<AudioMessage>()
            .register_type::<Microphones>()
            .register_type::<MicrophoneState>()
            .register_type::<MicrophoneLevels>()
            .register_type::<MicrophoneArray>()
            .register_type::<MicrophoneDiagnostics>()
            .add_systems(
                PreUpdate,
                (start_and_stop, receive)
                    .chain()
                    .after(KinectSystems::Receive),
            );
    }
}

/// The thread of an entity with microphones, and what it was started for.
#[derive(Component)]
struct MicrophoneThread {
    handle: ThreadHandle,
    settings: MicrophoneSettings,
    /// Where the sound of the open array comes from.
    receiver: Option<AudioReceiver>,
    /// What was counted when it was opened.
    before: MicrophoneDiagnostics,
}

/// An entity without microphones has no thread.
fn stop(mut world: DeferredWorld, context: HookContext) {
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

/// What the components of an entity ask for.
enum Wish {
    Nothing,
    /// To go on with what there is; otherwise to wait.
    AsBefore(&'static str),
    /// What cannot be.
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
                    "a recording has no sound. Choose an array by hand to hear one beside it",
                );
            }
            (SensorSource::Simulation(_), _) => {
                return Wish::Impossible(
                    "a simulated sensor has no microphones. Choose an array by hand to hear one beside it",
                );
            }
            (_, None) => return Wish::AsBefore("the sensor has not told its serial number yet"),
            (_, Some(stream)) => match &stream.info.serial {
                Some(serial) => MicrophoneSelection::Serial(serial.clone()),
                None => MicrophoneSelection::Auto,
            },
        },
        (selection, _) => selection.clone(),
    };
    Wish::Listen(microphones.settings(selection))
}

/// Starts and stops threads, so that what is asked for is heard.
fn start_and_stop(
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
                        commands.entity(entity).insert(MicrophoneThread {
                            handle,
                            settings,
                            receiver: None,
                            before: MicrophoneDiagnostics::default(),
                        });
                        commands.entity(entity).remove::<MicrophoneArray>();
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
        // Whatever ran before is dropped here, which ends its thread.
        commands
            .entity(entity)
            .remove::<(MicrophoneThread, MicrophoneArray)>();
        levels.0.clear();
        log_problem(entity, &state, &next);
        state.set_if_neq(next);
    }
}

/// The most blocks taken in one update: what a full queue of the shortest blocks holds. An array of which more come than
/// that cannot keep the app from its frame.
const BLOCKS_IN_AN_UPDATE: usize = 1001;

/// Takes what the threads and the arrays delivered.
fn receive(
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
        // Blocks go before the news that there will be no more of them.
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
                        .insert(MicrophoneArray { info: *info });
                    state.set_if_neq(MicrophoneState::Listening);
                }
                Event::Left(next) => {
                    thread.receiver = None;
                    levels.0.clear();
                    commands.entity(entity).remove::<MicrophoneArray>();
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
            commands.entity(entity).remove::<MicrophoneArray>();
            log_problem(entity, &state, &next);
            *state = next;
        }
    }
}

impl MicrophoneDiagnostics {
    fn plus(&self, counters: AudioCounters) -> Self {
        Self {
            blocks: self.blocks + counters.blocks,
            dropped_blocks: self.dropped_blocks + counters.dropped_blocks,
            gaps: self.gaps + counters.gaps,
            reconnects: self.reconnects,
        }
    }
}

/// Puts the levels of the blocks of one update together.
#[derive(Default)]
struct Meter {
    blocks: u32,
}

impl Meter {
    fn add(&mut self, block: &AudioBlock, levels: &mut MicrophoneLevels) {
        if self.blocks == 0 {
            levels.0.clear();
            levels.0.resize(block.levels.len(), AudioLevel::default());
        }
        self.blocks += 1;
        for (sum, level) in levels.0.iter_mut().zip(&block.levels) {
            sum.peak = sum.peak.max(level.peak);
            // The sum of squares, until the end; blocks of a stream have one length.
            sum.rms += level.rms * level.rms;
        }
    }

    fn finish(self, levels: &mut MicrophoneLevels) {
        for level in &mut levels.0 {
            if self.blocks > 0 {
                level.rms = (level.rms / self.blocks as f32).sqrt();
            }
        }
    }
}

/// One line for each problem; the attempts that follow are only seen in the state.
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
    fn block_lengths_outside_the_range_count_as_the_nearest() {
        let settings = |block_length| {
            let microphones = Microphones {
                block_length,
                ..Microphones::default()
            };
            let settings = microphones.settings(MicrophoneSelection::Auto);
            (settings.block_frames, settings.queue_blocks)
        };
        assert_eq!(settings(Duration::from_millis(10)), (480, 101));
        assert_eq!(settings(Duration::ZERO), (48, 1001));
        assert_eq!(settings(Duration::MAX), (48_000, 2));
    }

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
        };
        let known = MicrophoneSelection::Serial("000123456789".into());
        assert_eq!(
            selected(Some(&sensor), Some(&stream(Some("000123456789")))),
            Some(known)
        );
        // Without a number, and without a sensor, the only array is meant.
        let only = Some(MicrophoneSelection::Auto);
        assert_eq!(selected(Some(&sensor), Some(&stream(None))), only);
        assert_eq!(selected(None, None), only);
        assert_eq!(selected(Some(&sensor), None), None);
        let recording = KinectSensor::recording("some.mkv");
        assert_eq!(selected(Some(&recording), Some(&stream(Some("1")))), None);
    }

    #[test]
    fn levels_of_an_update_are_those_of_all_its_blocks() {
        let block = |peak, rms| AudioBlock {
            levels: vec![AudioLevel { peak, rms }],
            ..AudioBlock::default()
        };
        let mut levels = MicrophoneLevels::default();
        let mut meter = Meter::default();
        meter.add(&block(0.9, 0.3), &mut levels);
        meter.add(&block(0.5, 0.4), &mut levels);
        meter.finish(&mut levels);
        let level = levels.0[0];
        assert_eq!(level.peak, 0.9);
        assert!((level.rms - (0.125_f32).sqrt()).abs() < 1e-6);
        // Updates without a block leave the meter where it is.
        Meter::default().finish(&mut levels);
        assert_eq!(levels.0[0], level);
    }
}
