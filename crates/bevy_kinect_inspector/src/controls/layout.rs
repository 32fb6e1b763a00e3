//! Sections and rows.

use bevy_egui::egui::{
    Align, AsIdSalt, CollapsingHeader, Layout, RichText, Sense, Stroke, TextStyle, TextWrapMode,
    Ui, UiBuilder, WidgetText, pos2, vec2,
};

use crate::style::{LABEL, LINE, NAMES, ROW, TEXT};

/// A part of a page with a title.
pub(crate) fn section<R>(ui: &mut Ui, title: &str, add: impl FnOnce(&mut Ui) -> R) -> R {
    ui.add_space(8.0);
    ui.horizontal(|ui| {
        ui.label(RichText::new(title).strong().color(TEXT));
        let line = ui.available_rect_before_wrap();
        let y = line.center().y;
        ui.painter()
            .hline(line.x_range(), y, Stroke::new(1.0, LINE));
    });
    ui.push_id(title, add).inner
}

/// A part of a page that can be folded.
pub(crate) fn folded<R>(
    ui: &mut Ui,
    title: &str,
    is_open_at_first: bool,
    add: impl FnOnce(&mut Ui) -> R,
) -> Option<R> {
    folded_as(ui, title, title, is_open_at_first, add)
}

/// A part of a page that can be folded, and whose title may change: it is recognised by the salt.
pub(crate) fn folded_as<R>(
    ui: &mut Ui,
    salt: impl AsIdSalt,
    title: &str,
    is_open_at_first: bool,
    add: impl FnOnce(&mut Ui) -> R,
) -> Option<R> {
    CollapsingHeader::new(RichText::new(title).color(TEXT))
        .id_salt(salt)
        .default_open(is_open_at_first)
        .show(ui, add)
        .body_returned
}

/// A row with a name at its left; the rest is laid out from left to right.
pub(crate) fn row<R>(ui: &mut Ui, name: &str, add: impl FnOnce(&mut Ui) -> R) -> R {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let names = NAMES.min(rect.width() * 0.45);
    let galley = WidgetText::from(RichText::new(name).color(LABEL)).into_galley(
        ui,
        Some(TextWrapMode::Truncate),
        names - 6.0,
        TextStyle::Body,
    );
    let place = pos2(rect.left(), rect.center().y - galley.size().y * 0.5);
    ui.painter().galley(place, galley, LABEL);
    let rest = rect.with_min_x(rect.left() + names);
    let builder = UiBuilder::new()
        .id_salt(name)
        .max_rect(rest)
        .layout(Layout::left_to_right(Align::Center));
    // A scope would move the next row up to the end of what is in this one.
    add(&mut ui.new_child(builder))
}
