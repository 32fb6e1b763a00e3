//! Saving points as PLY files.

use std::path::PathBuf;

use bevy::prelude::*;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::point_cloud::{PointsSaved, SavePoints};

use crate::controls::{button, error, section, text, text_field};

/// The file to save to, and the result of the last time.
pub(crate) struct Save {
    path: String,
    is_saving: bool,
    result: Option<Result<String, String>>,
}

impl Default for Save {
    fn default() -> Self {
        Self {
            path: "points.ply".to_owned(),
            is_saving: false,
            result: None,
        }
    }
}

impl Save {
    /// Takes the results that have arrived.
    pub(super) fn listen<'a>(&mut self, saved: impl Iterator<Item = &'a PointsSaved>) {
        for PointsSaved { path, result, .. } in saved {
            self.is_saving = false;
            self.result = Some(match result {
                Ok(count) => Ok(format!("{count} points are in {}.", path.display())),
                Err(problem) => Err(problem.to_string()),
            });
        }
    }

    pub(super) fn show(&mut self, ui: &mut Ui, commands: &mut Commands, cloud: Entity) {
        section(ui, "Save as a PLY file", |ui| {
            if let Some(path) = text_field(ui, "File", &self.path, "Path of a .ply file") {
                self.path = path;
            }
            let can_save = !self.path.trim().is_empty() && !self.is_saving;
            let clicked = ui.add_enabled_ui(can_save, |ui| button(ui, "Save the points"));
            if clicked.inner {
                self.is_saving = true;
                self.result = None;
                commands.trigger(SavePoints {
                    cloud,
                    path: PathBuf::from(self.path.trim()),
                });
            }
            match &self.result {
                Some(Ok(done)) => text(ui, done.as_str()),
                Some(Err(problem)) => error(ui, problem.as_str()),
                None if self.is_saving => text(ui, "The points are being saved."),
                None => {}
            }
        });
    }
}
