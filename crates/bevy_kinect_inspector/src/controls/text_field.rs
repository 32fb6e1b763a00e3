//! Text fields.

use bevy_egui::egui::{Id, TextEdit, Ui, vec2};

use super::layout::row;
use super::name::named;

/// A row with a field for a line of text; the text that the user has entered: by Enter, or by leaving the field. Escape leaves it as it was.
pub(crate) fn text_field(ui: &mut Ui, name: &str, present: &str, hint: &str) -> Option<String> {
    row(ui, name, |ui| {
        let id = ui.make_persistent_id(name);
        let typed = Id::new((id, "typed"));
        let mut text = ui
            .data(|data| data.get_temp::<String>(typed))
            .unwrap_or_else(|| present.to_owned());
        let width = ui.available_width();
        let field = TextEdit::singleline(&mut text)
            .id(id)
            .hint_text(hint)
            .margin(vec2(6.0, 3.0))
            .desired_width(width);
        let response = ui.add(field);
        named(ui, &response, name);
        if response.lost_focus() {
            ui.data_mut(|data| data.remove::<String>(typed));
            let is_escaped = ui.input(|input| input.key_pressed(bevy_egui::egui::Key::Escape));
            return (!is_escaped && text != present).then_some(text);
        }
        if response.has_focus() {
            ui.data_mut(|data| data.insert_temp(typed, text));
        }
        None
    })
}
