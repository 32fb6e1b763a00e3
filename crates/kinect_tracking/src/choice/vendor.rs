//! The vendor's tracker: whether it can be chosen, and its settings.

use std::path::Path;

use kinect_azure::Calibration;

use super::sensor::TrackedSensor;
use super::settings::{ProcessingMode, SensorOrientation, Tracker, TrackerSettings};
use crate::tracker::{BodyTracker, StopSignal, TrackerError};
use crate::vendor::{VendorSetup, VendorTracker, may_be_installed};

/// Opens the vendor's tracker.
pub(super) fn open(
    settings: &TrackerSettings,
    sensor: &TrackedSensor,
    calibration: &Calibration,
    stop: &StopSignal,
) -> Result<Box<dyn BodyTracker>, TrackerError> {
    if settings.tracker == Tracker::Auto
        && let Some(model) = &settings.model
        && !is_vendors_model(model)
    {
        return Err(TrackerError::unusable(format!(
            "the vendor's body tracker is not used, because the model {} is none of its own (dnn_model_2_0*.onnx)",
            model.display()
        )));
    }
    let setup = setup(settings, sensor);
    Ok(Box::new(VendorTracker::open(&setup, calibration, stop)?))
}

/// Whether [`open`] may succeed. No library is loaded to find out.
pub(super) fn may_track(sensor: &TrackedSensor) -> bool {
    sensor.info.depth_mode.has_depth()
        && sensor.factory_calibration.is_some()
        && may_be_installed(sensor.vendor_library.as_deref())
}

/// Whether a file has the name of one of the vendor's networks.
fn is_vendors_model(path: &Path) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| name.to_ascii_lowercase().starts_with("dnn_model_2_0"))
}

fn setup(settings: &TrackerSettings, sensor: &TrackedSensor) -> VendorSetup {
    VendorSetup {
        sensor: sensor.info.name.clone(),
        factory_calibration: sensor.factory_calibration.clone(),
        libk4a: sensor.vendor_library.clone(),
        load_anyway: settings.tracker == Tracker::Vendor,
        frame_rate: sensor.info.frame_rate,
        configuration: k4a::TrackerConfiguration {
            sensor_orientation: orientation(settings.orientation),
            processing_mode: processing_mode(settings.processing_mode),
            gpu_device_id: i32::try_from(settings.gpu_device).unwrap_or(i32::MAX),
            model_path: settings.model.clone(),
        },
        processor_instead: settings.processing_mode == ProcessingMode::Gpu,
        smoothing: settings.vendor_smoothing,
    }
}

/// The vendor defines the orientation as seen from the front of the sensor, where clockwise is the opposite direction.
fn orientation(orientation: SensorOrientation) -> k4a::SensorOrientation {
    match orientation {
        SensorOrientation::Default => k4a::SensorOrientation::Default,
        SensorOrientation::Clockwise90 => k4a::SensorOrientation::CounterClockwise90,
        SensorOrientation::CounterClockwise90 => k4a::SensorOrientation::Clockwise90,
        SensorOrientation::Flip180 => k4a::SensorOrientation::Flip180,
    }
}

fn processing_mode(mode: ProcessingMode) -> k4a::ProcessingMode {
    match mode {
        ProcessingMode::Gpu => k4a::ProcessingMode::Gpu,
        ProcessingMode::Cpu => k4a::ProcessingMode::Cpu,
        ProcessingMode::Cuda => k4a::ProcessingMode::GpuCuda,
        ProcessingMode::TensorRt => k4a::ProcessingMode::GpuTensorRt,
        ProcessingMode::DirectMl => k4a::ProcessingMode::GpuDirectMl,
    }
}
