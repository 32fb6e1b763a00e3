//! The panel.

use bevy::prelude::*;
use bevy_egui::egui::scroll_area::ScrollBarVisibility;
use bevy_egui::egui::{
    self, Area, CornerRadius, CursorIcon, Id, Order, Rect, ScrollArea, Sense, Stroke, Ui,
    UiBuilder, WidgetInfo, WidgetType, pos2, vec2,
};

use super::context::{self, Contexts};
use super::list;
use super::title::{self, Sensors};
use crate::inspector::KinectInspector;
use crate::page::Page;
use crate::pages;
use crate::style::{self, ACCENT, LINE, MARGIN, PANEL};

/// Limits of the panel's width.
const NARROWEST: f32 = 360.0;
const WIDEST: f32 = 900.0;
/// Width of the list of pages.
const PAGES: f32 = 104.0;
/// Height of the title.
const HEADER: f32 = 40.0;

/// Draws the panel.
pub(crate) fn draw(
    world: &mut World,
    contexts: &mut QueryState<Contexts>,
    sensors: &mut QueryState<Sensors, title::IsSensor>,
) {
    let Some(ctx) = context::current(contexts, world) else {
        return;
    };
    let room = ctx.content_rect();
    if !room.is_positive() {
        return;
    }
    let inspector = world.resource::<KinectInspector>();
    let (wanted, page) = (inspector.width, inspector.page);
    let widest = WIDEST.min(room.width());
    let width = if wanted.is_finite() {
        wanted
    } else {
        NARROWEST
    };
    let width = width.clamp(NARROWEST.min(widest), widest).round();
    let panel = Rect::from_min_size(room.min, vec2(width, room.height()));
    Area::new(Id::new("kinect inspector"))
        .order(Order::Middle)
        .fixed_pos(panel.min)
        .default_size(panel.size())
        .constrain(false)
        .fade_in(false)
        .show(&ctx, |ui| {
            ui.set_style(style::style());
            ui.expand_to_include_rect(panel);
            ui.painter().rect_filled(panel, CornerRadius::ZERO, PANEL);
            let (pages, rest) = panel.split_left_right_at_x(panel.left() + PAGES);
            let (header, body) = rest.split_top_bottom_at_y(rest.top() + HEADER);
            list::show(ui, pages, page, world);
            title::show(ui, header, page, world, sensors);
            let line = Stroke::new(1.0, LINE);
            ui.painter().hline(header.x_range(), header.bottom(), line);
            show_page(ui, body, page, world);
            ui.painter()
                .vline(panel.right() - 0.5, panel.y_range(), line);
            if let Some(edge) = edge(ui, panel) {
                world.resource_mut::<KinectInspector>().width = edge.clamp(NARROWEST, WIDEST);
            }
        });
}

fn show_page(ui: &mut Ui, body: Rect, page: Page, world: &mut World) {
    let builder = UiBuilder::new()
        .id_salt(page)
        .max_rect(body.with_max_x(body.right() - 2.0));
    let mut ui = ui.new_child(builder);
    ui.set_clip_rect(body);
    ScrollArea::vertical()
        .id_salt(page)
        .auto_shrink(false)
        // The page keeps its width when something is unfolded.
        .scroll_bar_visibility(ScrollBarVisibility::AlwaysVisible)
        .content_margin(egui::Margin::symmetric(MARGIN as i8, 4))
        .show(&mut ui, |ui| {
            ui.set_width(ui.available_width());
            pages::run(page, world, ui);
            ui.add_space(MARGIN);
        });
}

/// The right edge of the panel, which can be dragged; its new distance from the left edge.
fn edge(ui: &mut Ui, panel: Rect) -> Option<f32> {
    let grip = Rect::from_min_max(pos2(panel.right() - 4.0, panel.top()), panel.right_bottom());
    let response = ui
        .interact(grip, ui.id().with("edge"), Sense::drag())
        .on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal);
    response
        .widget_info(|| WidgetInfo::labeled(WidgetType::ResizeHandle, true, "Width of the panel"));
    if response.hovered() || response.dragged() {
        let line = Stroke::new(2.0, ACCENT);
        ui.painter()
            .vline(panel.right() - 1.0, panel.y_range(), line);
    }
    let place = response.interact_pointer_pos()?;
    response.dragged().then_some(place.x - panel.left())
}
