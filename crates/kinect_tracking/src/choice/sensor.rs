//! The facts about a sensor that a tracker needs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kinect_azure::recording::Recording;
use kinect_azure::{CaptureSource, SensorInfo};

use crate::gravity::Gravity;

/// The facts about a sensor, besides its calibration, that a tracker needs.
#[derive(Clone, Debug, Default)]
pub struct TrackedSensor {
    /// The sensor and its modes.
    pub info: SensorInfo,
    /// The factory calibration as the sensor gives it, which the vendor's tracker needs; `None` if there is none.
    pub factory_calibration: Option<Arc<[u8]>>,
    /// The file of the vendor's library that runs the sensor: only the body tracker of this library can be used. `None`
    /// for recordings and simulations, which can use any vendor's tracker.
    pub vendor_library: Option<PathBuf>,
    /// Whether captures come with bodies: a simulation, or a recording with a body track.
    pub has_bodies: bool,
    /// The direction of gravity. Add the sensor's inertial samples to it, also while the tracker runs: people are found better if
    /// the tracker knows what is up.
    pub gravity: Gravity,
}

impl TrackedSensor {
    /// The facts about the sensor of this source.
    pub fn of(source: &dyn CaptureSource) -> Self {
        Self {
            info: source.info().clone(),
            factory_calibration: source.factory_data().calibration_json.map(Arc::from),
            vendor_library: source.vendor_library().map(Path::to_owned),
            has_bodies: source.has_bodies(),
            gravity: Gravity::default(),
        }
    }

    /// The facts about the sensor of a recording.
    pub fn of_recording(recording: &Recording) -> Self {
        Self {
            info: recording.info().sensor.clone(),
            factory_calibration: recording.raw_calibration_json().map(Arc::from),
            vendor_library: None,
            has_bodies: recording.has_bodies(),
            gravity: Gravity::default(),
        }
    }
}
