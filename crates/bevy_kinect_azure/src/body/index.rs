//! The body index map of a sensor: which body covers which depth pixel.

use bevy::prelude::*;
use kinect_azure::body::BodyIndexImage;

use crate::sensor::SourceChanged;

/// The newest body index map of a sensor, on the sensor entity; `None` before a tracker has delivered one.
#[derive(Component, Reflect, Clone, Debug, Default)]
#[type_path = "bevy_kinect_azure::body"]
#[reflect(Component, Default, Debug)]
pub struct BodyIndexMap(#[reflect(ignore)] pub Option<BodyIndexImage>);

/// Drops the map of the former source.
pub(super) fn forget(changed: On<SourceChanged>, mut sensors: Query<&mut BodyIndexMap>) {
    if let Ok(mut map) = sensors.get_mut(changed.sensor) {
        *map = BodyIndexMap::default();
    }
}
