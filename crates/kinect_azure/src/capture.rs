//! Captures (the images that a sensor took together) and inertial samples.

use std::sync::Arc;

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;

use crate::body::BodyFrame;
use crate::image::Image;

/// The images that a sensor took together. Any of them may be missing.
#[derive(Clone, Debug, Default)]
pub struct Capture {
    /// The colour image.
    pub color: Option<Arc<Image>>,
    /// The depth image.
    pub depth: Option<Arc<Image>>,
    /// The infrared image.
    pub ir: Option<Arc<Image>>,
    /// Temperature of the sensor in °C, where known.
    pub temperature_celsius: Option<f32>,
    /// The bodies in the depth image. A simulated sensor delivers the exact bodies of its people; a recording delivers
    /// the bodies that were recorded with the image, from a tracker or a simulated sensor.
    pub ground_truth: Option<Arc<BodyFrame>>,
}

impl Capture {
    /// The images that are not missing, colour first.
    pub fn images(&self) -> impl Iterator<Item = &Arc<Image>> {
        [&self.color, &self.depth, &self.ir].into_iter().flatten()
    }

    /// The earliest device timestamp among the images, in µs.
    pub fn device_timestamp_usec(&self) -> Option<u64> {
        self.images().map(|i| i.device_timestamp_usec).min()
    }
}

/// One sample of the accelerometer and the gyroscope, in their own axes (+x backwards, +y left, +z down as seen from
/// the device), already corrected with the factory calibration.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct ImuSample {
    /// Temperature of the sensor in °C; recordings do not store it.
    pub temperature_celsius: Option<f32>,
    /// Acceleration in m/s². At rest it points up, with a length of about 9.81.
    pub acceleration: [f32; 3],
    /// Time of the acceleration on the device clock, in µs.
    pub acceleration_timestamp_usec: u64,
    /// Angular velocity in rad/s.
    pub angular_velocity: [f32; 3],
    /// Time of the angular velocity on the device clock, in µs.
    pub angular_velocity_timestamp_usec: u64,
}
