//! The list of all sensors.

use bevy::prelude::*;
use bevy_egui::egui::{
    Align2, Color32, CornerRadius, FontId, Sense, Stroke, StrokeKind, TextWrapMode, Ui, WidgetInfo,
    WidgetText, WidgetType, pos2, vec2,
};
use bevy_kinect_azure::sensor::KinectSensor;
use bevy_kinect_settings::SaveEntity;

use super::of_sensor::OfSensor;
use crate::controls::{buttons, section};
use crate::pages::{sensor_name, words};
use crate::style::{ACCENT, CHOSEN, HOVERED, LABEL, TEXT};

/// The height of a sensor's row.
const HEIGHT: f32 = 38.0;

/// The list, and buttons that add sensors; the sensor that was chosen or added.
pub(super) fn show(
    ui: &mut Ui,
    commands: &mut Commands,
    present: Option<Entity>,
    sensors: &Query<OfSensor>,
) -> Option<Entity> {
    section(ui, "Sensors", |ui| {
        let mut chosen = None;
        let mut all: Vec<_> = sensors.iter().collect();
        all.sort_by_key(|of| of.entity);
        for of in all {
            let name = sensor_name(of.entity, of.name);
            let (word, color) = words::state(of.state);
            let is_chosen = present == Some(of.entity);
            let source = words::source(&of.sensor.source);
            if entry(ui, &name, &source, &word, color, is_chosen) {
                chosen = Some(of.entity);
            }
        }
        let added = match buttons(ui, &["Add a simulation", "Add a live sensor"]) {
            Some(0) => Some(KinectSensor::simulated()),
            Some(_) => Some(KinectSensor::device()),
            None => None,
        };
        match added {
            Some(sensor) => Some(commands.spawn((sensor, SaveEntity)).id()),
            None => chosen,
        }
    })
}

/// A row of the list; whether it was clicked.
fn entry(
    ui: &mut Ui,
    name: &str,
    source: &str,
    state: &str,
    color: Color32,
    is_chosen: bool,
) -> bool {
    let size = vec2(ui.available_width(), HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| {
        WidgetInfo::selected(
            WidgetType::SelectableLabel,
            ui.is_enabled(),
            is_chosen,
            name,
        )
    });
    let radius = CornerRadius::same(4);
    if is_chosen {
        ui.painter().rect_filled(rect, radius, CHOSEN);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, radius, HOVERED);
    }
    if response.has_focus() {
        let line = Stroke::new(1.0, ACCENT);
        ui.painter()
            .rect_stroke(rect, radius, line, StrokeKind::Inside);
    }
    ui.painter()
        .circle_filled(pos2(rect.left() + 14.0, rect.center().y), 4.0, color);
    let left = rect.left() + 28.0;
    let state_place = pos2(rect.right() - 10.0, rect.center().y);
    let font = FontId::proportional(12.0);
    let of_state = ui
        .painter()
        .text(state_place, Align2::RIGHT_CENTER, state, font, color);
    let room = of_state.left() - left - 10.0;
    for (words, size, y, color) in [(name, 13.5, 5.0, TEXT), (source, 11.0, 21.0, LABEL)] {
        let galley = WidgetText::from(words).into_galley(
            ui,
            Some(TextWrapMode::Truncate),
            room,
            FontId::proportional(size),
        );
        ui.painter()
            .galley_with_override_text_color(pos2(left, rect.top() + y), galley, color);
    }
    response.clicked()
}
