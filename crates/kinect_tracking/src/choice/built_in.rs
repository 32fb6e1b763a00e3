//! Opens the built-in tracker.

use kinect_azure::Calibration;

use super::sensor::TrackedSensor;
use super::settings::TrackerSettings;
use crate::tracker::{BodyTracker, StopSignal, TrackerError};

/// Opens the tracker with the networks in the folder of the settings, or those that come with this crate.
#[cfg(feature = "onnx")]
pub(super) fn open(
    settings: &TrackerSettings,
    sensor: &TrackedSensor,
    calibration: &Calibration,
    stop: &StopSignal,
) -> Result<Box<dyn BodyTracker>, TrackerError> {
    use super::onnx::{processor, turn};
    use super::settings::Tracker;
    use crate::built_in::{BuiltInSettings, BuiltInTracker};
    let settings = BuiltInSettings {
        // Of a file that cannot be used as an ONNX model, nothing is expected here.
        networks: settings
            .model
            .clone()
            .filter(|folder| settings.tracker == Tracker::BuiltIn || folder.is_dir()),
        network: settings.network.clone(),
        processor: processor(settings.processing_mode),
        device: settings.gpu_device,
        turn: turn(settings.orientation),
        gravity: sensor.gravity.clone(),
        mirrored: settings.mirrored,
    };
    Ok(Box::new(BuiltInTracker::open(
        &settings,
        calibration,
        stop,
    )?))
}

#[cfg(not(feature = "onnx"))]
pub(super) fn open(
    _: &TrackerSettings,
    _: &TrackedSensor,
    _: &Calibration,
    _: &StopSignal,
) -> Result<Box<dyn BodyTracker>, TrackerError> {
    Err(TrackerError::unusable(
        "this program was built without the built-in body tracker: build it with the feature `onnx`",
    ))
}

/// Whether [`open`] may succeed: the sensor takes depth images, and there are networks.
#[cfg(feature = "onnx")]
pub(super) fn may_track(settings: &TrackerSettings, sensor: &TrackedSensor) -> bool {
    use crate::built_in::are_in;
    let has_networks = match &settings.model {
        Some(folder) if folder.is_dir() => are_in(folder),
        _ => true,
    };
    has_networks && sensor.info.depth_mode.has_depth()
}

#[cfg(not(feature = "onnx"))]
pub(super) fn may_track(_: &TrackerSettings, _: &TrackedSensor) -> bool {
    false
}
