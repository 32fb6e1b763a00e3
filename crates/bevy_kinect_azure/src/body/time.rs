//! Which frame the newest skeletons were found in, and who shows that one.

use bevy::prelude::*;

use crate::sensor::SourceChanged;

/// Which frame a sensor's newest skeletons were found in, on the sensor entity. What asks for [`ImageTiming::Bodies`] shows
/// that frame.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct BodyTime {
    /// Device timestamp of the depth image in µs, as it is in the capture: it names the frame. `None` before the first
    /// skeletons of a source.
    pub device_timestamp_usec: Option<u64>,
}

impl BodyTime {
    /// The time of skeletons that were found in the depth image with that device timestamp in µs.
    pub fn at(device_timestamp_usec: u64) -> Self {
        Self {
            device_timestamp_usec: Some(device_timestamp_usec),
        }
    }
}

/// Another source: its clock is not the former one's.
pub(super) fn forget(changed: On<SourceChanged>, mut sensors: Query<&mut BodyTime>) {
    if let Ok(mut time) = sensors.get_mut(changed.sensor) {
        *time = BodyTime::default();
    }
}

/// Which moment of a sensor's images is shown.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ImageTiming {
    /// The newest frame.
    #[default]
    Live,
    /// The frame that the sensor's newest skeletons were found in, see [`BodyTime`]: what is drawn on it from joints fits,
    /// although finding people takes time. While it is used, up to [`FRAME_HISTORY`](super::FRAME_HISTORY) frames are held.
    Bodies,
}
