//! Which body covers which depth pixel (I7, I8, I13): from ground truth, a body tracker, or the app.
//!
//! Whoever finds people writes two components on the sensor entity: [`BodyIndexMap`] and [`BodyTime`]. A simulated
//! sensor's ground truth does both by itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bevy::prelude::*;
use kinect_azure::simulation;

use crate::sensor::{KinectSensor, KinectSystems};
use crate::simulation::GroundTruth;

/// The newest body index map of a sensor, on the sensor entity; `None` = nobody has looked for people.
#[derive(Component, Reflect, Clone, Debug, Default)]
#[reflect(Component, Default, Debug)]
pub struct BodyIndexMap(#[reflect(ignore)] pub Option<Arc<BodyIndexImage>>);

/// Device timestamp, in µs, of the depth image that a sensor's newest skeletons were found in, on the sensor entity.
/// Outputs with [`ImageTiming::Bodies`](crate::image_output::ImageTiming) show the frame of that time. `None` = no
/// skeletons yet.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct BodyTime(pub Option<u64>);

/// A body index map: one byte for each pixel of a depth image.
#[derive(Debug)]
pub struct BodyIndexImage {
    width: u32,
    height: u32,
    device_timestamp_usec: u64,
    pixels: Pixels,
    id: u64,
}

#[derive(Debug)]
enum Pixels {
    Own(Vec<u8>),
    Truth(Arc<simulation::GroundTruth>),
}

/// A body index map whose pixels do not fit its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyIndexSizeMismatch {
    /// Pixels there should be: width times height.
    pub expected: usize,
    /// Pixels there are.
    pub found: usize,
}

impl core::fmt::Display for BodyIndexSizeMismatch {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { expected, found } = self;
        write!(
            f,
            "a body index map of {expected} pixels was given {found}: give one byte for each pixel of the depth image"
        )
    }
}

impl core::error::Error for BodyIndexSizeMismatch {}

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

/// Numbers for [`BodyIndexImage::id`].
static NEXT_ID: AtomicU64 = AtomicU64::new(1);

impl BodyIndexImage {
    /// What a pixel holds where there is nobody, as in the vendor's body tracker.
    pub const BACKGROUND: u8 = simulation::GroundTruth::BACKGROUND;

    /// A map of `width × height` pixels, row by row: the number of the player from 0, or
    /// [`BACKGROUND`](Self::BACKGROUND). `device_timestamp_usec` is that of its depth image.
    pub fn new(
        width: u32,
        height: u32,
        device_timestamp_usec: u64,
        pixels: Vec<u8>,
    ) -> Result<Self, BodyIndexSizeMismatch> {
        let expected = width as usize * height as usize;
        if pixels.len() != expected {
            return Err(BodyIndexSizeMismatch {
                expected,
                found: pixels.len(),
            });
        }
        Ok(Self {
            width,
            height,
            device_timestamp_usec,
            pixels: Pixels::Own(pixels),
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
        })
    }

    /// The map in the ground truth; none where depth is off.
    fn of_truth(truth: &Arc<simulation::GroundTruth>) -> Option<Self> {
        let expected = truth.width as usize * truth.height as usize;
        (expected > 0 && truth.body_index.len() == expected).then(|| Self {
            width: truth.width,
            height: truth.height,
            device_timestamp_usec: truth.device_timestamp_usec,
            pixels: Pixels::Truth(Arc::clone(truth)),
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
        })
    }

    /// Width in pixels: that of the depth image.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels: that of the depth image.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Device timestamp of its depth image in µs.
    pub fn device_timestamp_usec(&self) -> u64 {
        self.device_timestamp_usec
    }

    /// The pixels, row by row: the number of the player from 0, or [`BACKGROUND`](Self::BACKGROUND).
    pub fn pixels(&self) -> &[u8] {
        match &self.pixels {
            Pixels::Own(pixels) => pixels,
            Pixels::Truth(truth) => &truth.body_index,
        }
    }

    /// Differs between any two maps of the process.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }
}

/// Body index maps. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct BodyIndexPlugin;

impl Plugin for BodyIndexPlugin {
    fn build(&self, app: &mut App) {
        app.register_type::<BodyIndexMap>()
            .register_type::<BodyTime>()
            .register_required_components::<KinectSensor, BodyIndexMap>()
            .register_required_components::<KinectSensor, BodyTime>()
            .add_systems(
                PreUpdate,
                take_truth
                    .after(crate::simulation::take)
                    .before(KinectSystems::Prepare),
            );
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
        map.0 = BodyIndexImage::of_truth(&truth.0).map(Arc::new);
        time.0 = Some(truth.0.device_timestamp_usec);
    }
}
