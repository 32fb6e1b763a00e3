//! Figures about every output (D).

use core::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

use bevy::diagnostic::{DiagnosticPath, DiagnosticsStore, FrameCount};
use bevy::prelude::*;

use super::image_shape::ImageShape;
use super::shape::Notice;
use super::{ImageKind, ImageOutput, ImageOutputOf, OutputImage};
use crate::body::{BodyIndexMap, DelayedFrame, ImageTiming};
use crate::sensor::{Frame, SensorFrame};

/// Figures about one output (D), on its entity. Read only.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct OutputDiagnostics {
    /// Width and height in pixels; 0 before there is an image.
    pub resolution: UVec2,
    /// Width divided by height of the shape it is meant to be shown in, see [`OutputAspect`](super::OutputAspect); 0
    /// before there is an image.
    pub aspect: f32,
    /// GPU memory in bytes of all its textures: its image with smaller ones, and what its passes work with.
    pub gpu_memory_bytes: u64,
    /// Frames (of the player index: maps) that brought this output something new.
    pub updates: u64,
    /// Bevy's frame count at the last of them.
    pub last_update_frame: u32,
    /// Seconds from the app's start to the last of them.
    pub last_update_secs: f64,
    /// Whether that was this frame.
    pub updated_this_frame: bool,
    /// How long the GPU worked on the last update, in ms; `None` without Bevy's
    /// [`RenderDiagnosticsPlugin`](bevy::render::diagnostic::RenderDiagnosticsPlugin), where the GPU has no timestamps, and for
    /// colour that is uploaded straight into its image. Bevy's diagnostics have it as
    /// `render/kinect/output/<entity>/elapsed_gpu`.
    pub gpu_ms: Option<f32>,
    /// Why the output shows nothing, or not quite what was asked for.
    pub warning: Option<String>,
    #[reflect(ignore)]
    seen: u64,
    #[reflect(ignore)]
    notice: Option<Notice>,
    #[reflect(ignore)]
    broken_passes: Vec<BrokenPass>,
    #[reflect(ignore)]
    image_bytes: u64,
}

/// A pass that is left out: its place among the passes, and why.
pub(super) type BrokenPass = (usize, Arc<str>);

impl OutputDiagnostics {
    /// Takes over what an output's image is and how it is meant to be shown.
    pub(super) fn set_image(this: &mut Mut<Self>, shape: ImageShape, aspect: f32) {
        let bytes = shape.bytes();
        if (this.resolution, this.aspect, this.image_bytes) != (shape.size, aspect, bytes) {
            (this.resolution, this.aspect, this.image_bytes) = (shape.size, aspect, bytes);
        }
    }

    pub(super) fn set_notice(this: &mut Mut<Self>, notice: Option<Notice>) {
        if this.notice != notice {
            this.notice = notice;
            this.warning = this.worded();
        }
    }

    /// Takes over what the render world tells.
    fn take(this: &mut Mut<Self>, report: &OutputReport) {
        let report = report.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = this.image_bytes + report.working_bytes;
        if this.gpu_memory_bytes != bytes {
            this.gpu_memory_bytes = bytes;
        }
        if this.broken_passes != report.broken_passes {
            this.broken_passes.clone_from(&report.broken_passes);
            this.warning = this.worded();
        }
    }

    /// The warning in words. What is wrong with the image as a whole comes first.
    fn worded(&self) -> Option<String> {
        let mut warning = self.notice.map_or_else(String::new, |n| n.to_string());
        for (number, why) in &self.broken_passes {
            let separator = if warning.is_empty() { "" } else { "; " };
            // Writing to a string cannot fail.
            let _ = write!(
                warning,
                "{separator}pass {number} is left out, because its shader does not work: {why}"
            );
        }
        (!warning.is_empty()).then_some(warning)
    }
}

/// What the render world tells of an output.
#[derive(Component, Clone, Debug, Default)]
pub(super) struct OutputReport(Arc<Mutex<Report>>);

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Report {
    /// Memory of the textures that passes work with.
    pub(super) working_bytes: u64,
    pub(super) broken_passes: Vec<BrokenPass>,
}

impl OutputReport {
    pub(super) fn set(&self, report: Report) {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *current != report {
            *current = report;
        }
    }
}

/// The span that passes of an output are timed by.
pub(super) fn span_name(output: Entity) -> String {
    format!("kinect/output/{output}")
}

/// Where Bevy keeps an output's time, once there is one.
#[derive(Component)]
pub(super) struct GpuTimePath(DiagnosticPath);

pub(super) fn diagnose(
    mut commands: Commands,
    mut outputs: Query<(
        Entity,
        &ImageOutput,
        &ImageOutputOf,
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
    let secs = time.map_or(0.0, |time| time.elapsed_secs_f64());
    for (entity, output, sensor, image, report, path, mut diagnostics) in &mut outputs {
        let newest = sensors
            .get(sensor.0)
            .ok()
            .filter(|_| output.active && image.shape.is_some() && !image.is_refused)
            .and_then(|(frame, delayed, players)| {
                let frame = match output.timing {
                    ImageTiming::Live => frame.0.as_deref(),
                    ImageTiming::Bodies => delayed.and_then(|delayed| delayed.0.as_deref()),
                };
                shown(output, frame?, players)
            });
        if let Some(newest) = newest.filter(|&newest| newest != diagnostics.seen) {
            diagnostics.seen = newest;
            diagnostics.updates += 1;
            diagnostics.last_update_frame = now;
            diagnostics.last_update_secs = secs;
            diagnostics.updated_this_frame = true;
        } else if diagnostics.updated_this_frame {
            diagnostics.updated_this_frame = false;
        }
        OutputDiagnostics::take(&mut diagnostics, report);
        let Some(store) = &store else {
            continue;
        };
        match path {
            Some(GpuTimePath(path)) => {
                let value = store.get(path).and_then(|diagnostic| diagnostic.value());
                if let Some(ms) = value.map(|ms| ms as f32)
                    && diagnostics.gpu_ms != Some(ms)
                {
                    diagnostics.gpu_ms = Some(ms);
                }
            }
            None => {
                let path = format!("render/{}/elapsed_gpu", span_name(entity));
                commands
                    .entity(entity)
                    .insert(GpuTimePath(DiagnosticPath::new(path)));
            }
        }
    }
}

/// A number for what an output shows of a frame; `None` where the frame brings nothing for it.
fn shown(output: &ImageOutput, frame: &Frame, players: &BodyIndexMap) -> Option<u64> {
    let has_color = !frame.color_bgra().is_empty();
    let has_depth = frame.capture.depth.is_some();
    let is_new = match output.kind {
        ImageKind::Color => has_color && (has_depth || !output.aligned),
        ImageKind::Depth | ImageKind::PointCloud => has_depth,
        ImageKind::Infrared => frame.capture.ir.is_some() && (has_depth || !output.aligned),
        ImageKind::PlayerIndex if !output.aligned => return players.0.as_ref().map(|p| p.id()),
        // Where players are in the colour image depends on depth as well.
        ImageKind::PlayerIndex => has_depth && players.0.is_some(),
    };
    is_new.then_some(frame.id)
}
