//! What an open sensor is: its modes, its calibration, its newest frame.

use std::sync::Arc;

use bevy::prelude::*;
use kinect_azure::calibration::XyTable;
use kinect_azure::{Calibration, SensorInfo};

use super::frame::Frame;

/// On a sensor entity while its source is open: which sensor it is, how it is set and how its cameras see.
#[derive(Component, Reflect, Clone, Debug)]
#[reflect(Component, Debug)]
pub struct SensorStream {
    /// Serial number, modes and sync settings.
    pub info: SensorInfo,
    /// The calibration for these modes; `None` when the source has none: images are shown, points cannot be placed.
    #[reflect(ignore)]
    pub calibration: Option<Arc<Calibration>>,
    /// The depth camera's rays.
    #[reflect(ignore)]
    pub xy_table: Option<Arc<XyTable>>,
    /// Length of the recording in µs; `None` for live and simulated sensors.
    pub duration_usec: Option<u64>,
}

/// The newest frame of a sensor, on the sensor entity. Replaced, never written: keep the `Arc` to keep the frame.
#[derive(Component, Reflect, Clone, Debug, Default)]
#[reflect(Component, Default, Debug)]
pub struct SensorFrame(#[reflect(ignore)] pub Option<Arc<Frame>>);
