//! Frame rates, delays and errors of every sensor, as a component on the sensor entity and as Bevy diagnostics.

use core::time::Duration;
use std::sync::atomic::Ordering;

use bevy::diagnostic::{Diagnostic, DiagnosticMeasurement, DiagnosticPath, DiagnosticsStore};
use bevy::prelude::*;

use crate::body::{BodyTracking, BodyTrackingState, TrackedBodies};
use crate::sensor::{KinectSensor, KinectSystems, SensorFrame, SensorThread};
use crate::stream::LatencyLog;

/// What apps usually need for diagnostics of sensors; part of [`crate::prelude`].
pub mod prelude {
    pub use super::SensorDiagnostics;
}

/// Frame rate, delays and errors of a sensor, on the sensor entity. Read only.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct SensorDiagnostics {
    /// Frames that the sensor has delivered since its source was opened.
    pub image_frame: u64,
    /// Device timestamp of the newest colour image in µs.
    pub color_timestamp: u64,
    /// Device timestamp of the newest depth (or, without one, infrared) image in µs.
    pub depth_timestamp: u64,
    /// Captures and images that could not be read or decoded.
    pub image_errors: u64,
    /// Frames of which newer images replaced some or all images before the app took them.
    pub dropped_frames: u64,
    /// Inertial samples that the app was too slow to take.
    pub dropped_imu_samples: u64,
    /// How many times a lost source was opened again.
    pub reconnects: u64,
    /// Frames per second that the app received, over the last second.
    pub frame_rate: f32,
    /// Time to decode the newest colour image.
    pub decode_time: Duration,
    /// Time from a capture's arrival until the frame that shows it was submitted to the GPU: the median of the last 128
    /// frames. Zero without a renderer.
    pub latency: Duration,
    /// The 99th percentile of the same times: 99 of 100 frames were faster.
    pub latency_p99: Duration,
    /// Body frames that the sensor's [`BodyTracking`] has found since its tracker was started.
    pub bodytracking_frame: u64,
    /// Device timestamp in µs of the depth image in which the newest bodies were found.
    pub bodytracking_timestamp: u64,
    /// Errors of the body tracker.
    pub bodytracking_errors: u64,
    /// Time from a capture's arrival until its bodies became players and joints: the median of the last 256 body frames.
    pub bodytracking_latency: Duration,
    /// The 99th percentile of the same times. [`BodyTrackingState`] has the times of each stage.
    pub bodytracking_latency_p99: Duration,
    #[reflect(ignore)]
    window: RateWindow,
}

/// Counts frames over about a second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct RateWindow {
    frames: u32,
    elapsed: Duration,
}

/// Diagnostics of sensors. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
///
/// With Bevy's `DiagnosticsPlugin` in the app, each sensor adds `kinect/<entity>/frame_rate`, `…/latency` (ms),
/// `…/dropped` and `…/errors`; with a [`BodyTracking`] also `…/bodytracking_latency` (ms), `…/bodytracking_frame`,
/// `…/bodytracking_timestamp` (µs) and `…/bodytracking_errors`.
#[derive(Default)]
pub struct SensorDiagnosticsPlugin;

impl Plugin for SensorDiagnosticsPlugin {
    fn build(&self, app: &mut App) {
        app.register_type::<SensorDiagnostics>()
            .register_required_components::<KinectSensor, SensorDiagnostics>()
            .add_systems(
                PreUpdate,
                (measure, measure_bodies, (publish, publish_bodies))
                    .chain()
                    .after(KinectSystems::Bodies),
            );
    }
}

fn measure(
    time: Res<Time<Real>>,
    mut idle: Query<&mut SensorDiagnostics, Without<SensorThread>>,
    mut sensors: Query<(
        &SensorThread,
        Ref<SensorFrame>,
        Option<&LatencyLog>,
        &mut SensorDiagnostics,
    )>,
) {
    for mut diagnostics in &mut idle {
        if diagnostics.frame_rate != 0.0 {
            diagnostics.frame_rate = 0.0;
        }
    }
    for (thread, frame, latency, mut diagnostics) in &mut sensors {
        let counters = &thread.handle.counters;
        let diagnostics = &mut *diagnostics;
        diagnostics.window.elapsed += time.delta();
        if frame.is_changed()
            && let Some(frame) = &frame.0
        {
            diagnostics.window.frames += 1;
            diagnostics.image_frame = frame.sequence;
            if let Some(color) = &frame.capture.color {
                diagnostics.color_timestamp = color.device_timestamp_usec;
            }
            if let Some(depth) = frame.capture.depth.as_ref().or(frame.capture.ir.as_ref()) {
                diagnostics.depth_timestamp = depth.device_timestamp_usec;
            }
        }
        if diagnostics.window.elapsed >= Duration::from_secs(1) {
            diagnostics.frame_rate =
                diagnostics.window.frames as f32 / diagnostics.window.elapsed.as_secs_f32();
            diagnostics.window = RateWindow::default();
        }
        diagnostics.image_errors = counters.image_errors.load(Ordering::Relaxed);
        diagnostics.dropped_frames = thread.handle.frames.dropped();
        diagnostics.dropped_imu_samples = counters.imu_dropped.load(Ordering::Relaxed);
        diagnostics.reconnects = counters.reconnects.load(Ordering::Relaxed);
        diagnostics.decode_time =
            Duration::from_micros(counters.decode_usec.load(Ordering::Relaxed));
        (diagnostics.latency, diagnostics.latency_p99) =
            latency.map_or_else(Default::default, LatencyLog::percentiles);
    }
}

fn measure_bodies(
    mut sensors: Query<
        (&BodyTrackingState, &TrackedBodies, &mut SensorDiagnostics),
        Or<(Changed<BodyTrackingState>, Changed<TrackedBodies>)>,
    >,
) {
    let duration = |ms: f32| Duration::try_from_secs_f32(ms * 1e-3).unwrap_or_default();
    for (state, bodies, mut diagnostics) in &mut sensors {
        diagnostics.bodytracking_frame = state.frames;
        diagnostics.bodytracking_errors = state.errors;
        if let Some(usec) = bodies.device_timestamp_usec {
            diagnostics.bodytracking_timestamp = usec;
        }
        diagnostics.bodytracking_latency = duration(state.stages.taken.p50_ms);
        diagnostics.bodytracking_latency_p99 = duration(state.stages.taken.p99_ms);
    }
}

/// The paths of a sensor's Bevy diagnostics.
#[derive(Component, Clone, Debug)]
struct DiagnosticPaths([DiagnosticPath; 4]);

/// The paths of the Bevy diagnostics of a sensor's body tracking.
#[derive(Component, Clone, Debug)]
struct BodyDiagnosticPaths([DiagnosticPath; 4]);

fn publish(
    mut commands: Commands,
    store: Option<ResMut<DiagnosticsStore>>,
    sensors: Query<(Entity, &SensorDiagnostics, Option<&DiagnosticPaths>), With<KinectSensor>>,
    time: Res<Time<Real>>,
) {
    let Some(mut store) = store else {
        return;
    };
    for (entity, diagnostics, paths) in &sensors {
        let Some(DiagnosticPaths(paths)) = paths else {
            let names = ["frame_rate", "latency", "dropped", "errors"];
            let paths = add(&mut store, entity, names, [" fps", " ms", "", ""]);
            commands.entity(entity).try_insert(DiagnosticPaths(paths));
            continue;
        };
        let values = [
            f64::from(diagnostics.frame_rate),
            diagnostics.latency.as_secs_f64() * 1000.0,
            diagnostics.dropped_frames as f64,
            diagnostics.image_errors as f64,
        ];
        measured(&mut store, paths, values, &time);
    }
}

fn publish_bodies(
    mut commands: Commands,
    store: Option<ResMut<DiagnosticsStore>>,
    sensors: Query<
        (Entity, &SensorDiagnostics, Option<&BodyDiagnosticPaths>),
        (With<KinectSensor>, With<BodyTracking>),
    >,
    time: Res<Time<Real>>,
) {
    let Some(mut store) = store else {
        return;
    };
    for (entity, diagnostics, paths) in &sensors {
        let Some(BodyDiagnosticPaths(paths)) = paths else {
            let names = [
                "bodytracking_latency",
                "bodytracking_frame",
                "bodytracking_timestamp",
                "bodytracking_errors",
            ];
            let paths = add(&mut store, entity, names, [" ms", "", " µs", ""]);
            commands
                .entity(entity)
                .try_insert(BodyDiagnosticPaths(paths));
            continue;
        };
        let values = [
            diagnostics.bodytracking_latency.as_secs_f64() * 1000.0,
            diagnostics.bodytracking_frame as f64,
            diagnostics.bodytracking_timestamp as f64,
            diagnostics.bodytracking_errors as f64,
        ];
        measured(&mut store, paths, values, &time);
    }
}

/// Adds diagnostics of a sensor to the store.
fn add(
    store: &mut DiagnosticsStore,
    entity: Entity,
    names: [&str; 4],
    units: [&'static str; 4],
) -> [DiagnosticPath; 4] {
    let paths = names.map(|name| DiagnosticPath::new(format!("kinect/{entity}/{name}")));
    for (path, unit) in paths.iter().zip(units) {
        store.add(Diagnostic::new(path.clone()).with_suffix(unit));
    }
    paths
}

/// Adds a measurement to each diagnostic.
fn measured(
    store: &mut DiagnosticsStore,
    paths: &[DiagnosticPath; 4],
    values: [f64; 4],
    time: &Time<Real>,
) {
    let time = time.last_update().unwrap_or_else(|| time.startup());
    for (path, value) in paths.iter().zip(values) {
        if let Some(diagnostic) = store.get_mut(path) {
            diagnostic.add_measurement(DiagnosticMeasurement { time, value });
        }
    }
}
