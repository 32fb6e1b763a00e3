//! Opens the tracker that runs ONNX models.

use kinect_azure::Calibration;

use super::settings::TrackerSettings;
#[cfg(feature = "onnx")]
use super::settings::{ProcessingMode, SensorOrientation};
#[cfg(feature = "onnx")]
use crate::onnx::{Processor, Turn};
use crate::tracker::{BodyTracker, StopSignal, TrackerError};

/// Opens the tracker with the model of the settings, or the best one in the model folder.
#[cfg(feature = "onnx")]
pub(super) fn open(
    settings: &TrackerSettings,
    calibration: &Calibration,
    stop: &StopSignal,
) -> Result<Box<dyn BodyTracker>, TrackerError> {
    let settings = onnx_settings(settings);
    let tracker = crate::onnx::OnnxTracker::open(&settings, calibration, stop)?;
    Ok(Box::new(tracker))
}

#[cfg(not(feature = "onnx"))]
pub(super) fn open(
    _: &TrackerSettings,
    _: &Calibration,
    _: &StopSignal,
) -> Result<Box<dyn BodyTracker>, TrackerError> {
    Err(TrackerError::unusable(
        "this program was built without ONNX models: build it with the feature `onnx`",
    ))
}

/// Whether a model is given, or found in the model folder.
#[cfg(feature = "onnx")]
pub(super) fn has_model(settings: &TrackerSettings) -> bool {
    use crate::onnx::models;
    match &settings.model {
        // The vendor's models have the same extension, so only the tracker itself can tell whether it can use a file.
        Some(model) => model
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("onnx")),
        None => models::folder().is_some_and(|folder| models::best(&folder).is_some()),
    }
}

#[cfg(not(feature = "onnx"))]
pub(super) fn has_model(_: &TrackerSettings) -> bool {
    false
}

/// The settings for ONNX models among the settings of trackers.
#[cfg(feature = "onnx")]
fn onnx_settings(settings: &TrackerSettings) -> crate::onnx::OnnxSettings {
    crate::onnx::OnnxSettings {
        model: settings.model.clone(),
        network: settings.network.clone(),
        processor: processor(settings.processing_mode),
        device: settings.gpu_device,
        turn: turn(settings.orientation),
    }
}

/// The processor that networks run on.
#[cfg(feature = "onnx")]
pub(super) const fn processor(mode: ProcessingMode) -> Processor {
    match mode {
        ProcessingMode::Gpu => Processor::Gpu,
        ProcessingMode::Cpu => Processor::Cpu,
        ProcessingMode::Cuda => Processor::Cuda,
        ProcessingMode::TensorRt => Processor::TensorRt,
        ProcessingMode::DirectMl => Processor::DirectMl,
    }
}

/// How the sensor is turned.
#[cfg(feature = "onnx")]
pub(super) const fn turn(orientation: SensorOrientation) -> Turn {
    match orientation {
        SensorOrientation::Default => Turn::Upright,
        SensorOrientation::Clockwise90 => Turn::Clockwise90,
        SensorOrientation::CounterClockwise90 => Turn::CounterClockwise90,
        SensorOrientation::Flip180 => Turn::Flip180,
    }
}
