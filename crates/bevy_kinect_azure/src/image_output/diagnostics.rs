//! Figures about every output: the component, and the render world's report that it is filled from.

use core::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bevy::prelude::*;

use super::image_shape::ImageShape;
use super::notice::Notice;

/// Size, memory, times and warnings of one output, on its entity. Read only. Bevy's diagnostics have some of these figures,
/// see [the table](crate::diagnostics#rows-in-bevys-store).
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[type_path = "bevy_kinect_azure::image_output"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct OutputDiagnostics {
    /// Width and height in pixels; 0 before there is an image.
    pub resolution: UVec2,
    /// Width divided by height of the shape in which the image should be shown, see [`OutputAspect`](super::OutputAspect); 0 before
    /// there is an image.
    pub aspect: f32,
    /// GPU memory in bytes of all its textures: its image with its mipmaps, and the working images of its passes.
    pub gpu_memory_bytes: u64,
    /// How many times the output was updated: by frames or, for the player index, by body index maps.
    pub updates: u64,
    /// Bevy's frame count at the last update.
    pub last_update_frame: u32,
    /// Time from the app's start to the last update; `None` before the first.
    pub last_update: Option<Duration>,
    /// Whether the output was updated in this frame of the app.
    pub updated_this_frame: bool,
    /// CPU time of the last update: preparing and encoding its passes, or uploading colour directly into its image. `None` before
    /// the first.
    pub cpu_time: Option<Duration>,
    /// GPU time of the last update; `None` without Bevy's
    /// [`RenderDiagnosticsPlugin`](bevy::render::diagnostic::RenderDiagnosticsPlugin), if the GPU has no timestamps, and for colour
    /// that is uploaded directly into its image. Bevy's diagnostics have it as `render/kinect/output/<entity>/elapsed_gpu`.
    pub gpu_time: Option<Duration>,
    /// Why the output shows nothing at present, or differs from its settings; `None` if all is well. Each warning is logged once.
    pub warning: Option<String>,
    /// How many times the output began to differ from its settings.
    pub warnings: u64,
    /// The last such warning.
    pub last_warning: Option<String>,
    /// How many times the output began to show nothing, because its settings were refused.
    pub errors: u64,
    /// The last such error.
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
    /// Updates the figures of an output's image.
    pub(super) fn set_image(this: &mut Mut<Self>, shape: ImageShape, aspect: f32) {
        let bytes = shape.bytes();
        if (this.resolution, this.aspect, this.image_bytes) != (shape.size, aspect, bytes) {
            (this.resolution, this.aspect, this.image_bytes) = (shape.size, aspect, bytes);
        }
    }

    /// Updates the notice about the output's settings.
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

    /// Updates the notice about the output's sensor; other notices stay.
    pub(super) fn set_sensor_notice(this: &mut Mut<Self>, entity: Entity, notice: Option<Notice>) {
        let is_of_sensor = matches!(this.notice, Some(Notice::NoSensor | Notice::NotASensor(_)));
        if is_of_sensor || notice.is_some() {
            Self::set_notice(this, entity, notice);
        }
    }

    /// Updates the figures from the render world's report.
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

    /// Counts the present warning or error, and logs it.
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

    /// The text of the warning: first the notice about the whole image, then the broken passes.
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

/// The render world's report about an output.
#[derive(Component, Clone, Debug, Default)]
pub(super) struct OutputReport(Arc<Mutex<Report>>);

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Report {
    /// Memory in bytes of the working images.
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

/// Name of the span by which the passes of an output are timed.
pub(super) fn span_name(output: Entity) -> String {
    format!("kinect/output/{output}")
}
