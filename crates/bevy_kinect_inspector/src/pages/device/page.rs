//! The page.

use bevy::prelude::*;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::device::{SensorColorControls, SensorColorReport, SensorDevice, WiredSync};
use bevy_kinect_azure::floor::{FloorDetection, FloorState};
use bevy_kinect_azure::imu::{Imu, ImuMessage};
use bevy_kinect_azure::sensor::{KinectSensor, SensorSource, SensorStream};

use super::motion::History;
use super::{colors, floor, live, motion, recorded, simulation, sync};
use crate::controls::nothing;
use crate::inspector::KinectInspector;

pub(crate) fn show(
    InMut(ui): InMut<Ui>,
    mut commands: Commands,
    inspector: Res<KinectInspector>,
    mut sensors: Query<(
        &mut KinectSensor,
        Option<&SensorStream>,
        Option<&SensorDevice>,
        Option<&Imu>,
    )>,
    mut of_colors: Query<(Option<&mut SensorColorControls>, Option<&SensorColorReport>)>,
    mut floors: Query<(Option<&mut FloorDetection>, Option<&FloorState>)>,
    mut wired: ResMut<WiredSync>,
    mut samples: MessageReader<ImuMessage>,
    mut history: Local<History>,
) {
    let chosen = inspector.sensor;
    let found = chosen.and_then(|chosen| Some((chosen, sensors.get_mut(chosen).ok()?)));
    let Some((entity, (mut sensor, stream, device, imu))) = found else {
        nothing(ui, "The app has no sensor. The page Sensors adds one.");
        return;
    };
    let changed = match &sensor.source {
        SensorSource::Device(settings) => {
            let changed = live::show(ui, settings, device);
            changed.map(SensorSource::Device)
        }
        SensorSource::Simulation(settings) => {
            simulation::show(ui, settings).map(SensorSource::Simulation)
        }
        SensorSource::None => {
            nothing(
                ui,
                "This sensor has no source. The page Sensors chooses one.",
            );
            None
        }
        _ => {
            recorded::show(ui, stream);
            None
        }
    };
    let is_live = matches!(sensor.source, SensorSource::Device(_));
    if let Some(source) = changed
        && source != sensor.source
    {
        sensor.source = source;
    }
    if is_live {
        sync::show(ui, &mut sensor, &mut wired);
        if let Ok((controls, report)) = of_colors.get_mut(entity) {
            colors::show(ui, &mut commands, entity, controls, report);
        }
    }
    history.add(entity, samples.read());
    motion::show(ui, imu, &history);
    if let Ok((detection, state)) = floors.get_mut(entity) {
        floor::show(ui, &mut commands, entity, detection, state);
    }
}
