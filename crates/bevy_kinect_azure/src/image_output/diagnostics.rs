//! Figures about every output: the component, and what the render world tells of it.

use core::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bevy::prelude::*;

use super::image_shape::ImageShape;
use super::notice::Notice;

/// Figures about one output, on its entity. Read only.
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
    /// Time from the app's start to the last of them; `None` before the first.
    pub last_update: Option<Duration>,
    /// Whether that was this frame.
    pub updated_this_frame: bool,
    /// How long the CPU worked on the last update: preparing and encoding its passes, or uploading colour straight into its
    /// image. `None` before the first.
    pub cpu_time: Option<Duration>,
    /// How long the GPU worked on the last update; `None` without Bevy's
    /// [`RenderDiagnosticsPlugin`](bevy::render::diagnostic::RenderDiagnosticsPlugin), where the GPU has no timestamps, and for
    /// colour that is uploaded straight into its image. Bevy's diagnostics have it as
    /// `render/kinect/output/<entity>/elapsed_gpu`.
    pub gpu_time: Option<Duration>,
    /// Why the output shows nothing, or not quite what was asked for, at present. The log has it once.
    pub warning: Option<String>,
    /// How many times the output showed something that was not quite what was asked for.
    pub warnings: u64,
    /// The last of these warnings.
    pub last_warning: Option<String>,
    /// How many times the output showed nothing, because what was asked for cannot be.
    pub errors: u64,
    /// The last of these errors.
    pub last_error: Option<String>,
    #[reflect(ignore)]
    pub(super) seen: u64,
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

    /// Takes over what is wrong with the output as a whole.
    pub(super) fn set_notice(this: &mut Mut<Self>, entity: Entity, notice: Option<Notice>) {
        if this.notice == notice {
            return;
        }
        this.notice = notice;
        this.warning = this.worded();
        if let Some(notice) = notice {
            this.count(entity, notice.is_error());
        }
    }

    /// Likewise of its sensor; other notices stay.
    pub(super) fn set_sensor_notice(this: &mut Mut<Self>, entity: Entity, notice: Option<Notice>) {
        let is_of_sensor = matches!(this.notice, Some(Notice::NoSensor | Notice::NotASensor(_)));
        if is_of_sensor || notice.is_some() {
            Self::set_notice(this, entity, notice);
        }
    }

    /// Takes over what the render world tells.
    pub(super) fn take(&mut self, entity: Entity, report: &OutputReport) {
        let report = report.0.lock().unwrap_or_else(PoisonError::into_inner);
        self.gpu_memory_bytes = self.image_bytes + report.working_bytes;
        if self.broken_passes != report.broken_passes {
            self.broken_passes.clone_from(&report.broken_passes);
            self.warning = self.worded();
            if !self.broken_passes.is_empty() {
                self.count(entity, false);
            }
        }
    }

    /// Counts what is wrong now, and writes it to the log.
    fn count(&mut self, entity: Entity, is_error: bool) {
        let Some(what) = &self.warning else {
            return;
        };
        warn!("image output {entity}: {what}");
        let (count, last) = match is_error {
            true => (&mut self.errors, &mut self.last_error),
            false => (&mut self.warnings, &mut self.last_warning),
        };
        *count += 1;
        last.clone_from(&self.warning);
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
