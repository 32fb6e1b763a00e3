//! Fills the figures of sensors.

use core::time::Duration;
use std::sync::atomic::Ordering;

use bevy::prelude::*;

use super::sensor::SensorDiagnostics;
use crate::body::{BodyTrackingState, TrackedBodies};
use crate::sensor::{SensorFrame, SensorThread};
use crate::stream::LatencyLog;

pub(super) fn measure(
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
        let newest = frame.0.as_ref().filter(|_| frame.is_changed());
        if let Some(frame) = newest {
            diagnostics.image_frame = frame.sequence;
            if let Some(color) = &frame.capture.color {
                diagnostics.color_timestamp = color.device_timestamp_usec;
            }
            if let Some(depth) = frame.capture.depth.as_ref().or(frame.capture.ir.as_ref()) {
                diagnostics.depth_timestamp = depth.device_timestamp_usec;
            }
        }
        let frames = newest.is_some().into();
        if let Some(rate) = diagnostics.window.count(frames, time.delta()) {
            diagnostics.frame_rate = rate;
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

pub(super) fn measure_bodies(
    time: Res<Time<Real>>,
    mut sensors: Query<(
        Ref<BodyTrackingState>,
        Ref<TrackedBodies>,
        &mut SensorDiagnostics,
    )>,
) {
    let duration = |ms: f32| Duration::try_from_secs_f32(ms * 1e-3).unwrap_or_default();
    for (state, bodies, mut diagnostics) in &mut sensors {
        let diagnostics = &mut *diagnostics;
        let newest = bodies.device_timestamp_usec.filter(|_| bodies.is_changed());
        let frames = newest.is_some().into();
        if let Some(rate) = diagnostics.body_window.count(frames, time.delta()) {
            diagnostics.bodytracking_rate = rate;
        }
        if let Some(usec) = newest {
            diagnostics.bodytracking_timestamp = usec;
        }
        diagnostics.bodytracking_people = bodies.bodies.len() as u32;
        if state.is_changed() {
            let stages = &state.stages;
            diagnostics.bodytracking_frame = state.frames;
            diagnostics.bodytracking_errors = state.errors;
            diagnostics.bodytracking_latency = duration(stages.taken.p50_ms);
            diagnostics.bodytracking_latency_p99 = duration(stages.taken.p99_ms);
            diagnostics.bodytracking_waiting = duration(stages.waiting.p50_ms);
            diagnostics.bodytracking_tracking = duration(stages.tracking.p50_ms);
        }
    }
}
