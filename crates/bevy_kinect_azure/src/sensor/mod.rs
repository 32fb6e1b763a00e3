//! The sensor entity: one component to spawn, a capture thread behind it, and the sensor's state, modes and newest frame as
//! components on the same entity.
//!
//! # Events
//!
//! Rare changes ([`SensorStateChanged`], [`SourceChanged`], and [`RecorderStateChanged`](crate::recorder::RecorderStateChanged))
//! are entity events on the sensor entity, for observers:
//!
//! ```
//! # use bevy::prelude::*;
//! # use bevy_kinect_azure::prelude::*;
//! # fn setup(mut commands: Commands) {
//! commands
//!     .spawn(KinectSensor::device())
//!     .observe(|change: On<SensorStateChanged>| info!("the sensor is {}", change.to.name()));
//! # }
//! ```
//!
//! The two changes of state are also messages of the same type, for systems that read the changes of all sensors:
//!
//! ```
//! # use bevy::prelude::*;
//! # use bevy_kinect_azure::prelude::*;
//! fn tell(mut changes: MessageReader<SensorStateChanged>) {
//!     for change in changes.read() {
//!         info!("sensor {} is {}", change.sensor, change.to.name());
//!     }
//! }
//! ```
//!
//! Observers run in `PreUpdate`, at the end of the system that made the change. When a sensor went through several states since the
//! last update, observers get each of them in order, while the component already holds the last one. When an entity is despawned,
//! its own observers may be removed before the sensor ends; messages and global observers (`App::add_observer`) get the last change
//! in any case. There is no event for a new frame: use `Changed<SensorFrame>`.

mod events;
mod frame;
mod handle;
mod kinect_sensor;
mod life;
mod listener;
mod live;
mod lockstep;
mod log;
mod opener;
mod part;
mod playback;
mod prepare;
mod reaper;
#[cfg(feature = "simulation")]
mod simulated;
mod source;
mod state;
mod stream;
mod systems;
mod thread;

use bevy::prelude::*;

pub(crate) use events::DeviceReported;
pub use events::SourceChanged;
pub use frame::Frame;
pub(crate) use handle::{Command, SensorThread};
pub use kinect_sensor::KinectSensor;
pub(crate) use life::{DeviceSync, StreamIdentity, receive, start_and_stop};
pub use listener::{CaptureListener, CaptureListeners, Listening};
pub use lockstep::Lockstep;
pub use playback::{Playback, PlaybackAction, PlaybackCommand, PlaybackPosition};
pub use source::{CustomSource, SensorSource};
pub use state::{SensorState, SensorStateChanged};
pub use stream::{SensorFrame, SensorStream};
pub use systems::KinectSystems;

/// What apps usually need for sensors, their states, frames and playback; part of [`crate::prelude`].
pub mod prelude {
    pub use kinect_azure::{
        ColorFormat, ColorResolution, DepthMode, FrameRate, SourceErrorKind, WiredSyncMode,
    };
    #[cfg(feature = "simulation")]
    pub use kinect_simulation::{MotionKind, Mount, Noise, Scenario, SimulationSettings};

    pub use super::{
        CaptureListener, CaptureListeners, Frame, KinectSensor, KinectSystems, Listening, Lockstep,
        Playback, PlaybackAction, PlaybackCommand, PlaybackPosition, SensorFrame, SensorSource,
        SensorState, SensorStateChanged, SensorStream, SourceChanged,
    };
}

/// Sensors, their threads and their playback. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct SensorPlugin;

impl Plugin for SensorPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<reaper::Reaper>()
            .init_resource::<DeviceSync>()
            .add_message::<SensorStateChanged>()
            .add_message::<PlaybackCommand>()
            .register_type::<KinectSensor>()
            .register_type::<SensorState>()
            .register_type::<SensorStream>()
            .register_type::<SensorFrame>()
            .register_type::<CaptureListeners>()
            .register_type::<Playback>()
            .register_type::<PlaybackPosition>()
            .configure_sets(
                PreUpdate,
                (
                    KinectSystems::Receive,
                    KinectSystems::Bodies,
                    KinectSystems::Prepare,
                )
                    .chain(),
            )
            .add_systems(
                PreUpdate,
                (
                    (start_and_stop, receive, reaper::reap).chain(),
                    lockstep::drive.after(start_and_stop).before(receive),
                )
                    .in_set(KinectSystems::Receive),
            )
            .add_systems(PostUpdate, playback::control.in_set(KinectSystems::Control))
            .register_type::<Lockstep>()
            .register_required_components::<KinectSensor, StreamIdentity>()
            .register_required_components::<KinectSensor, life::LoggedProblem>();
        app.world_mut()
            .register_component_hooks::<KinectSensor>()
            .on_remove(life::stop);
    }
}
