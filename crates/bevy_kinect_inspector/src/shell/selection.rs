//! The sensor that the pages are about.

use bevy::prelude::*;
use bevy_kinect_azure::KinectSensor;

use crate::inspector::KinectInspector;

/// Chooses the first sensor if the chosen entity is no sensor.
pub(crate) fn choose_sensor(
    mut inspector: ResMut<KinectInspector>,
    sensors: Query<Entity, With<KinectSensor>>,
) {
    if inspector
        .sensor
        .is_some_and(|sensor| sensors.contains(sensor))
    {
        return;
    }
    let first = sensors.iter().min();
    if inspector.sensor != first {
        inspector.sensor = first;
    }
}
