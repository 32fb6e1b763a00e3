//! The settings of a live sensor.

use core::time::Duration;

use bevy_egui::egui::Ui;
use bevy_kinect_azure::device::SensorDevice;
use bevy_kinect_azure::kinect_azure::device::{DeviceSettings, DeviceStatus, DeviceVendor};
use bevy_kinect_azure::kinect_azure::modes::{ColorResolution, DepthMode};

use super::modes::{COLOR, Chosen, DEPTH, FORMATS, Modes, rates, set};
use crate::controls::{Slider, choice, error, figure, folded, section, switch, warning};

/// The settings with the user's changes, if there are any.
pub(super) fn show(
    ui: &mut Ui,
    present: &DeviceSettings,
    device: Option<&SensorDevice>,
) -> Option<DeviceSettings> {
    let mut settings = present.clone();
    section(ui, "Modes", |ui| {
        modes(ui, &mut settings, device);
        let has_both = settings.color_resolution != ColorResolution::Off
            && settings.depth_mode != DepthMode::Off;
        ui.add_enabled_ui(has_both, |ui| {
            let only_pairs = settings.synchronized_images_only;
            if let Some(on) = switch(ui, "Only pairs", only_pairs) {
                settings.synchronized_images_only = on;
            }
        });
        if let Some(on) = switch(ui, "Inertial samples", settings.imu) {
            settings.imu = on;
        }
        let is_lit = !settings.disable_streaming_indicator;
        if let Some(on) = switch(ui, "Indicator light", is_lit) {
            settings.disable_streaming_indicator = !on;
        }
        let seconds = settings.watchdog.as_secs_f32();
        let watchdog = Slider::new("Lost after", 0.5..=30.0)
            .unit(" s")
            .decimals(1)
            .help("How long the running sensor may deliver nothing before it is opened again");
        if let Some(seconds) = watchdog.show(ui, seconds) {
            settings.watchdog = Duration::from_secs_f32(seconds.clamp(0.5, 3600.0));
        }
        if let Err(problem) = settings.check() {
            error(ui, problem);
        }
    });
    if let Some(device) = device {
        status(ui, device);
    }
    (settings != *present).then_some(settings)
}

fn modes(ui: &mut Ui, settings: &mut DeviceSettings, device: Option<&SensorDevice>) {
    let mut modes = Modes {
        depth: settings.depth_mode,
        color: settings.color_resolution,
        format: settings.color_format,
        rate: settings.frame_rate,
    };
    let vendor = device.map_or(settings.vendor, |device| device.vendor);
    let has_25 = vendor == DeviceVendor::Orbbec;
    let mut chosen = None;
    if let Some(depth) = choice(ui, "Depth mode", &modes.depth, &DEPTH) {
        modes.depth = depth;
        chosen = Some(Chosen::Depth);
    }
    if let Some(color) = choice(ui, "Colour resolution", &modes.color, &COLOR) {
        modes.color = color;
        chosen = Some(Chosen::Color);
    }
    if let Some(format) = choice(ui, "Colour format", &modes.format, &FORMATS) {
        modes.format = format;
        chosen = Some(Chosen::Format);
    }
    if let Some(rate) = choice(ui, "Frame rate", &modes.rate, &rates(has_25)) {
        modes.rate = rate;
        chosen = Some(Chosen::Rate);
    }
    if let Some(chosen) = chosen {
        set(settings, modes.settled(chosen));
    }
}

/// What the device reports.
fn status(ui: &mut Ui, status: &DeviceStatus) {
    for told in &status.warnings {
        warning(ui, told.as_str());
    }
    folded(ui, "About the device", false, |ui| {
        figure(ui, "Serial number", &status.serial);
        for (name, version) in [
            ("Colour firmware", &status.color_firmware),
            ("Depth firmware", &status.depth_firmware),
        ] {
            figure(ui, name, version.as_deref().unwrap_or("not reported"));
        }
        for (name, connected) in [
            ("Sync in", status.sync_in_connected),
            ("Sync out", status.sync_out_connected),
        ] {
            let words = match connected {
                Some(true) => "plugged in",
                Some(false) => "free",
                None => "not reported",
            };
            figure(ui, name, words);
        }
        figure(ui, "Missed captures", status.missed_captures.to_string());
        figure(ui, "Bad images", status.bad_images.to_string());
        figure(ui, "Clock jumps", status.clock_jumps.to_string());
        figure(ui, "Library", status.library.display().to_string());
    });
}
