//! The status of a live sensor.

use bevy::prelude::*;
use kinect_azure::device::DeviceStatus;

use super::controls::SensorColorReport;
use crate::sensor::{DeviceReported, SensorStream};

/// A live sensor's serial number, firmware, sync jacks and warnings, and counts of errors and losses since it was opened. Read
/// only, on a sensor entity while its device is open.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq, Deref)]
#[type_path = "bevy_kinect_azure::device"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct SensorDevice(pub DeviceStatus);

/// Puts the status of a device and its colour controls on the sensor entity.
pub(super) fn report(reported: On<DeviceReported>, mut commands: Commands) {
    let news = &reported.news;
    commands.entity(reported.sensor).try_insert((
        SensorDevice(news.status.clone()),
        SensorColorReport(news.controls.clone()),
    ));
}

/// Removes the status when the device is closed.
pub(super) fn forget(closed: On<Remove, SensorStream>, mut commands: Commands) {
    commands
        .entity(closed.entity)
        .try_remove::<(SensorDevice, SensorColorReport)>();
}
