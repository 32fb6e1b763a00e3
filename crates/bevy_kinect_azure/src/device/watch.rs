//! Which live sensors are connected (S3), looked after on a thread of its own.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use bevy::prelude::*;
use kinect_azure::device::{self, ConnectedDevice, DeviceSettings, DeviceVendor};

use crate::sensor::KinectSystems;

/// Whether and how the app looks after what is connected. Off by default, because reading serial numbers opens sensors that
/// nobody in this app uses for a moment, each time one is plugged in or out.
#[derive(Resource, Reflect, Clone, Debug, PartialEq)]
#[reflect(Resource, Default, Debug, PartialEq)]
pub struct DeviceWatch {
    /// Whether it looks.
    pub enabled: bool,
    /// How often; at least a tenth of a second.
    pub interval: Duration,
    /// Whose sensors.
    pub vendor: DeviceVendor,
    /// The library, or the folder that holds it; `None` = where it is usually.
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
#[reflect(Resource, Default, Debug, PartialEq)]
pub struct ConnectedSensors {
    /// Those, in the library's order.
    pub devices: Vec<ConnectedDevice>,
    /// Why they are not known.
    pub problem: Option<String>,
}

/// [`ConnectedSensors`] has changed.
#[derive(Message, Clone, Copy, Debug)]
pub struct SensorsConnected {
    /// How many there are now.
    pub count: usize,
}

/// What the thread found last; it ends when nobody else has this.
type Found = Arc<Mutex<Option<ConnectedSensors>>>;

#[derive(Resource, Default)]
struct Watcher {
    running: Option<(DeviceWatch, Found)>,
}

pub(super) fn watch(app: &mut App) {
    app.init_resource::<DeviceWatch>()
        .init_resource::<ConnectedSensors>()
        .init_resource::<Watcher>()
        .add_message::<SensorsConnected>()
        .register_type::<DeviceWatch>()
        .register_type::<ConnectedSensors>()
        .add_systems(PreUpdate, look.in_set(KinectSystems::Receive));
}

fn look(
    wanted: Res<DeviceWatch>,
    mut watcher: ResMut<Watcher>,
    mut connected: ResMut<ConnectedSensors>,
    mut messages: MessageWriter<SensorsConnected>,
) {
    let new = match &watcher.running {
        Some((running, found)) if *running == *wanted && wanted.enabled => {
            // The thread holds it only to put something in.
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
        messages.write(SensorsConnected {
            count: connected.devices.len(),
        });
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
                    let news = match count.clone().and_then(|_| device::list(&settings)) {
                        Ok(devices) => ConnectedSensors {
                            devices,
                            problem: None,
                        },
                        Err(error) => ConnectedSensors {
                            devices: Vec::new(),
                            problem: Some(error.to_string()),
                        },
                    };
                    let Some(found) = found.upgrade() else {
                        return;
                    };
                    *found.lock().unwrap_or_else(PoisonError::into_inner) = Some(news);
                    last = Some(count);
                }
                // In small steps, to end soon after the app does.
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
        error!("no thread could be started to see which sensors are connected: {error}");
    }
}
