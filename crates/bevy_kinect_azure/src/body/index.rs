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

/// Colours that players are shown in, sRGB, repeated after the last: Paul Tol's "bright" and "vibrant" schemes, which people with
/// any colour vision can tell apart. Keep in sync with `player_color` in `common.wgsl`.
pub const PLAYER_COLORS: [[u8; 3]; 10] = [
    [68, 119, 170],
    [238, 102, 119],
    [34, 136, 51],
    [204, 187, 68],
    [102, 204, 238],
    [170, 51, 119],
    [238, 119, 51],
    [0, 153, 136],
    [187, 187, 187],
    [204, 51, 17],
];
