//! Which live sensors are connected: a background thread asks the vendor's library.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use bevy::prelude::*;
use kinect_azure::device::{self, ConnectedSensor, DeviceSettings, DeviceVendor};
use kinect_azure::{SourceError, SourceErrorKind};

use crate::sensor::KinectSystems;

/// Whether and how often the plugin looks for connected live sensors. Off by default: each time a sensor is plugged in or out, the
/// sensors that this app does not use are opened for a moment to read their serial numbers, which disturbs other programs.
#[derive(Resource, Reflect, Clone, Debug, PartialEq)]
#[type_path = "bevy_kinect_azure::device"]
#[reflect(Resource, Default, Debug, PartialEq)]
pub struct DeviceWatch {
    /// Whether the plugin looks for sensors.
    pub enabled: bool,
    /// The time between two searches; at least 100 ms.
    pub interval: Duration,
    /// The vendor whose library is asked.
    pub vendor: DeviceVendor,
    /// The vendor's library, or the folder that holds it; `None` = the usual install folders are searched.
    pub library: Option<std::path::PathBuf>,
}

impl Default for DeviceWatch {
    fn default() -> Self {
        Self {
            enabled: false,
            interval: Duration::from_secs(2),
            vendor: DeviceVendor::Any,
            library: None,
        }
    }
}

/// The live sensors that are connected, while [`DeviceWatch`] is on.
#[derive(Resource, Reflect, Clone, Debug, Default, PartialEq)]
#[type_path = "bevy_kinect_azure::device"]
#[reflect(Resource, Default, Debug, PartialEq)]
pub struct ConnectedSensors {
    /// The sensors, in the order of the vendor's library.
    pub devices: Vec<ConnectedSensor>,
    /// Why the connected sensors could not be listed; `None` if they were.
    pub problem: Option<SourceError>,
}

/// Sent when [`ConnectedSensors`] has changed: a message, and a global event for observers (`App::add_observer`) that
/// belongs to no entity.
#[derive(Message, Event, Clone, Copy, Debug)]
pub struct ConnectedSensorsChanged {
    /// How many sensors are connected now.
    pub count: usize,
}

/// The longest time that the library may take to open one sensor.
const PATIENCE: Duration = Duration::from_secs(10);

/// The thread's last result. The thread ends when it holds the only `Arc`.
type Found = Arc<Mutex<Option<ConnectedSensors>>>;

#[derive(Resource, Default)]
struct Watcher {
    running: Option<(DeviceWatch, Found)>,
}

pub(super) fn watch(app: &mut App) {
    app.init_resource::<DeviceWatch>()
        .init_resource::<ConnectedSensors>()
        .init_resource::<Watcher>()
        .add_message::<ConnectedSensorsChanged>()
        .register_type::<DeviceWatch>()
        .register_type::<ConnectedSensors>()
        .add_systems(PreUpdate, look.in_set(KinectSystems::Receive));
}

fn look(
    mut commands: Commands,
    wanted: Res<DeviceWatch>,
    mut watcher: ResMut<Watcher>,
    mut connected: ResMut<ConnectedSensors>,
    mut messages: MessageWriter<ConnectedSensorsChanged>,
) {
    let new = match &watcher.running {
        Some((running, found)) if *running == *wanted && wanted.enabled => {
            // The thread locks it only to store a result: if it is locked, take the result in the next update.
            found.try_lock().ok().and_then(|mut found| found.take())
        }
        None if !wanted.enabled => return,
        _ => {
            watcher.running = wanted.enabled.then(|| {
                let found = Found::default();
                start(wanted.clone(), Arc::downgrade(&found));
                (wanted.clone(), found)
            });
            Some(ConnectedSensors::default())
        }
    };
    if let Some(new) = new
        && connected.set_if_neq(new)
    {
        let change = ConnectedSensorsChanged {
            count: connected.devices.len(),
        };
        messages.write(change);
        commands.trigger(change);
    }
}

fn start(wanted: DeviceWatch, found: Weak<Mutex<Option<ConnectedSensors>>>) {
    let spawned = std::thread::Builder::new()
        .name("kinect watch".to_owned())
        .spawn(move || {
            let settings = DeviceSettings {
                vendor: wanted.vendor,
                library: wanted.library,
                ..DeviceSettings::default()
            };
            let interval = wanted.interval.max(Duration::from_millis(100));
            let mut last = None;
            loop {
                let count = device::count(&settings);
                if last.as_ref() != Some(&count) {
                    let listed = count
                        .clone()
                        .and_then(|_| device::list(&settings, PATIENCE));
                    let news = match listed {
                        Ok(found) => ConnectedSensors {
                            devices: found.sensors,
                            problem: found
                                .problem
                                .map(|problem| SourceError::new(SourceErrorKind::Lost, problem)),
                        },
                        Err(error) => ConnectedSensors {
                            devices: Vec::new(),
                            problem: Some(error),
                        },
                    };
                    let Some(found) = found.upgrade() else {
                        return;
                    };
                    *found.lock().unwrap_or_else(PoisonError::into_inner) = Some(news);
                    last = Some(count);
                }
                // Sleeps in small steps, so that the thread ends soon after the app.
                let end = std::time::Instant::now() + interval;
                while std::time::Instant::now() < end {
                    if found.strong_count() == 0 {
                        return;
                    }
                    std::thread::sleep(Duration::from_millis(20));
                }
            }
        });
    if let Err(error) = spawned {
        error!("the thread that lists connected sensors could not be started: {error}");
    }
}
