//! What a live sensor says of itself.

use bevy::prelude::*;
use kinect_azure::device::DeviceStatus;

use super::controls::SensorColorReport;
use crate::sensor::{DeviceReported, SensorStream};

/// What is known of a live sensor: serial number, firmware, sync jacks, what is not as it should be. Read only, on a sensor
/// entity once its device is open.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq, Deref)]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct SensorDevice(pub DeviceStatus);

/// Puts what a device says of itself on its sensor.
pub(super) fn report(reported: On<DeviceReported>, mut commands: Commands) {
    let news = &reported.news;
    commands.entity(reported.sensor).try_insert((
        SensorDevice(news.status.clone()),
        SensorColorReport(news.controls.clone()),
    ));
}

/// A device that is closed has nothing to say.
pub(super) fn forget(closed: On<Remove, SensorStream>, mut commands: Commands) {
    commands
        .entity(closed.entity)
        .try_remove::<(SensorDevice, SensorColorReport)>();
}
