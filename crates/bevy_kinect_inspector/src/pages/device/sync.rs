//! Wired synchronisation.

use bevy::prelude::*;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::device::WiredSync;
use bevy_kinect_azure::kinect_azure::modes::{ColorResolution, DepthMode, WiredSyncMode};
use bevy_kinect_azure::sensor::{KinectSensor, SensorSource};

use super::modes::SYNC;
use crate::controls::{Number, choice, section, switch};

pub(super) fn show(ui: &mut Ui, sensor: &mut Mut<KinectSensor>, wired: &mut ResMut<WiredSync>) {
    let SensorSource::Device(present) = &sensor.source else {
        return;
    };
    let mut settings = present.clone();
    section(ui, "Wired sync", |ui| {
        if let Some(mode) = choice(ui, "Role", &settings.wired_sync_mode, &SYNC) {
            settings.wired_sync_mode = mode;
            if mode != WiredSyncMode::Subordinate {
                settings.subordinate_delay_off_master_usec = 0;
            }
            // A master triggers its subordinates with its colour camera.
            if mode == WiredSyncMode::Master && settings.color_resolution == ColorResolution::Off {
                settings.color_resolution = ColorResolution::R720p;
            }
        }
        let period = i32::try_from(settings.frame_rate.period_ns() / 1000).unwrap_or(i32::MAX);
        let is_subordinate = settings.wired_sync_mode == WiredSyncMode::Subordinate;
        ui.add_enabled_ui(is_subordinate, |ui| {
            let delay = Number::new("Behind the master")
                .unit(" µs")
                .range(0..=period.unsigned_abs());
            if let Some(usec) = delay.show(ui, settings.subordinate_delay_off_master_usec) {
                settings.subordinate_delay_off_master_usec = usec;
            }
        });
        let has_both = settings.color_resolution != ColorResolution::Off
            && settings.depth_mode != DepthMode::Off;
        ui.add_enabled_ui(has_both, |ui| {
            let delay = Number::new("Depth behind colour")
                .unit(" µs")
                .range(1 - period..=period - 1);
            if let Some(usec) = delay.show(ui, settings.depth_delay_off_color_usec) {
                settings.depth_delay_off_color_usec = usec;
            }
        });
        let is_automatic = wired.automatic_depth_delays;
        if let Some(on) = switch(ui, "Spread depth delays", is_automatic) {
            wired.automatic_depth_delays = on;
        }
    });
    if settings != *present {
        sensor.source = SensorSource::Device(settings);
    }
}
