//! What examples share: a file to play and a picture to take are asked for in the same words everywhere.

pub(crate) mod offscreen;
pub(crate) mod style;

use std::path::PathBuf;

use bevy::prelude::*;
use bevy::window::WindowResolution;
use bevy_kinect_azure::kinect_azure::recording::Recording;
use clap::Args;

/// What to show, and where.
#[derive(Args, Resource, Clone, Debug)]
pub(crate) struct Show {
    /// The recording (.mkv) to play; none: a simulated sensor.
    pub(crate) file: Option<PathBuf>,
    /// Render off-screen, write this PNG and end. Without a display: a file named after the example.
    #[arg(long, value_name = "OUT.png")]
    pub(crate) screenshot: Option<PathBuf>,
    /// Which capture to render, counted from 0.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) frame: u32,
    /// Width and height of the window or the picture, in pixels.
    #[arg(long, default_value = "1280x720", value_parser = parse_size, value_name = "WxH")]
    pub(crate) size: UVec2,
}

impl Show {
    /// An app with a window of that title; or without one, where a picture is wanted or there is no display. `None`, with a word,
    /// for a capture that the recording does not have.
    pub(crate) fn app(&mut self, name: &str, title: &str) -> Option<App> {
        if self.screenshot.is_none() && !has_display() {
            let path = PathBuf::from(format!("{name}.png"));
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
            app.add_plugins(offscreen::OffscreenPlugin);
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
            }));
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

fn has_display() -> bool {
    !cfg!(all(unix, not(target_os = "macos")))
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

fn parse_size(text: &str) -> Result<UVec2, String> {
    let (width, height) = text.split_once('x').ok_or("write it as 1280x720")?;
    let side = |text: &str| match text.parse() {
        Ok(side @ 64..=8192) => Ok(side),
        _ => Err("both sides must be between 64 and 8192".to_owned()),
    };
    Ok(UVec2::new(side(width)?, side(height)?))
}
