//! The source of a sensor, and switching to another one.

use bevy_egui::egui::Ui;
use bevy_kinect_azure::device::ConnectedSensors;
use bevy_kinect_azure::kinect_azure::device::{ConnectedSensor, DeviceSelector, DeviceSettings};
use bevy_kinect_azure::kinect_simulation::SimulationSettings;
use bevy_kinect_azure::sensor::SensorSource;

use crate::controls::{choice_of, text_field};
use crate::pages::words;

/// A drop-down of sources, and a field for the path of a recording; the source that the user has chosen.
pub(super) fn choose(
    ui: &mut Ui,
    present: &SensorSource,
    connected: &ConnectedSensors,
) -> Option<SensorSource> {
    let all = all(present, connected);
    let shown = words::source(present);
    let clicked = choice_of(ui, "Source", &shown, all.len(), |at| all[at].1.clone());
    let path = match present {
        SensorSource::Recording(path) => path.display().to_string(),
        _ => String::new(),
    };
    let typed = text_field(ui, "Recording", &path, "Path of an .mkv file");
    let typed = typed.filter(|path| !path.trim().is_empty());
    typed
        .map(|path| SensorSource::recording(path.trim()))
        .or_else(|| clicked.map(|at| all[at].0.clone()))
}

/// Everything that can be chosen, with its name. A live sensor is opened with the settings of the present one.
fn all(present: &SensorSource, connected: &ConnectedSensors) -> Vec<(SensorSource, String)> {
    let live = match present {
        SensorSource::Device(settings) => settings.clone(),
        _ => DeviceSettings::default(),
    };
    let with = |device: DeviceSelector| {
        SensorSource::Device(DeviceSettings {
            device,
            ..live.clone()
        })
    };
    let mut all = vec![
        (SensorSource::None, words::source(&SensorSource::None)),
        (
            with(DeviceSelector::FirstFree),
            words::device(&DeviceSelector::FirstFree),
        ),
    ];
    for sensor in &connected.devices {
        let selector = selector(sensor);
        let name = words::device(&selector);
        all.push((with(selector), name));
    }
    let simulation = match present {
        SensorSource::Simulation(settings) => settings.clone(),
        _ => SimulationSettings::default(),
    };
    let simulation = SensorSource::Simulation(simulation);
    let name = words::source(&simulation);
    all.push((simulation, name));
    let name = words::source(present);
    if !all.iter().any(|(_, of)| *of == name) {
        all.push((present.clone(), name));
    }
    all
}

/// How a connected sensor is chosen: by its serial number, if that is known.
pub(super) fn selector(sensor: &ConnectedSensor) -> DeviceSelector {
    match &sensor.serial {
        Some(serial) => DeviceSelector::Serial(serial.clone()),
        None => DeviceSelector::Index(sensor.index),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use bevy_kinect_azure::kinect_azure::modes::DepthMode;

    use super::*;

    #[test]
    fn another_live_sensor_keeps_the_modes() {
        let present = SensorSource::Device(DeviceSettings {
            depth_mode: DepthMode::Wfov2x2Binned,
            ..DeviceSettings::serial("1")
        });
        let connected = ConnectedSensors {
            devices: vec![ConnectedSensor {
                serial: Some("2".to_owned()),
                ..ConnectedSensor::default()
            }],
            problem: None,
        };
        let all = all(&present, &connected);
        let (source, _) = all
            .iter()
            .find(|(_, name)| name == "Live sensor 2")
            .unwrap();
        let SensorSource::Device(settings) = source else {
            panic!("{source:?}");
        };
        assert_eq!(settings.depth_mode, DepthMode::Wfov2x2Binned);
        assert!(all.iter().any(|(source, _)| *source == present));
    }
}
