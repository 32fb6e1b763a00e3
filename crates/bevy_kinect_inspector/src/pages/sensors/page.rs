//! The page.

use bevy::prelude::*;
use bevy::render::renderer::RenderAdapterInfo;
use bevy_egui::egui::Ui;
use bevy_kinect_azure::device::{ConnectedSensors, DeviceWatch};

use super::doctor::Doctor;
use super::of_sensor::OfSensor;
use super::{chosen, connected, list};
use crate::controls::nothing;
use crate::inspector::KinectInspector;

pub(crate) fn show(
    InMut(ui): InMut<Ui>,
    mut commands: Commands,
    mut inspector: ResMut<KinectInspector>,
    mut sensors: Query<OfSensor>,
    connected: Res<ConnectedSensors>,
    watch: ResMut<DeviceWatch>,
    adapter: Option<Res<RenderAdapterInfo>>,
    mut doctor: Local<Doctor>,
) {
    if let Some(chosen) = list::show(ui, &mut commands, inspector.sensor, &sensors) {
        inspector.sensor = Some(chosen);
    }
    let mut is_in_trouble = false;
    let chosen = inspector.sensor;
    match chosen.and_then(|chosen| sensors.get_mut(chosen).ok()) {
        Some(mut of_sensor) => {
            is_in_trouble = of_sensor.state.problem().is_some();
            chosen::show(ui, &mut commands, &mut of_sensor, &connected);
        }
        None => nothing(ui, "The app has no sensor. Add one with a button above."),
    }
    connected::show(ui, &connected, watch);
    let adapter = adapter.map(|adapter| adapter.name.clone());
    doctor.show(ui, adapter, is_in_trouble);
}
