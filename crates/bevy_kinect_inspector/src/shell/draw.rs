//! The panel, its list of pages, and the page.

use bevy::prelude::*;
use bevy_egui::egui::{
    self, Area, Button, Color32, CornerRadius, CursorIcon, Id, Order, RichText, ScrollArea, Sense,
    Stroke, UiBuilder, pos2, vec2,
};
use bevy_kinect_azure::KinectSensor;

use super::context;
use super::keys::FocusRequest;
use crate::controls::named;
use crate::inspector::KinectInspector;
use crate::page::Page;
use crate::pages;
use crate::style::{self, CHOSEN, LABEL, LINE, MARGIN, PANEL, RAIL, TEXT};

/// Limits of the panel's width.
const NARROWEST: f32 = 360.0;
const WIDEST: f32 = 900.0;
/// Width of the list of pages.
const PAGES: f32 = 104.0;
/// Height of the title.
const HEADER: f32 = 40.0;

/// Draws the panel.
pub(crate) fn draw(world: &mut World) {
    let Some(ctx) = context::current(world) else {
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
    let panel = egui::Rect::from_min_size(room.min, vec2(width, room.height()));
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
            let (list, rest) = panel.split_left_right_at_x(panel.left() + PAGES);
            let (header, body) = rest.split_top_bottom_at_y(rest.top() + HEADER);
            let chosen = pages_list(ui, list, page, world);
            title(ui, header, page, world);
            let line = Stroke::new(1.0, LINE);
            ui.painter().hline(header.x_range(), header.bottom(), line);
            show_page(ui, body, page, world);
            ui.painter()
                .vline(panel.right() - 0.5, panel.y_range(), line);
            let moved = edge(ui, panel);
            let mut inspector = world.resource_mut::<KinectInspector>();
            if let Some(page) = chosen {
                inspector.page = page;
            }
            if let Some(edge) = moved {
                inspector.width = edge.clamp(NARROWEST, WIDEST);
            }
        });
}

/// The list of pages; the page that was chosen.
fn pages_list(ui: &mut egui::Ui, list: egui::Rect, page: Page, world: &mut World) -> Option<Page> {
    ui.painter().rect_filled(list, CornerRadius::ZERO, RAIL);
    let wants_focus = core::mem::take(&mut world.resource_mut::<FocusRequest>().0);
    let builder = UiBuilder::new()
        .id_salt("pages")
        .max_rect(list.shrink2(vec2(6.0, 8.0)));
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let mut chosen = step_by_keys(ui, page);
        for of in Page::ALL {
            if let Some(group) = of.group() {
                ui.add_space(6.0);
                ui.label(RichText::new(group).small().color(LABEL));
            }
            let is_shown = of == page;
            let color = if is_shown { Color32::WHITE } else { TEXT };
            let button = Button::new(RichText::new(of.title()).color(color))
                .fill(if is_shown { CHOSEN } else { RAIL })
                .stroke(Stroke::NONE)
                .right_text("")
                .min_size(vec2(ui.available_width(), 24.0));
            let response = ui.add(button);
            named(ui, &response, of.title());
            if is_shown && wants_focus {
                response.request_focus();
            }
            if response.clicked() {
                chosen = Some(of);
            }
        }
        chosen
    })
    .inner
}

/// The page beside the present one, if Ctrl and Page Up or Page Down are pressed.
fn step_by_keys(ui: &egui::Ui, page: Page) -> Option<Page> {
    let steps = ui.input_mut(|input| {
        let down = input.consume_key(egui::Modifiers::CTRL, egui::Key::PageDown);
        let up = input.consume_key(egui::Modifiers::CTRL, egui::Key::PageUp);
        isize::from(down) - isize::from(up)
    });
    (steps != 0).then(|| page.step(steps))
}

/// The title of the page, and the sensor that it is about.
fn title(ui: &mut egui::Ui, header: egui::Rect, page: Page, world: &mut World) {
    let builder = UiBuilder::new()
        .id_salt("title")
        .max_rect(header.shrink2(vec2(MARGIN, 7.0)))
        .layout(egui::Layout::right_to_left(egui::Align::Center));
    ui.scope_builder(builder, |ui| {
        let hide = ui
            .add(Button::new("×").min_size(vec2(24.0, 24.0)))
            .on_hover_text("Hide the inspector");
        named(ui, &hide, "Hide the inspector");
        if hide.clicked() {
            world.resource_mut::<KinectInspector>().shown = false;
        }
        sensor(ui, world);
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.add(egui::Label::new(RichText::new(page.title()).heading()).truncate());
        });
    });
}

/// The sensor that the pages are about, where there are several.
fn sensor(ui: &mut egui::Ui, world: &mut World) {
    let mut sensors = world.query_filtered::<(Entity, Option<&Name>), With<KinectSensor>>();
    let mut all: Vec<(Entity, String)> = sensors
        .iter(world)
        .map(|(entity, name)| (entity, pages::sensor_name(entity, name)))
        .collect();
    if all.len() < 2 {
        return;
    }
    all.sort();
    let present = world.resource::<KinectInspector>().sensor;
    let shown = all.iter().find(|(entity, _)| Some(*entity) == present);
    let shown = shown.map_or("", |(_, name)| name.as_str());
    let response = egui::ComboBox::from_id_salt("shown sensor")
        .selected_text(shown)
        .width(130.0)
        .truncate()
        .show_ui(ui, |ui| {
            let mut chosen = None;
            for (entity, name) in &all {
                let is_shown = Some(*entity) == present;
                if ui.selectable_label(is_shown, name).clicked() {
                    chosen = Some(*entity);
                }
            }
            chosen
        });
    named(ui, &response.response, "Shown sensor");
    if let Some(chosen) = response.inner.flatten() {
        world.resource_mut::<KinectInspector>().sensor = Some(chosen);
    }
}

fn show_page(ui: &mut egui::Ui, body: egui::Rect, page: Page, world: &mut World) {
    let builder = UiBuilder::new()
        .id_salt(page)
        .max_rect(body.with_max_x(body.right() - 2.0));
    ui.scope_builder(builder, |ui| {
        ui.set_clip_rect(body);
        ScrollArea::vertical()
            .id_salt(page)
            .auto_shrink(false)
            .content_margin(egui::Margin::symmetric(MARGIN as i8, 4))
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                pages::run(page, world, ui);
                ui.add_space(MARGIN);
            });
    });
}

/// The right edge of the panel, which can be dragged; where it was dragged to, from the left edge.
fn edge(ui: &mut egui::Ui, panel: egui::Rect) -> Option<f32> {
    let grip =
        egui::Rect::from_min_max(pos2(panel.right() - 4.0, panel.top()), panel.right_bottom());
    let response = ui
        .interact(grip, ui.id().with("edge"), Sense::drag())
        .on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal);
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::WidgetType::ResizeHandle, true, "Width of the panel")
    });
    if response.hovered() || response.dragged() {
        let line = Stroke::new(2.0, style::ACCENT);
        ui.painter()
            .vline(panel.right() - 1.0, panel.y_range(), line);
    }
    let place = response.interact_pointer_pos()?;
    response.dragged().then_some(place.x - panel.left())
}
