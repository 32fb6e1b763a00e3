//! The app of an example: with a window, or off-screen.

use std::path::PathBuf;

use bevy::prelude::*;
use bevy::window::WindowResolution;
use bevy_kinect_azure::kinect_azure::recording::Recording;

use crate::offscreen::{Canvas, OffscreenPlugin};
use crate::show::Show;

impl Show {
    /// An app with a window of that title; or without one, where a picture is wanted or there is no display. `None`, with a word,
    /// for a capture that the recording does not have.
    pub fn app(&mut self, name: &str, title: &str) -> Option<App> {
        if self.screenshot.is_none() && !has_display() {
            let path = beside_the_program(name);
            eprintln!(
                "No display here (neither DISPLAY nor WAYLAND_DISPLAY is set): rendering one picture to {}.",
                path.display()
            );
            self.screenshot = Some(path);
        }
        let mut app = App::new();
        if self.screenshot.is_some() {
            if !self.has_capture() {
                return None;
            }
            app.add_plugins(OffscreenPlugin);
        } else {
            let what = self.file.as_ref().map_or_else(
                || "Simulated sensor".to_owned(),
                |file| file.display().to_string(),
            );
            app.add_plugins(DefaultPlugins.set(WindowPlugin {
                primary_window: Some(Window {
                    title: format!("{what} - {title}"),
                    resolution: WindowResolution::new(self.size.x, self.size.y),
                    ..default()
                }),
                ..default()
            }))
            .init_resource::<Canvas>();
        }
        app.insert_resource(self.clone());
        Some(app)
    }

    fn has_capture(&self) -> bool {
        let Some(file) = self.file.as_ref().filter(|_| self.frame > 0) else {
            return true;
        };
        match Recording::open(file).and_then(|recording| recording.count(|_| {})) {
            Ok(counts) if counts.captures <= u64::from(self.frame) => {
                eprintln!(
                    "{} has {} captures, counted from 0: there is no capture {}.",
                    file.display(),
                    counts.captures,
                    self.frame
                );
                false
            }
            // What is wrong with the file is the sensor's to say.
            _ => true,
        }
    }
}

/// Where a picture goes that nobody named: into the folder of the program, which is cargo's, so that the sources stay as they are.
fn beside_the_program(name: &str) -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    program.with_file_name(format!("{name}.png"))
}

fn has_display() -> bool {
    !cfg!(all(unix, not(target_os = "macos")))
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}
