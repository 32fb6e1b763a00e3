//! The app of an example: with a window, or off-screen.

use std::path::PathBuf;

use bevy::asset::io::AssetSourceBuilder;
use bevy::prelude::*;
use bevy::window::WindowResolution;
use bevy_kinect_azure::kinect_azure::recording::Recording;

use crate::offscreen::{Canvas, OffscreenPlugin};
use crate::play::PlayPlugin;
use crate::show::Show;

impl Show {
    /// An app with a window of that title, or without a window if a picture is wanted or there is no display. Prints a
    /// message and returns `None` if the recording does not have the wanted capture.
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
        if let Some(folder) = &self.files {
            let folder = folder.to_string_lossy();
            app.register_asset_source("files", AssetSourceBuilder::platform_default(&folder, None));
        }
        if self.screenshot.is_some() {
            if !self.has_capture() {
                return None;
            }
            app.add_plugins(OffscreenPlugin);
            if self.plays {
                app.add_plugins(PlayPlugin);
            }
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
        let is_recording = self.frame > 0 && self.clip().is_none();
        let Some(file) = self.file.as_ref().filter(|_| is_recording) else {
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
            // The sensor reports the problem of the file.
            _ => true,
        }
    }
}

/// The path of a picture whose name was not given: in the folder of the program, which is in cargo's target folder, so
/// that the sources are not changed.
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
