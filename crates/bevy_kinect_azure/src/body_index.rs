//! Which body covers which depth pixel (I7, I8, I13): from ground truth, a body tracker, or the app.
//!
//! Whoever finds people writes two components on the sensor entity: [`BodyIndexMap`] and [`BodyTime`]. A simulated
//! sensor's ground truth does both by itself.

use bevy::prelude::*;
pub use kinect_azure::body::{BodyIndexImage, BodyIndexSizeMismatch};

use crate::sensor::{KinectSensor, KinectSystems, SourceChanged};
use crate::simulation::GroundTruth;

/// The newest body index map of a sensor, on the sensor entity; `None` = nobody has looked for people.
#[derive(Component, Reflect, Clone, Debug, Default)]
#[reflect(Component, Default, Debug)]
pub struct BodyIndexMap(#[reflect(ignore)] pub Option<BodyIndexImage>);

/// Device timestamp, in µs, of the depth image that a sensor's newest skeletons were found in, on the sensor entity.
/// Outputs with [`ImageTiming::Bodies`](crate::image_output::ImageTiming) show the frame of that time. `None` = no
/// skeletons yet.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct BodyTime(pub Option<u64>);

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

/// Body index maps. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct BodyIndexPlugin;

impl Plugin for BodyIndexPlugin {
    fn build(&self, app: &mut App) {
        app.register_type::<BodyIndexMap>()
            .register_type::<BodyTime>()
            .register_required_components::<KinectSensor, BodyIndexMap>()
            .register_required_components::<KinectSensor, BodyTime>()
            .add_observer(forget)
            .add_systems(
                PreUpdate,
                take_truth
                    .after(crate::simulation::take)
                    .before(KinectSystems::Prepare),
            );
    }
}

/// Another source: the people in the former one's images are not in its images.
fn forget(changed: On<SourceChanged>, mut sensors: Query<(&mut BodyIndexMap, &mut BodyTime)>) {
    if let Ok((mut map, mut time)) = sensors.get_mut(changed.sensor) {
        (map.0, time.0) = (None, None);
    }
}

/// Puts what the ground truth knows where a body tracker would.
pub(crate) fn take_truth(
    mut sensors: Query<(&GroundTruth, &mut BodyIndexMap, &mut BodyTime), Changed<GroundTruth>>,
    mut without: RemovedComponents<GroundTruth>,
    mut others: Query<(&mut BodyIndexMap, &mut BodyTime), Without<GroundTruth>>,
) {
    for entity in without.read() {
        if let Ok((mut map, mut time)) = others.get_mut(entity) {
            (map.0, time.0) = (None, None);
        }
    }
    for (truth, mut map, mut time) in &mut sensors {
        map.0 = truth.0.index_map.clone();
        time.0 = Some(truth.0.device_timestamp_usec);
    }
}
