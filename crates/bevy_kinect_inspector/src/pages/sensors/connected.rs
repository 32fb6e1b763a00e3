//! The live sensors that are connected.

use bevy::prelude::*;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::device::{ConnectedSensors, DeviceWatch};
use bevy_kinect_azure::kinect_azure::device::ConnectedSensor;

use super::source::selector;
use crate::controls::{error, figure, section, switch, text, warning};
use crate::pages::words;

pub(super) fn show(ui: &mut Ui, connected: &ConnectedSensors, mut watch: ResMut<DeviceWatch>) {
    section(ui, "Connected sensors", |ui| {
        if let Some(on) = switch(ui, "Look for sensors", watch.enabled) {
            watch.enabled = on;
        }
        if !watch.enabled {
            text(
                ui,
                "Each time a sensor is plugged in or out, the search opens the sensors that this app does not use for a moment. \
                 This disturbs other programs that use them.",
            );
            return;
        }
        if let Some(problem) = &connected.problem {
            error(ui, problem.to_string());
        } else if connected.devices.is_empty() {
            text(ui, "No sensor is connected.");
        }
        for sensor in &connected.devices {
            figure(ui, words::product(sensor.vendor), facts(sensor));
            if let Some(problem) = &sensor.problem {
                warning(ui, problem.as_str());
            }
        }
    });
}

fn facts(sensor: &ConnectedSensor) -> String {
    let mut facts = vec![words::device(&selector(sensor))];
    if sensor.in_use {
        facts.push("used by this app".to_owned());
    }
    match sensor.usb_mbit {
        Some(mbit) if mbit < 5000 => facts.push(format!("too slow: {mbit} Mbit/s")),
        Some(mbit) => facts.push(format!("{} Gbit/s", mbit / 1000)),
        None => {}
    }
    facts.join(", ")
}
