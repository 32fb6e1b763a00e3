//! Figures: results with a name.

use bevy_egui::egui::{Color32, Label, RichText, Ui};

use super::layout::row;
use crate::style::TEXT;

/// A row with a name and a result.
pub(crate) fn figure(ui: &mut Ui, name: &str, value: impl AsRef<str>) {
    figure_in(ui, name, value, TEXT);
}

/// A row with a name and a result in that colour. A result that is too long is cut off, and shown whole under the pointer.
pub(crate) fn figure_in(ui: &mut Ui, name: &str, value: impl AsRef<str>, color: Color32) {
    let value = value.as_ref();
    row(ui, name, |ui| {
        let response = ui.add(Label::new(RichText::new(value).color(color)).truncate());
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_label(name);
            node.set_value(value);
        });
    });
}
