//! Buttons.

use bevy_egui::egui::{Button, RichText, Ui, WidgetText};

use crate::style::ERROR;

/// A button; whether it was clicked.
pub(crate) fn button(ui: &mut Ui, name: &str) -> bool {
    ui.button(name).clicked()
}

/// A button for what cannot be undone.
pub(crate) fn grave_button(ui: &mut Ui, name: &str) -> bool {
    let text: WidgetText = RichText::new(name).color(ERROR).into();
    ui.add(Button::new(text)).clicked()
}

/// Buttons side by side, in more rows where there is too little room; the place of the one that was clicked.
pub(crate) fn buttons(ui: &mut Ui, names: &[&str]) -> Option<usize> {
    ui.horizontal_wrapped(|ui| names.iter().position(|name| button(ui, name)))
        .inner
}
