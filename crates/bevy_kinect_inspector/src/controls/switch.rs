//! Switches.

use bevy_egui::egui::{
    CornerRadius, CursorIcon, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, WidgetType, lerp,
    pos2, vec2,
};

use super::layout::row;
use crate::style::{ACCENT, HOVERED, LABEL, RAISED, TEXT, WELL};

/// A row with a switch; its new state, if the user has switched it.
pub(crate) fn switch(ui: &mut Ui, name: &str, is_on: bool) -> Option<bool> {
    row(ui, name, |ui| {
        let size = vec2(30.0, 16.0);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        let response = response.on_hover_cursor(CursorIcon::PointingHand);
        let chosen = response.clicked().then_some(!is_on);
        let shows = chosen.unwrap_or(is_on);
        response.widget_info(|| {
            WidgetInfo::selected(WidgetType::Checkbox, ui.is_enabled(), shows, name)
        });
        let at = ui.ctx().animate_bool_responsive(response.id, shows);
        let is_near = response.hovered() || response.has_focus();
        let fill = match (shows, is_near) {
            (true, _) => ACCENT,
            (false, true) => HOVERED,
            (false, false) => RAISED,
        };
        let radius = CornerRadius::same(8);
        ui.painter().rect_filled(rect, radius, fill);
        if response.has_focus() {
            let line = Stroke::new(1.0, TEXT);
            ui.painter()
                .rect_stroke(rect.expand(1.5), radius, line, StrokeKind::Middle);
        }
        let x = lerp(rect.left() + 8.0..=rect.right() - 8.0, at);
        let knob = Rect::from_center_size(pos2(x, rect.center().y), vec2(12.0, 12.0));
        let color = if shows { WELL } else { LABEL };
        ui.painter().rect_filled(knob, CornerRadius::same(6), color);
        chosen
    })
}
