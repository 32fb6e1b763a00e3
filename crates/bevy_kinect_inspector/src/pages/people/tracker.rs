//! The choice of a tracker and its settings.

use std::path::{Path, PathBuf};

use bevy::prelude::*;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::kinect_tracking::onnx::{PictureSource, Runtime};
use bevy_kinect_azure::prelude::*;

use crate::controls::{Number, Slider, button, choice, figure, folded, switch, text_field};

const TRACKERS: [(Tracker, &str); 5] = [
    (Tracker::Auto, "automatic: the first that works"),
    (Tracker::Vendor, "vendor's tracker"),
    (Tracker::Onnx, "ONNX model"),
    (Tracker::BuiltIn, "built-in tracker"),
    (Tracker::Truth, "bodies that come with the captures"),
];

const PROCESSORS: [(ProcessingMode, &str); 5] = [
    (ProcessingMode::Gpu, "graphics card, else processor"),
    (ProcessingMode::Cpu, "processor"),
    (ProcessingMode::Cuda, "CUDA"),
    (ProcessingMode::TensorRt, "TensorRT"),
    (ProcessingMode::DirectMl, "DirectML"),
];

const ORIENTATIONS: [(SensorOrientation, &str); 4] = [
    (SensorOrientation::Default, "upright"),
    (SensorOrientation::Clockwise90, "90° clockwise"),
    (
        SensorOrientation::CounterClockwise90,
        "90° counter-clockwise",
    ),
    (SensorOrientation::Flip180, "upside down"),
];

const PICTURES: [(PictureSource, &str); 4] = [
    (PictureSource::Auto, "the picture that the model takes"),
    (PictureSource::Infrared, "infrared"),
    (PictureSource::Color, "colour"),
    (PictureSource::Both, "infrared and colour"),
];

const RUNTIMES: [(Runtime, &str); 3] = [
    (Runtime::Auto, "ONNX Runtime, else tract"),
    (Runtime::Installed, "ONNX Runtime"),
    (Runtime::Embedded, "tract"),
];

/// Shows where bodies come from, and changes it. The tracker is opened again with each change.
pub(super) fn show(ui: &mut Ui, tracking: &mut BodyTracking) {
    match &mut tracking.source {
        BodySource::Tracker(settings) => settings_of(ui, settings),
        BodySource::Clip(path) => {
            if let Some(other) = text_field(ui, "Clip", &path.display().to_string(), "clip.json") {
                *path = PathBuf::from(other);
            }
            use_tracker(ui, tracking);
        }
        _ => {
            figure(ui, "Tracker", "one of the app's own");
            use_tracker(ui, tracking);
        }
    }
}

fn use_tracker(ui: &mut Ui, tracking: &mut BodyTracking) {
    if button(ui, "Use a tracker instead") {
        tracking.source = BodySource::default();
    }
}

fn settings_of(ui: &mut Ui, settings: &mut TrackerSettings) {
    if let Some(tracker) = choice(ui, "Tracker", &settings.tracker, &TRACKERS) {
        settings.tracker = tracker;
    }
    let tracker = settings.tracker;
    let may_be = |one: Tracker| tracker == Tracker::Auto || tracker == one;
    if tracker != Tracker::Truth {
        if let Some(mode) = choice(ui, "Runs on", &settings.processing_mode, &PROCESSORS) {
            settings.processing_mode = mode;
        }
        if let Some(turned) = choice(ui, "Mounted", &settings.orientation, &ORIENTATIONS) {
            settings.orientation = turned;
        }
    }
    if may_be(Tracker::BuiltIn)
        && let Some(mirrored) = switch(ui, "Look twice", settings.mirrored)
    {
        settings.mirrored = mirrored;
    }
    if may_be(Tracker::Vendor)
        && let Some(smoothing) = Slider::new("Vendor smoothing", 0.0..=1.0)
            .decimals(2)
            .show(ui, settings.vendor_smoothing)
    {
        settings.vendor_smoothing = smoothing;
    }
    if tracker != Tracker::Truth {
        folded(ui, "Models", false, |ui| models(ui, settings));
    }
    if may_be(Tracker::Truth) {
        folded(ui, "Errors added to exact bodies", false, |ui| {
            noise(ui, settings)
        });
    }
}

fn models(ui: &mut Ui, settings: &mut TrackerSettings) {
    file(ui, "Model", "the standard model", &mut settings.model);
    let network = &mut settings.network;
    file(
        ui,
        "Finds people",
        "one of the model folder",
        &mut network.detector,
    );
    if let Some(picture) = choice(ui, "Looks at", &network.picture, &PICTURES) {
        network.picture = picture;
    }
    if let Some(runtime) = choice(ui, "Library", &network.runtime, &RUNTIMES) {
        network.runtime = runtime;
    }
    file(
        ui,
        "Library file",
        "as the system finds it",
        &mut network.library,
    );
    if let Some(device) = Number::new("Graphics card")
        .range(0..=15)
        .speed(0.05)
        .show(ui, settings.gpu_device)
    {
        settings.gpu_device = device;
    }
}

/// A path that may be left open.
fn file(ui: &mut Ui, name: &str, standard: &str, path: &mut Option<PathBuf>) {
    let shown = path.as_deref().map(Path::display);
    let shown = shown.map(|path| path.to_string()).unwrap_or_default();
    if let Some(typed) = text_field(ui, name, &shown, standard) {
        *path = (!typed.trim().is_empty()).then(|| PathBuf::from(typed));
    }
}

fn noise(ui: &mut Ui, settings: &mut TrackerSettings) {
    let noise = &mut settings.truth_noise;
    if let Some(mm) = Slider::new("Position error", 0.0..=100.0)
        .unit(" mm")
        .decimals(0)
        .show(ui, noise.position_mm)
    {
        noise.position_mm = mm;
    }
    if let Some(lost) = Slider::new("Lost joints", 0.0..=1.0)
        .decimals(2)
        .show(ui, noise.lost_joints)
    {
        noise.lost_joints = lost;
    }
    if let Some(new_ids) = Slider::new("New ids", 0.0..=1.0)
        .decimals(2)
        .show(ui, noise.new_ids)
    {
        noise.new_ids = new_ids;
    }
}
