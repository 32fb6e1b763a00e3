//! States and sources in words.

use bevy_egui::egui::Color32;
use bevy_kinect_azure::kinect_azure::device::{DeviceSelector, DeviceVendor};
use bevy_kinect_azure::sensor::{SensorSource, SensorState};

use crate::style::{ERROR, GOOD, LABEL, WARNING};

/// The state of a sensor, and the colour of the text.
pub(crate) fn state(state: &SensorState) -> (String, Color32) {
    match state {
        SensorState::Disabled => ("switched off".to_owned(), LABEL),
        SensorState::Opening => ("opening".to_owned(), WARNING),
        SensorState::Stabilising => ("first images".to_owned(), GOOD),
        SensorState::Streaming => ("streaming".to_owned(), GOOD),
        SensorState::Ended => ("at the end of the recording".to_owned(), LABEL),
        SensorState::Lost { .. } => ("lost".to_owned(), ERROR),
        SensorState::Retrying { attempt, .. } => (format!("lost; attempt {attempt}"), ERROR),
        SensorState::Failed { .. } => ("failed".to_owned(), ERROR),
    }
}

/// The kind of a source.
pub(crate) fn kind_of_source(source: &SensorSource) -> &'static str {
    match source {
        SensorSource::None => "no source",
        SensorSource::Recording(_) => "recording",
        SensorSource::Device(_) => "live sensor",
        SensorSource::Simulation(_) => "simulation",
        SensorSource::Custom(_) => "source of the app",
        _ => "source",
    }
}

/// A source, with its file or device.
pub(crate) fn source(source: &SensorSource) -> String {
    match source {
        SensorSource::Recording(path) => match path.file_name() {
            Some(name) => name.to_string_lossy().into_owned(),
            None => path.display().to_string(),
        },
        SensorSource::Device(settings) => device(&settings.device),
        other => capitalised(kind_of_source(other)),
    }
}

/// A choice among the connected devices.
pub(crate) fn device(device: &DeviceSelector) -> String {
    match device {
        DeviceSelector::FirstFree => "First free live sensor".to_owned(),
        DeviceSelector::Index(index) => format!("Live sensor {index}"),
        DeviceSelector::Serial(serial) => format!("Live sensor {serial}"),
    }
}

/// The product of a vendor.
pub(crate) fn product(vendor: DeviceVendor) -> &'static str {
    match vendor {
        DeviceVendor::Microsoft => "Azure Kinect",
        DeviceVendor::Orbbec => "Femto",
        DeviceVendor::Any => "Sensor",
    }
}

/// The text with a capital letter at its beginning.
pub(crate) fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_have_names() {
        assert_eq!(source(&SensorSource::recording("/films/a.mkv")), "a.mkv");
        assert_eq!(source(&SensorSource::None), "No source");
        let serial = DeviceSelector::Serial("0012".to_owned());
        assert_eq!(device(&serial), "Live sensor 0012");
    }
}
