//! Ranges of false colours.

use bevy_egui::egui::Ui;
use bevy_kinect_azure::coloring::FalseColor;
use bevy_kinect_azure::image_output::ImageKind;

use crate::controls::{Slider, switch};

/// The controls of the range of a kind of image; the range that the user has chosen, if it differs. Colour and players have no range.
pub(crate) fn false_color(ui: &mut Ui, kind: ImageKind, present: FalseColor) -> Option<FalseColor> {
    match kind {
        ImageKind::Color | ImageKind::PlayerIndex => None,
        ImageKind::Infrared => range(ui, present, 1.0, "", (0.0, 0.05)),
        ImageKind::Depth | ImageKind::PointCloud => range(ui, present, 10.0, " m", (0.5, 4.0)),
    }
}

/// A switch, and sliders for both ends; the range that the user has chosen, if it differs.
pub(crate) fn range(
    ui: &mut Ui,
    present: FalseColor,
    most: f32,
    unit: &str,
    first: (f32, f32),
) -> Option<FalseColor> {
    let is_automatic = present == FalseColor::Auto;
    let switched = switch(ui, "Automatic range", is_automatic);
    let FalseColor::Range { mut min, mut max } = present else {
        let (min, max) = first;
        return (switched == Some(false)).then_some(FalseColor::Range { min, max });
    };
    if switched == Some(true) {
        return Some(FalseColor::Auto);
    }
    let slider = |name| Slider::new(name, 0.0..=most).unit(unit).decimals(3);
    if let Some(to) = slider("Range from").show(ui, min) {
        min = to;
        max = max.max(min + most * 1.0e-3);
    }
    if let Some(to) = slider("Range to").show(ui, max) {
        max = to;
        min = min.min(max - most * 1.0e-3);
    }
    let range = FalseColor::Range { min, max };
    (range != present).then_some(range)
}
