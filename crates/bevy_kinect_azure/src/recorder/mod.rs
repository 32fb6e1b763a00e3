//! Recording what a sensor delivers (R3–R5): a component to put on it, a thread behind that, and how it is doing as
//! components beside it.
//!
//! How it works: a [`LiveRecorder`] is joined to the sensor's capture thread by a tap (`tap`), so that it gets every
//! capture and every inertial sample, whatever the app takes of them. Here recorders are started and stopped and their
//! states become components and messages. Nothing waits for a disk.

mod state;
mod tap;

use std::path::PathBuf;
use std::sync::Arc;

use bevy::app::AppExit;
use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;
use kinect_azure::recording::{LiveRecorder, LiveSettings};

pub use state::{RecorderProgress, RecorderState, RecorderStateChanged};
pub(crate) use tap::RecorderTap;

use crate::sensor::{KinectSensor, KinectSystems, SensorSource};

/// Records what a sensor delivers to a Matroska file that the vendor's player and tools read: every capture as it came
/// (JPEGs as JPEGs), every inertial sample, the calibration.
///
/// Put it on a sensor's entity, before or after the sensor is open:
///
/// ```
/// # use bevy::prelude::*;
/// # use bevy_kinect_azure::prelude::*;
/// # fn setup(mut commands: Commands) {
/// commands.spawn((
///     KinectSensor::simulated(),
///     Recorder::new("visitors-{date}-{number}.mkv"),
/// ));
/// # }
/// fn stop(mut recorders: Query<&mut Recorder>) {
///     for mut recorder in &mut recorders {
///         recorder.active = false;
///     }
/// }
/// ```
///
/// **Ending.** Switching it off, removing it or despawning the sensor has what waits written and the file finished on
/// the recorder's own thread. So does the end of the app, but threads end with the process: call
/// [`wait_for_recorders`](kinect_azure::recording::wait_for_recorders) behind `App::run`. A file that was not finished
/// plays with [`KinectSensor::recording`] up to its last 150 ms, but the vendor's player does not open it.
///
/// **Several files.** A file holds one run of one sensor. When the sensor was lost and is back, or its clock goes back
/// (a recording that begins again or is sought), the recording goes on in another file: `visitors-2.mkv`. When its modes
/// change, the recording ends, which the [`RecorderState`] says.
#[derive(Component, Reflect, Clone, Debug, PartialEq)]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(RecorderState, RecorderProgress)]
#[component(on_remove = stop)]
pub struct Recorder {
    /// Whether it records. Off finishes the file; on again begins another one, once that is done.
    pub active: bool,
    /// Where to; `.mkv` is usual, and the folder must exist. In the file's name, `{date}` and `{time}` become the UTC
    /// date and time of the start (`2026-05-17`, `16-04-59`) and `{number}` the first number from `001` that no file
    /// has yet. Another path while it records finishes the file and begins the other.
    pub path: PathBuf,
    /// What to do with a file that is there already: without, the recording fails and says so; with, the file is
    /// replaced, unless it is the one that this sensor plays. Names with `{number}` and further files
    /// (`visitors-2.mkv`) never replace any. Read when a recording begins.
    pub overwrite: bool,
    /// Memory for what the disk has not taken yet, in bytes: where it is used up, captures are left out and counted.
    /// The default, 512 MiB, is some ten seconds of 720p MJPG and `NFOV_UNBINNED` at 30 captures a second. One capture
    /// is always taken, however large. Read when a recording begins.
    pub memory_limit: usize,
    /// Tags of your own: names of A–Z, 0–9, `-` and `_` that do not begin with `K4A_`, and values; with other names the
    /// recording fails and says so. Read when a recording begins.
    pub tags: Vec<(String, String)>,
}

impl Default for Recorder {
    /// Switched off; on, it records to `recording-{date}-{number}.mkv` in the working directory.
    fn default() -> Self {
        Self {
            active: false,
            path: PathBuf::from("recording-{date}-{number}.mkv"),
            overwrite: false,
            memory_limit: LiveSettings::MOST_QUEUED_BYTES,
            tags: Vec::new(),
        }
    }
}

impl Recorder {
    /// Records to that path, from now on.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            active: true,
            path: path.into(),
            ..Self::default()
        }
    }
}

/// An entity that has no recorder any more does not record.
fn stop(mut world: DeferredWorld, context: HookContext) {
    world
        .commands()
        .entity(context.entity)
        .try_remove::<Recording>();
    if let Some(mut state) = world.get_mut::<RecorderState>(context.entity) {
        let from = core::mem::take(&mut *state);
        if from != RecorderState::Idle {
            world.write_message(RecorderStateChanged {
                sensor: context.entity,
                from,
                to: RecorderState::Idle,
            });
        }
    }
}

/// Recorders and their states. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct RecorderPlugin;

impl Plugin for RecorderPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<RecorderStateChanged>()
            .register_type::<Recorder>()
            .register_type::<RecorderState>()
            .register_type::<RecorderProgress>()
            .add_systems(
                PreUpdate,
                // A sensor that starts together with its recorder must not deliver before that listens.
                record
                    .before(crate::sensor::start_and_stop)
                    .in_set(KinectSystems::Receive),
            )
            .add_systems(Last, stop_at_exit);
    }
}

/// A recording that is being made, or was made last. Dropping it has it finished.
#[derive(Component)]
struct Recording {
    recorder: Arc<LiveRecorder>,
    tap: RecorderTap,
    /// The recorder's path when it began.
    path: PathBuf,
    stopped: bool,
    /// Its last state was told.
    told: bool,
    /// It was said already that the disk is too slow.
    slow: bool,
}

impl Recording {
    fn start(recorder: &Recorder, tap: &RecorderTap, sensor: Option<&KinectSensor>) -> Self {
        let plays_it = sensor.is_some_and(|sensor| {
            matches!(&sensor.source, SensorSource::Recording(path) if *path == recorder.path)
        });
        let live = Arc::new(LiveRecorder::start(LiveSettings {
            overwrite: recorder.overwrite && !plays_it,
            most_queued_bytes: recorder.memory_limit,
            tags: recorder.tags.clone(),
            ..LiveSettings::new(&recorder.path)
        }));
        tap.attach(Arc::clone(&live));
        Self {
            recorder: live,
            tap: tap.clone(),
            path: recorder.path.clone(),
            stopped: false,
            told: false,
            slow: false,
        }
    }

    fn stop(&mut self) {
        self.recorder.stop();
        self.tap.detach(&self.recorder);
        self.stopped = true;
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Starts and stops recordings, and says how they are doing.
fn record(
    mut commands: Commands,
    mut recorders: Query<(
        Entity,
        &Recorder,
        Option<&KinectSensor>,
        Option<&RecorderTap>,
        Option<&mut Recording>,
        &mut RecorderState,
        &mut RecorderProgress,
    )>,
    mut changes: MessageWriter<RecorderStateChanged>,
) {
    for (sensor, recorder, kinect, tap, recording, mut state, mut progress) in &mut recorders {
        let now = match (recording, tap) {
            (None, _) if !recorder.active => continue,
            // It waits for a sensor that is not even spawned.
            (None, None) => RecorderState::Waiting,
            (None, Some(tap)) => {
                let recording = Recording::start(recorder, tap, kinect);
                commands.entity(sensor).try_insert(recording);
                *progress = RecorderProgress::default();
                RecorderState::Waiting
            }
            (Some(mut recording), _) => {
                let wanted = recorder.active && recording.path == recorder.path;
                if !wanted && !recording.stopped {
                    recording.stop();
                }
                if recording.told && recording.stopped && recorder.active {
                    *recording = Recording::start(recorder, &recording.tap, kinect);
                    *progress = RecorderProgress::default();
                }
                if recording.told {
                    continue;
                }
                let live = recording.recorder.state();
                recording.told = live.has_ended();
                follow(sensor, &recording, &mut progress);
                let now = RecorderState::from(live);
                if now == RecorderState::FallingBehind && !recording.slow {
                    recording.slow = true;
                    warn!(
                        "the recording of sensor {sensor} leaves captures out: the disk is slower than the sensor. Record to \
                         a faster disk, or in smaller modes (further times are only counted)"
                    );
                }
                now
            }
        };
        if *state != now {
            tell(sensor, &now, &progress);
            let from = core::mem::replace(&mut *state, now.clone());
            changes.write(RecorderStateChanged {
                sensor,
                from,
                to: now,
            });
        }
    }
}

/// Brings the figures up to date.
fn follow(sensor: Entity, recording: &Recording, progress: &mut Mut<RecorderProgress>) {
    let figures = recording.recorder.figures();
    if figures == progress.figures {
        return;
    }
    if figures.warnings > progress.figures.warnings
        && let Some(warning) = recording.recorder.warning()
    {
        warn!("the recording of sensor {sensor}: {warning}");
    }
    if figures.files != progress.figures.files {
        progress.path = recording.recorder.path();
        if let Some(path) = &progress.path {
            info!("sensor {sensor} is recorded to {}", path.display());
        }
    }
    progress.figures = figures;
}

/// One line for each recording that ended.
fn tell(sensor: Entity, state: &RecorderState, progress: &RecorderProgress) {
    match state {
        RecorderState::Failed { reason } => {
            error!("the recording of sensor {sensor} failed: {reason}");
        }
        RecorderState::Finished {
            captures,
            bytes,
            seconds,
            reason,
        } => {
            let dropped = progress.dropped_captures;
            let reason = reason.as_deref().unwrap_or("it was stopped");
            info!(
                "the recording of sensor {sensor} is finished: {captures} captures of {seconds:.1} s, {dropped} left out, \
                 {} MiB in {} file(s); {reason}",
                bytes >> 20,
                progress.files,
            );
        }
        _ => {}
    }
}

/// Uses the time that an app takes to end.
fn stop_at_exit(mut exits: MessageReader<AppExit>, mut recordings: Query<&mut Recording>) {
    if exits.read().next().is_some() {
        for mut recording in &mut recordings {
            recording.stop();
        }
    }
}
