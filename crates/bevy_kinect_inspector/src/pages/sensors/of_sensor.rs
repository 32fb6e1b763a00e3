//! The components of a sensor that the page shows.

use bevy::ecs::query::QueryData;
use bevy::prelude::*;
use bevy_kinect_azure::device::SensorDevice;
use bevy_kinect_azure::sensor::{KinectSensor, SensorState, SensorStream};

/// The components of a sensor that this page shows.
#[derive(QueryData)]
#[query_data(mutable)]
pub(crate) struct OfSensor {
    pub(super) entity: Entity,
    pub(super) name: Option<&'static Name>,
    pub(super) sensor: &'static mut KinectSensor,
    pub(super) state: &'static SensorState,
    pub(super) stream: Option<&'static SensorStream>,
    pub(super) device: Option<&'static SensorDevice>,
}
