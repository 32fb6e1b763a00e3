//! The floor under the sensor.

use core::time::Duration;

use bevy::prelude::*;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::floor::{FloorDetection, FloorPlacement, FloorState};

use crate::controls::{Slider, choice, figure, section, switch, text, warning};

const PLACEMENTS: [(FloorPlacement, &str); 3] = [
    (FloorPlacement::Never, "Leave the sensor's transform"),
    (FloorPlacement::Once, "Level the sensor once"),
    (FloorPlacement::Kept, "Keep the sensor level"),
];

pub(super) fn show(
    ui: &mut Ui,
    commands: &mut Commands,
    sensor: Entity,
    detection: Option<Mut<FloorDetection>>,
    state: Option<&FloorState>,
) {
    section(ui, "Floor", |ui| {
        let is_active = detection.as_ref().is_some_and(|of| of.active);
        let switched = switch(ui, "Look for the floor", is_active);
        let Some(mut detection) = detection else {
            if switched == Some(true) {
                commands.entity(sensor).insert(FloorDetection::default());
            }
            return;
        };
        if let Some(active) = switched {
            detection.active = active;
        }
        if let Some(placement) = choice(ui, "Placement", &detection.placement, &PLACEMENTS) {
            detection.placement = placement;
        }
        let seconds = detection.interval.as_secs_f32();
        let interval = Slider::new("Interval", 0.0..=2.0).unit(" s").decimals(2);
        if let Some(seconds) = interval.show(ui, seconds) {
            detection.interval = Duration::from_secs_f32(seconds.clamp(0.0, 3600.0));
        }
        if let Some(state) = state {
            found(ui, state);
        }
    });
}

fn found(ui: &mut Ui, state: &FloorState) {
    if let Some(floor) = &state.floor {
        let height = format!(
            "{:.3} m ± {:.0} mm",
            floor.height,
            floor.height_error * 1000.0
        );
        figure(ui, "Found height", height);
        let tilt = format!(
            "{:.1}° ± {:.2}°",
            floor.tilt_degrees, floor.tilt_error_degrees
        );
        figure(ui, "Found tilt", tilt);
        figure(ui, "Found roll", format!("{:.1}°", floor.roll_degrees));
        figure(
            ui,
            "Confidence",
            format!("{:.0} %", floor.confidence * 100.0),
        );
        figure(ui, "Area seen", format!("{:.1} m²", floor.area));
    } else if state.problem.is_none() {
        text(ui, "The floor is being looked for.");
    }
    if let Some(problem) = state.problem {
        warning(ui, problem.to_string());
    }
    let gravity = match state.has_gravity {
        true => "known from inertial samples",
        false => "unknown: the sensor is taken to stand upright",
    };
    figure(ui, "Gravity", gravity);
}
