//! Paragraphs, warnings and errors.

use bevy_egui::egui::{
    Align, Color32, CornerRadius, Frame, Label, Layout, Margin, RichText, Stroke, Ui,
};

use crate::style::{ERROR, LABEL, TEXT, WARNING};

/// A paragraph.
pub(crate) fn text(ui: &mut Ui, words: impl Into<String>) {
    ui.add(Label::new(RichText::new(words).color(LABEL)).wrap());
}

/// The page's statement that there is nothing to show, and what to do about it.
pub(crate) fn nothing(ui: &mut Ui, words: impl Into<String>) {
    ui.add_space(6.0);
    text(ui, words);
}

/// A warning.
pub(crate) fn warning(ui: &mut Ui, words: impl Into<String>) {
    notice(ui, words.into(), WARNING);
}

/// An error.
pub(crate) fn error(ui: &mut Ui, words: impl Into<String>) {
    notice(ui, words.into(), ERROR);
}

fn notice(ui: &mut Ui, words: String, color: Color32) {
    Frame::new()
        .fill(color.gamma_multiply(0.12))
        .stroke(Stroke::new(1.0, color.gamma_multiply(0.45)))
        .corner_radius(CornerRadius::same(3))
        .inner_margin(Margin::symmetric(8, 6))
        .show(ui, |ui| {
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ui.set_width(ui.available_width());
                ui.add(Label::new(RichText::new(words).color(TEXT)).wrap());
            });
        });
}
