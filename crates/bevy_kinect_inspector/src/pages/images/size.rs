//! The resolution of an output.

use bevy::math::UVec2;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::image_output::OutputResolution;

use crate::controls::{Number, choice, row};

/// The kinds of resolutions, without their pixels.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Native,
    Eighth,
    Quarter,
    Half,
    Double,
    Quadruple,
    Octuple,
    Fit,
    Limit,
    Custom,
}

const KINDS: [(Kind, &str); 10] = [
    (Kind::Native, "Native"),
    (Kind::Eighth, "An eighth"),
    (Kind::Quarter, "A quarter"),
    (Kind::Half, "Half"),
    (Kind::Double, "Twice"),
    (Kind::Quadruple, "Four times"),
    (Kind::Octuple, "Eight times"),
    (Kind::Fit, "Fits into"),
    (Kind::Limit, "At most"),
    (Kind::Custom, "Exactly"),
];

/// The resolution that the user has chosen, if it differs.
pub(super) fn show(ui: &mut Ui, present: OutputResolution) -> Option<OutputResolution> {
    let (kind, pixels) = split(present);
    let mut pixels = pixels.unwrap_or(UVec2::new(1280, 720));
    let chosen = choice(ui, "Resolution", &kind, &KINDS);
    let mut resolution = joined(chosen.unwrap_or(kind), pixels);
    if matches!(kind, Kind::Fit | Kind::Limit | Kind::Custom) {
        row(ui, "Pixels", |ui| {
            let number = |name| Number::new(name).range(1..=16384);
            if let Some(x) = number("Width").add(ui, pixels.x) {
                pixels.x = x;
            }
            ui.label("×");
            if let Some(y) = number("Height").add(ui, pixels.y) {
                pixels.y = y;
            }
        });
        resolution = joined(chosen.unwrap_or(kind), pixels);
    }
    (resolution != present).then_some(resolution)
}

fn split(resolution: OutputResolution) -> (Kind, Option<UVec2>) {
    match resolution {
        OutputResolution::Native => (Kind::Native, None),
        OutputResolution::Eighth => (Kind::Eighth, None),
        OutputResolution::Quarter => (Kind::Quarter, None),
        OutputResolution::Half => (Kind::Half, None),
        OutputResolution::Double => (Kind::Double, None),
        OutputResolution::Quadruple => (Kind::Quadruple, None),
        OutputResolution::Octuple => (Kind::Octuple, None),
        OutputResolution::Fit(pixels) => (Kind::Fit, Some(pixels)),
        OutputResolution::Limit(pixels) => (Kind::Limit, Some(pixels)),
        OutputResolution::Custom(pixels) => (Kind::Custom, Some(pixels)),
    }
}

fn joined(kind: Kind, pixels: UVec2) -> OutputResolution {
    match kind {
        Kind::Native => OutputResolution::Native,
        Kind::Eighth => OutputResolution::Eighth,
        Kind::Quarter => OutputResolution::Quarter,
        Kind::Half => OutputResolution::Half,
        Kind::Double => OutputResolution::Double,
        Kind::Quadruple => OutputResolution::Quadruple,
        Kind::Octuple => OutputResolution::Octuple,
        Kind::Fit => OutputResolution::Fit(pixels),
        Kind::Limit => OutputResolution::Limit(pixels),
        Kind::Custom => OutputResolution::Custom(pixels),
    }
}
