//! Drop-downs.

use bevy_egui::egui::style::StyleModifier;
use bevy_egui::egui::{ComboBox, Ui};

use super::layout::row;
use super::name::named;

/// A row with a drop-down of values and their names; the value that the user has chosen, if it differs.
///
/// `present` need not be among the values; then its name is an empty text.
pub(crate) fn choice<T: Clone + PartialEq>(
    ui: &mut Ui,
    name: &str,
    present: &T,
    all: &[(T, &str)],
) -> Option<T> {
    let at = all.iter().position(|(value, _)| value == present);
    let shown = at.map_or("", |at| all[at].1);
    let chosen = choice_of(ui, name, shown, all.len(), |at| all[at].1.to_owned())?;
    (Some(chosen) != at).then(|| all[chosen].0.clone())
}

/// A row with a drop-down of texts, which are made only while it is open; the place of the text that was clicked.
pub(crate) fn choice_of(
    ui: &mut Ui,
    name: &str,
    shown: &str,
    count: usize,
    text: impl Fn(usize) -> String,
) -> Option<usize> {
    row(ui, name, |ui| {
        let style = ui.style().clone();
        let width = ui.available_width();
        let response = ComboBox::from_id_salt(name)
            .selected_text(shown)
            .width(width)
            .truncate()
            .popup_style(StyleModifier::new(move |of_popup| {
                *of_popup = (*style).clone();
                of_popup.spacing.button_padding = (8.0, 2.0).into();
                of_popup.visuals.widgets.inactive.weak_bg_fill = Default::default();
                of_popup.visuals.widgets.inactive.bg_stroke = Default::default();
            }))
            .show_ui(ui, |ui| {
                let mut clicked = None;
                for at in 0..count {
                    let text = text(at);
                    let is_shown = text == shown;
                    if ui.selectable_label(is_shown, text).clicked() {
                        clicked = Some(at);
                    }
                }
                clicked
            });
        named(ui, &response.response, name);
        response.inner.flatten()
    })
}
