//! The title of the page, and the sensor that the pages are about.

use bevy::prelude::*;
use bevy_egui::egui::{
    Align, Button, ComboBox, Label, Layout, Rect, RichText, Ui, UiBuilder, vec2,
};
use bevy_kinect_azure::KinectSensor;

use crate::controls::named;
use crate::inspector::KinectInspector;
use crate::page::Page;
use crate::pages;
use crate::style::MARGIN;

/// Sensors with their names.
pub(super) type Sensors = (Entity, Option<&'static Name>);
pub(super) type IsSensor = With<KinectSensor>;

pub(super) fn show(
    ui: &mut Ui,
    header: Rect,
    page: Page,
    world: &mut World,
    sensors: &mut QueryState<Sensors, IsSensor>,
) {
    let builder = UiBuilder::new()
        .id_salt("title")
        .max_rect(header.shrink2(vec2(MARGIN, 7.0)))
        .layout(Layout::right_to_left(Align::Center));
    let ui = &mut ui.new_child(builder);
    let hide = ui
        .add(Button::new(RichText::new("×").size(18.0)).min_size(vec2(24.0, 24.0)))
        .on_hover_text("Hide the inspector");
    named(ui, &hide, "Hide the inspector");
    if hide.clicked() {
        world.resource_mut::<KinectInspector>().shown = false;
    }
    choose_sensor(ui, world, sensors);
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.add(Label::new(RichText::new(page.title()).heading()).truncate());
    });
}

/// A drop-down of all sensors, where there are several.
fn choose_sensor(ui: &mut Ui, world: &mut World, sensors: &mut QueryState<Sensors, IsSensor>) {
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
    let response = ComboBox::from_id_salt("shown sensor")
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
