//! Starts and stops recorders as their components ask, and reports their states.

use std::path::PathBuf;
use std::sync::Arc;

use bevy::app::AppExit;
use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;
use kinect_azure::recording::{LiveRecorder, LiveSettings};

use super::listener::{RecordedBodies, RecordingListener};
use super::settings::Recorder;
use super::state::{RecorderProgress, RecorderState, RecorderStateChanged};
use crate::body::{BodyTracking, TrackedBodies};
use crate::sensor::{CaptureListeners, KinectSensor, Listening, SensorSource};

/// Ends the recording when an entity loses its `Recorder`.
pub(super) fn stop(mut world: DeferredWorld, context: HookContext) {
    world
        .commands()
        .entity(context.entity)
        .try_remove::<RecorderRun>();
    if let Some(mut state) = world.get_mut::<RecorderState>(context.entity) {
        let from = core::mem::take(&mut *state);
        if from != RecorderState::Idle {
            let change = RecorderStateChanged {
                sensor: context.entity,
                from,
                to: RecorderState::Idle,
            };
            world.write_message(change.clone());
            world.trigger(change);
        }
    }
}

/// The present recording, or the last one. Dropping it finishes the file.
#[derive(Component)]
pub(super) struct RecorderRun {
    recorder: Arc<LiveRecorder>,
    /// `None` once the recording was stopped.
    listening: Option<Listening>,
    bodies: RecordedBodies,
    /// The recorder's path when the recording began.
    path: PathBuf,
    /// Whether the last state of the recording was reported.
    told: bool,
    /// Whether the warning about a slow disk was logged.
    slow: bool,
}

impl RecorderRun {
    fn start(
        recorder: &Recorder,
        listeners: &CaptureListeners,
        sensor: Option<&KinectSensor>,
        tracking: Option<&BodyTracking>,
    ) -> Self {
        let plays_it = sensor.is_some_and(|sensor| {
            matches!(&sensor.source, SensorSource::Recording(path) if *path == recorder.path)
        });
        let live = Arc::new(LiveRecorder::start(LiveSettings {
            overwrite: recorder.overwrite && !plays_it,
            most_queued_bytes: recorder.memory_limit,
            tags: recorder.tags.clone(),
            ..LiveSettings::new(&recorder.path)
        }));
        let is_tracking = tracking.is_some_and(|tracking| tracking.active);
        let bodies = match (recorder.bodies, is_tracking) {
            (false, _) => RecordedBodies::None,
            (true, false) => RecordedBodies::OfCaptures,
            (true, true) => RecordedBodies::OfTracker,
        };
        let listener = RecordingListener {
            recorder: Arc::clone(&live),
            bodies,
        };
        Self {
            listening: Some(listeners.add("recorder", Arc::new(listener))),
            recorder: live,
            bodies,
            path: recorder.path.clone(),
            told: false,
            slow: false,
        }
    }

    fn stop(&mut self) {
        self.recorder.stop();
        self.listening = None;
    }
}

impl Drop for RecorderRun {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Starts and stops recordings, and updates their states.
pub(super) fn record(
    mut commands: Commands,
    mut recorders: Query<(
        Entity,
        &Recorder,
        Option<&KinectSensor>,
        Option<&BodyTracking>,
        Option<&CaptureListeners>,
        Option<&mut RecorderRun>,
        &mut RecorderState,
        &mut RecorderProgress,
    )>,
    mut changes: MessageWriter<RecorderStateChanged>,
) {
    for (sensor, recorder, kinect, tracking, listeners, run, mut state, mut progress) in
        &mut recorders
    {
        let now = match (run, listeners) {
            (None, _) if !recorder.active => continue,
            // The entity has a recorder and no sensor yet.
            (None, None) => {
                if *state != RecorderState::Waiting {
                    warn!(
                        "the Recorder on entity {sensor} records nothing: the entity is not a sensor. Put the Recorder on the \
                         entity that has the KinectSensor, or add a KinectSensor to this one"
                    );
                }
                RecorderState::Waiting
            }
            (None, Some(listeners)) => {
                let run = RecorderRun::start(recorder, listeners, kinect, tracking);
                commands.entity(sensor).try_insert(run);
                *progress = RecorderProgress::default();
                RecorderState::Waiting
            }
            (Some(mut run), listeners) => {
                let wanted = recorder.active && run.path == recorder.path;
                if !wanted && run.listening.is_some() {
                    run.stop();
                }
                if run.told
                    && run.listening.is_none()
                    && recorder.active
                    && let Some(listeners) = listeners
                {
                    *run = RecorderRun::start(recorder, listeners, kinect, tracking);
                    *progress = RecorderProgress::default();
                }
                if run.told {
                    continue;
                }
                let live = run.recorder.state();
                run.told = live.has_ended();
                follow(sensor, &run, &mut progress);
                let now = RecorderState::from(live);
                if now == RecorderState::FallingBehind && !run.slow {
                    run.slow = true;
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
            let change = RecorderStateChanged {
                sensor,
                from,
                to: now,
            };
            changes.write(change.clone());
            commands.trigger(change);
        }
    }
}

/// Records the newest body frame of a sensor's tracker, as the tracker gave it.
pub(super) fn record_bodies(runs: Query<(&RecorderRun, &TrackedBodies), Changed<TrackedBodies>>) {
    for (run, bodies) in &runs {
        if run.bodies == RecordedBodies::OfTracker
            && run.listening.is_some()
            && let Some(frame) = &bodies.frame
        {
            run.recorder.push_bodies(frame);
        }
    }
}

/// Brings the figures up to date.
fn follow(sensor: Entity, run: &RecorderRun, progress: &mut Mut<RecorderProgress>) {
    let figures = run.recorder.figures();
    if figures == progress.figures {
        return;
    }
    if figures.warnings > progress.figures.warnings
        && let Some(warning) = run.recorder.warning()
    {
        warn!("the recording of sensor {sensor}: {warning}");
    }
    if figures.files != progress.figures.files {
        progress.path = run.recorder.path();
        if let Some(path) = &progress.path {
            info!("sensor {sensor} is recorded to {}", path.display());
        }
    }
    progress.figures = figures;
}

/// Logs one line for each recording that ended.
fn tell(sensor: Entity, state: &RecorderState, progress: &RecorderProgress) {
    match state {
        RecorderState::Failed { reason } => {
            error!("the recording of sensor {sensor} failed: {reason}");
        }
        RecorderState::Finished {
            captures,
            bytes,
            duration,
            reason,
        } => {
            let reason = reason.as_deref().unwrap_or("it was stopped");
            info!(
                "the recording of sensor {sensor} is finished: {captures} captures of {:.1} s, {} left out; {} inertial \
                 samples, {} left out; {} MiB in {} file(s); {reason}",
                duration.as_secs_f64(),
                progress.dropped_captures,
                progress.imu_samples,
                progress.dropped_imu_samples,
                bytes >> 20,
                progress.files,
            );
        }
        _ => {}
    }
}

/// Stops all recordings when the app exits, so that they finish while the app shuts down.
pub(super) fn stop_at_exit(mut exits: MessageReader<AppExit>, mut runs: Query<&mut RecorderRun>) {
    if exits.read().next().is_some() {
        for mut run in &mut runs {
            run.stop();
        }
    }
}
