//! What only live sensors have: colour controls, the state of the device, wired synchronisation, and what is connected.
//!
//! ```no_run
//! use bevy::prelude::*;
//! use bevy_kinect_azure::kinect_azure::device::{ColorControls, DeviceSettings, Exposure};
//! use bevy_kinect_azure::prelude::*;
//!
//! fn setup(mut commands: Commands) {
//!     commands.spawn((
//!         KinectSensor::new(SensorSource::Device(DeviceSettings::serial("000123456789"))),
//!         SensorColorControls(ColorControls { exposure: Exposure::Manual(8330), ..default() }),
//!     ));
//! }
//! ```

mod watch;

use bevy::prelude::*;
use kinect_azure::WiredSyncMode;
use kinect_azure::device::{
    ColorControlReport, ColorControls, DeviceSettings, DeviceStatus, spread_depth_delays,
};

pub use watch::{ConnectedSensors, DeviceWatch, SensorsConnected};

use crate::sensor::{
    DeviceReported, DeviceSync, KinectSensor, KinectSystems, SensorSource, SensorStream,
    SensorThread, start_and_stop,
};

/// What a live sensor's colour camera shall do (C1 to C11). Without this component the camera is left as it is; only what
/// changes is sent, and [`SensorColorReport`] says what became of it.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq, Eq, Deref, DerefMut)]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct SensorColorControls(pub ColorControls);

/// What a live sensor's colour camera can do and was set to: ranges, steps and defaults of the device, values, and what
/// was refused. Read only, on a sensor entity once its device is open.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq, Eq, Deref)]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct SensorColorReport(pub ColorControlReport);

/// What is known of a live sensor: serial number, firmware, sync jacks, what is not as it should be. Read only, on a sensor
/// entity once its device is open.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq, Deref)]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct SensorDevice(pub DeviceStatus);

/// The wired synchronisation of this app's live sensors (S10): a master is started once every active subordinate runs.
#[derive(Resource, Reflect, Clone, Debug, Default, PartialEq, Eq)]
#[reflect(Resource, Default, Debug, PartialEq)]
pub struct WiredSync {
    /// Gives the synchronised sensors delays of depth, 160 µs apart, so that their lasers do not blind each other. They are
    /// written into the sensors' settings.
    pub automatic_depth_delays: bool,
}

/// Live sensors. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct DevicePlugin;

impl Plugin for DevicePlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<WiredSync>()
            .register_type::<SensorColorControls>()
            .register_type::<SensorColorReport>()
            .register_type::<SensorDevice>()
            .register_type::<WiredSync>()
            .add_observer(report)
            .add_observer(forget)
            .add_systems(
                PreUpdate,
                (spread, count_subordinates)
                    .chain()
                    .before(start_and_stop)
                    .in_set(KinectSystems::Receive),
            )
            .add_systems(
                PostUpdate,
                set_color_controls.in_set(KinectSystems::Control),
            )
            .add_plugins(watch::watch);
    }
}

/// Puts what a device says of itself on its sensor.
fn report(reported: On<DeviceReported>, mut commands: Commands) {
    let news = &reported.news;
    commands.entity(reported.sensor).try_insert((
        SensorDevice(news.status.clone()),
        SensorColorReport(news.controls.clone()),
    ));
}

/// A device that is closed has nothing to say.
fn forget(closed: On<Remove, SensorStream>, mut commands: Commands) {
    commands
        .entity(closed.entity)
        .try_remove::<(SensorDevice, SensorColorReport)>();
}

/// Tells masters how many subordinates to wait for, before any thread starts.
fn count_subordinates(
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

/// Sends colour controls that changed. A full channel is tried again next time.
fn set_color_controls(mut sensors: Query<(&SensorColorControls, &mut SensorThread)>) {
    use crate::sensor::Command;
    for (controls, mut thread) in &mut sensors {
        if thread.color_controls.as_ref() != Some(&controls.0)
            && thread
                .handle
                .commands
                .try_send(Command::SetColorControls(Box::new(controls.0.clone())))
                .is_ok()
        {
            thread.color_controls = Some(controls.0.clone());
        }
    }
}

/// Gives synchronised sensors their own time for depth, or says that they need it.
fn spread(
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
            .any(|pair| pair[1] - pair[0] < kinect_azure::device::DEPTH_SPACING_USEC);
        if close && !core::mem::replace(&mut *advised, true) {
            warn!(
                "{} synchronised sensors take depth less than 160 µs apart: where they look at the same place, their lasers \
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
