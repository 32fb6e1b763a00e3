//! A picture on the page.

use bevy::math::{UVec2, Vec2};
use bevy_egui::egui::{
    Color32, CornerRadius, CursorIcon, Rect, Sense, Stroke, TextureId, Ui, WidgetInfo, WidgetType,
    pos2, vec2,
};

use crate::style::WELL;

/// The largest part of the panel's width that the height of a picture may have.
const HIGHEST: f32 = 0.8;

/// A picture as wide as the page; the place under the pointer, from 0 to 1 from left to right and from top to bottom.
pub(super) fn picture(ui: &mut Ui, name: &str, texture: TextureId, size: UVec2) -> Option<Vec2> {
    let width = ui.available_width();
    let aspect = size.y.max(1) as f32 / size.x.max(1) as f32;
    let height = (width * aspect).min(width * HIGHEST);
    let (id, field) = ui.allocate_space(vec2(width, height));
    let shown = Rect::from_center_size(field.center(), vec2(height / aspect, height));
    let response = ui
        .interact(shown, id, Sense::hover())
        .on_hover_cursor(CursorIcon::Crosshair);
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, name));
    let painter = ui.painter_at(field);
    painter.rect_filled(field, CornerRadius::same(3), WELL);
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    painter.image(texture, shown, whole, Color32::WHITE);
    let pointer = response
        .hover_pos()
        .filter(|place| shown.contains(*place))?;
    let cross = Stroke::new(1.0, Color32::from_white_alpha(140));
    painter.hline(shown.x_range(), pointer.y, cross);
    painter.vline(pointer.x, shown.y_range(), cross);
    let place = (pointer - shown.min) / shown.size();
    Some(Vec2::new(place.x, place.y))
}
