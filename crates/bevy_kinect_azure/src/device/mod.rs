//! Live sensors: colour controls, the status of the device, wired synchronisation, and which sensors are connected.
//!
//! ```no_run
//! use bevy::prelude::*;
//! use bevy_kinect_azure::kinect_azure::device::{ColorControls, DeviceSettings, Exposure};
//! use bevy_kinect_azure::prelude::*;
//!
//! fn setup(mut commands: Commands) {
//!     commands.spawn((
//!         KinectSensor::new(DeviceSettings::serial("000123456789")),
//!         SensorColorControls(ColorControls { exposure: Exposure::Manual(8330), ..default() }),
//!     ));
//! }
//! ```

mod controls;
mod status;
mod sync;
mod watch;

use bevy::prelude::*;

pub use controls::{SensorColorControls, SensorColorReport};
pub use status::SensorDevice;
pub use sync::WiredSync;
pub use watch::{ConnectedSensors, ConnectedSensorsChanged, DeviceWatch};

use crate::sensor::{KinectSystems, start_and_stop};

/// What apps usually need for live sensors; part of [`crate::prelude`].
pub mod prelude {
    pub use kinect_azure::device::{
        ColorControls, DeviceSelector, DeviceSettings, DeviceVendor, Exposure, PowerlineFrequency,
        WhiteBalance,
    };

    pub use super::{
        ConnectedSensors, ConnectedSensorsChanged, DeviceWatch, SensorColorControls,
        SensorColorReport, SensorDevice, WiredSync,
    };
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
            .add_observer(status::report)
            .add_observer(status::forget)
            .add_systems(
                PreUpdate,
                (sync::spread, sync::count_subordinates)
                    .chain()
                    .before(start_and_stop)
                    .in_set(KinectSystems::Receive),
            )
            .add_systems(
                PostUpdate,
                controls::set_color_controls.in_set(KinectSystems::Control),
            )
            .add_plugins(watch::watch);
    }
}
