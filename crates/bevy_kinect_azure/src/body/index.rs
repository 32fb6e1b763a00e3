//! Which body covers which depth pixel.

use bevy::prelude::*;
use kinect_azure::body::BodyIndexImage;

use crate::sensor::SourceChanged;

/// The newest body index map of a sensor, on the sensor entity; `None` = nobody has looked for people.
#[derive(Component, Reflect, Clone, Debug, Default)]
#[reflect(Component, Default, Debug)]
pub struct BodyIndexMap(#[reflect(ignore)] pub Option<BodyIndexImage>);

/// Another source: the people in the former one's images are not in its images.
pub(super) fn forget(changed: On<SourceChanged>, mut sensors: Query<&mut BodyIndexMap>) {
    if let Ok(mut map) = sensors.get_mut(changed.sensor) {
        *map = BodyIndexMap::default();
    }
}
