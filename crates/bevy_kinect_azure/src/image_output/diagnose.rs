//! Keeps the [`OutputDiagnostics`] of outputs up to date.

use std::time::Duration;

use bevy::diagnostic::{DiagnosticPath, DiagnosticsStore, FrameCount};
use bevy::prelude::*;

use super::diagnostics::{OutputDiagnostics, OutputReport, span_name};
use super::image::OutputImage;
use super::kind::ImageKind;
use super::output::ImageOutput;
use super::relation::OutputSensor;
use crate::body::{BodyIndexMap, DelayedFrame, ImageTiming};
use crate::sensor::{Frame, SensorFrame};

/// The path of an output's GPU time in Bevy's diagnostics, once it has one.
#[derive(Component)]
pub(super) struct GpuTimePath(DiagnosticPath);

pub(super) fn diagnose(
    mut commands: Commands,
    mut outputs: Query<(
        Entity,
        &ImageOutput,
        &OutputSensor,
        &OutputImage,
        &OutputReport,
        Option<&GpuTimePath>,
        &mut OutputDiagnostics,
    )>,
    sensors: Query<(&SensorFrame, Option<&DelayedFrame>, &BodyIndexMap)>,
    store: Option<Res<DiagnosticsStore>>,
    frame_count: Option<Res<FrameCount>>,
    time: Option<Res<Time<Real>>>,
) {
    let now = frame_count.map_or(0, |count| count.0);
    let elapsed = time.map(|time| time.elapsed());
    for (entity, output, sensor, image, report, path, mut diagnostics) in &mut outputs {
        // Works on a copy, so that change detection is triggered only by real changes.
        let mut figures = diagnostics.clone();
        let newest = sensor
            .0
            .and_then(|sensor| sensors.get(sensor).ok())
            .filter(|_| output.active && image.shape.is_some() && !image.is_refused)
            .and_then(|(frame, delayed, players)| {
                let frame = match output.timing {
                    ImageTiming::Live => frame.0.as_deref(),
                    ImageTiming::Bodies => delayed.and_then(|delayed| delayed.0.as_deref()),
                };
                shown(output, frame?, players)
            });
        figures.updated_this_frame = newest.is_some_and(|newest| newest != figures.seen);
        if let Some(newest) = newest.filter(|_| figures.updated_this_frame) {
            figures.seen = newest;
            figures.updates += 1;
            figures.last_update_frame = now;
            figures.last_update = elapsed;
        }
        figures.cpu_time = image.report.cpu_time();
        figures.take(entity, report);
        match (&store, path) {
            (Some(store), Some(GpuTimePath(path))) => {
                let ms = store.get(path).and_then(|diagnostic| diagnostic.value());
                if let Some(time) = ms.and_then(|ms| Duration::try_from_secs_f64(ms / 1000.0).ok())
                {
                    figures.gpu_time = Some(time);
                }
            }
            (Some(_), None) => {
                let path = format!("render/{}/elapsed_gpu", span_name(entity));
                commands
                    .entity(entity)
                    .insert(GpuTimePath(DiagnosticPath::new(path)));
            }
            (None, _) => {}
        }
        diagnostics.set_if_neq(figures);
    }
}

/// Number of the frame, or of the body index map, that an output shows; `None` if the frame lacks the image that it shows.
fn shown(output: &ImageOutput, frame: &Frame, players: &BodyIndexMap) -> Option<u64> {
    let has_color = !frame.color_bgra().is_empty();
    let has_depth = frame.capture.depth.is_some();
    let is_new = match output.kind {
        ImageKind::Color => has_color && (has_depth || !output.aligned),
        ImageKind::Depth | ImageKind::PointCloud => has_depth,
        ImageKind::Infrared => frame.capture.ir.is_some() && (has_depth || !output.aligned),
        ImageKind::PlayerIndex if !output.aligned => return players.0.as_ref().map(|p| p.id()),
        // An aligned player index depends on depth as well.
        ImageKind::PlayerIndex => has_depth && players.0.is_some(),
    };
    is_new.then_some(frame.id)
}
