//! Colours.

use bevy::color::{Color, ColorToComponents, LinearRgba, Srgba};
use bevy_egui::egui::color_picker::{Alpha, color_edit_button_rgba};
use bevy_egui::egui::{Rgba, Ui};

use super::layout::row;
use super::name::named;

/// A row with a colour and its opacity; the colour that the user has chosen, if it differs.
pub(crate) fn color(ui: &mut Ui, name: &str, present: Color) -> Option<Color> {
    row(ui, name, |ui| {
        let [r, g, b, a] = LinearRgba::from(present).to_f32_array();
        let mut chosen = Rgba::from_rgba_unmultiplied(r, g, b, a);
        let response = color_edit_button_rgba(ui, &mut chosen, Alpha::OnlyBlend);
        named(ui, &response, name);
        // The button rounds the colour even if nobody changes it.
        response.changed().then(|| {
            let linear = LinearRgba::from_f32_array(chosen.to_rgba_unmultiplied());
            Color::Srgba(Srgba::from(linear))
        })
    })
}
