//! Wired synchronisation: subordinates start before their master, and depth delays keep the sensors' lasers from blinding each
//! other.

use bevy::prelude::*;
use kinect_azure::WiredSyncMode;
use kinect_azure::device::{DEPTH_SPACING_USEC, DeviceSettings, spread_depth_delays};

use crate::sensor::{DeviceSync, KinectSensor, SensorSource};

/// Settings for the wired synchronisation of this app's live sensors. With any settings, the master is started only
/// after every active subordinate is running.
#[derive(Resource, Reflect, Clone, Debug, Default, PartialEq, Eq)]
#[type_path = "bevy_kinect_azure::device"]
#[reflect(Resource, Default, Debug, PartialEq)]
pub struct WiredSync {
    /// Gives the synchronised sensors depth delays 160 µs apart, so that their lasers do not blind each other. The plugin writes
    /// the delays into the sensors' `DeviceSettings`.
    pub automatic_depth_delays: bool,
}

/// Tells masters how many subordinates to wait for, before any thread starts.
pub(super) fn count_subordinates(
    changed: Query<(), Changed<KinectSensor>>,
    sensors: Query<&KinectSensor>,
    sync: Res<DeviceSync>,
) {
    if changed.is_empty() {
        return;
    }
    let is_subordinate = |sensor: &&KinectSensor| {
        sensor.active
            && sensor
                .source
                .device()
                .is_some_and(|settings| settings.wired_sync_mode == WiredSyncMode::Subordinate)
    };
    sync.0.expect(sensors.iter().filter(is_subordinate).count());
}

/// Spreads the depth delays of synchronised sensors, or warns once that they are too close.
pub(super) fn spread(
    mut sensors: ParamSet<(
        Query<(), Changed<KinectSensor>>,
        Query<(Entity, &mut KinectSensor)>,
    )>,
    sync: Res<WiredSync>,
    mut advised: Local<bool>,
) {
    if sensors.p0().is_empty() && !sync.is_changed() {
        return;
    }
    let mut sensors = sensors.p1();
    let synchronised = |sensor: &KinectSensor| match &sensor.source {
        SensorSource::Device(settings)
            if sensor.active && settings.wired_sync_mode != WiredSyncMode::Standalone =>
        {
            Some(settings.clone())
        }
        _ => None,
    };
    let mut wanted: Vec<(Entity, DeviceSettings)> = sensors
        .iter()
        .filter_map(|(entity, sensor)| Some((entity, synchronised(sensor)?)))
        .collect();
    if wanted.len() < 2 {
        return;
    }
    wanted.sort_by_key(|(entity, _)| *entity);
    let before: Vec<i32> = wanted
        .iter()
        .map(|(_, settings)| settings.depth_delay_off_color_usec)
        .collect();
    if !sync.automatic_depth_delays {
        let mut sorted = before;
        sorted.sort_unstable();
        let close = sorted
            .windows(2)
            .any(|pair| pair[1] - pair[0] < DEPTH_SPACING_USEC);
        if close && !core::mem::replace(&mut *advised, true) {
            warn!(
                "{} synchronised sensors take depth less than 160 µs apart: if they see the same place, their lasers \
                 blind each other. Give them different `depth_delay_off_color_usec`, or set \
                 `WiredSync::automatic_depth_delays`. Each also needs a USB controller of its own",
                sorted.len()
            );
        }
        return;
    }
    spread_depth_delays(wanted.iter_mut().map(|(_, settings)| settings));
    for ((entity, settings), before) in wanted.into_iter().zip(before) {
        if settings.depth_delay_off_color_usec != before
            && let Ok((_, mut sensor)) = sensors.get_mut(entity)
        {
            sensor.source = SensorSource::Device(settings);
        }
    }
}
