//! The modes of a source that has no settings: a recording, or a source of the app.

use bevy_egui::egui::Ui;
use bevy_kinect_azure::kinect_azure::ColorFormat;
use bevy_kinect_azure::sensor::SensorStream;

use crate::controls::{figure, section, text};

pub(super) fn show(ui: &mut Ui, stream: Option<&SensorStream>) {
    section(ui, "Modes", |ui| {
        let Some(stream) = stream else {
            text(ui, "The source is not open.");
            return;
        };
        let info = &stream.info;
        figure(ui, "Source", &info.name);
        figure(ui, "Depth mode", info.depth_mode.name());
        figure(ui, "Colour resolution", info.color_resolution.name());
        let format = info.color_format.map_or("off", ColorFormat::name);
        figure(ui, "Colour format", format);
        figure(
            ui,
            "Frame rate",
            format!("{} per second", info.frame_rate.fps()),
        );
        figure(ui, "Wired sync", info.wired_sync_mode.name().to_lowercase());
        figure(
            ui,
            "Depth delay",
            format!("{} µs", info.depth_delay_off_color_usec),
        );
        figure(
            ui,
            "Inertial samples",
            if info.has_imu { "yes" } else { "no" },
        );
        if let Some(length) = stream.duration {
            figure(ui, "Length", format!("{:.1} s", length.as_secs_f64()));
        }
    });
}
