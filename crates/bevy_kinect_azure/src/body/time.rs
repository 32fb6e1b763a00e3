//! The time of the newest bodies, and the setting that shows images in step with them.

use bevy::prelude::*;

use crate::sensor::SourceChanged;

/// Time of the frame in which a sensor's newest bodies were found, on the sensor entity. Outputs and clouds with
/// [`ImageTiming::Bodies`] show that frame.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[type_path = "bevy_kinect_azure::body"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct BodyTime {
    /// Device timestamp of the frame's depth image in µs, exactly as in the capture. `None` before the first bodies of a source.
    pub device_timestamp_usec: Option<u64>,
}

impl BodyTime {
    /// The time of bodies that were found in the depth image with this device timestamp in µs.
    pub fn at(device_timestamp_usec: u64) -> Self {
        Self {
            device_timestamp_usec: Some(device_timestamp_usec),
        }
    }
}

/// Drops the time of the former source, whose clock is another one.
pub(super) fn forget(changed: On<SourceChanged>, mut sensors: Query<&mut BodyTime>) {
    if let Ok(mut time) = sensors.get_mut(changed.sensor) {
        *time = BodyTime::default();
    }
}

/// Which frame of a sensor is shown: the newest, or the one in step with the newest bodies.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ImageTiming {
    /// The newest frame.
    #[default]
    Live,
    /// The frame in which the sensor's newest bodies were found, see [`BodyTime`]: joints that are drawn over it fit, although body
    /// tracking takes time. While this is used, up to [`FRAME_HISTORY`](super::FRAME_HISTORY) frames are held.
    Bodies,
}
