//! The chosen sensor.

use bevy::prelude::*;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::device::ConnectedSensors;
use bevy_kinect_azure::kinect_azure::ColorFormat;
use bevy_kinect_azure::sensor::{KinectSensor, SensorState, SensorStream};

use super::of_sensor::OfSensorItem;
use super::restart::SwitchOnAgain;
use super::source;
use crate::controls::{
    button, error, figure, figure_in, grave_button, section, switch, text_field, warning,
};
use crate::pages::words;

pub(super) fn show(
    ui: &mut Ui,
    commands: &mut Commands,
    of: &mut OfSensorItem,
    connected: &ConnectedSensors,
) {
    let OfSensorItem {
        entity,
        name,
        sensor,
        state,
        stream,
        device,
    } = of;
    let entity = *entity;
    let name = name.map_or("", Name::as_str);
    section(ui, "Chosen sensor", |ui| {
        if let Some(name) = text_field(ui, "Name", name, "Without a name") {
            let name = name.trim();
            if name.is_empty() {
                commands.entity(entity).remove::<Name>();
            } else {
                commands.entity(entity).insert(Name::new(name.to_owned()));
            }
        }
        if let Some(active) = switch(ui, "Switched on", sensor.active) {
            sensor.active = active;
        }
        if let Some(chosen) = source::choose(ui, &sensor.source, connected)
            && chosen != sensor.source
        {
            sensor.source = chosen;
        }
        let (word, color) = words::state(state);
        figure_in(ui, "State", word, color);
        serial(ui, *stream, device.map(|device| device.serial.as_str()));
        if let Some(stream) = stream {
            modes(ui, stream);
        }
        ui.horizontal_wrapped(|ui| restart_or_remove(ui, commands, entity, sensor));
        problems(ui, state);
        let of_device = device.iter().flat_map(|device| &device.warnings);
        for told in stream
            .iter()
            .flat_map(|stream| &stream.warnings)
            .chain(of_device)
        {
            warning(ui, told.as_str());
        }
    });
}

fn serial(ui: &mut Ui, stream: Option<&SensorStream>, of_device: Option<&str>) {
    let of_stream = stream.and_then(|stream| stream.info.serial.as_deref());
    let serial = of_device
        .filter(|serial| !serial.is_empty())
        .or(of_stream)
        .unwrap_or("unknown");
    figure(ui, "Serial number", serial);
}

fn modes(ui: &mut Ui, stream: &SensorStream) {
    let info = &stream.info;
    figure(ui, "Depth", info.depth_mode.name());
    let format = info.color_format.map_or("", ColorFormat::name);
    let color = format!("{} {format}", info.color_resolution.name());
    figure(ui, "Colour", color.trim());
    figure(
        ui,
        "Frame rate",
        format!("{} per second", info.frame_rate.fps()),
    );
    let calibration = match stream.calibration {
        Some(_) => "yes",
        None => "missing: images can be neither aligned nor turned into points",
    };
    figure(ui, "Calibration", calibration);
}

fn restart_or_remove(
    ui: &mut Ui,
    commands: &mut Commands,
    entity: Entity,
    sensor: &mut Mut<KinectSensor>,
) {
    if button(ui, "Restart") {
        sensor.active = false;
        commands.entity(entity).insert(SwitchOnAgain);
    }
    if grave_button(ui, "Remove the sensor") {
        commands.entity(entity).despawn();
    }
}

fn problems(ui: &mut Ui, state: &SensorState) {
    let Some(reason) = state.problem() else {
        return;
    };
    match state {
        SensorState::Failed { .. } => error(ui, reason),
        _ => warning(ui, reason),
    }
}
