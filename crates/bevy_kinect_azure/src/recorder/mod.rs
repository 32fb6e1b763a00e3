//! Recording what a sensor delivers: a component to put on it, a thread behind that, and how it is doing as
//! components beside it.
//!
//! How it works: a [`LiveRecorder`](kinect_azure::recording::LiveRecorder) is a
//! [`CaptureListener`](crate::sensor::CaptureListener) of the sensor (`listener`), so that it gets every capture and every
//! inertial sample, whatever the app takes of them. `run` starts and stops recorders; their states become components,
//! messages and events. Nothing waits for a disk.

mod listener;
mod run;
mod settings;
mod state;

use bevy::prelude::*;

pub use settings::Recorder;
pub use state::{RecorderProgress, RecorderState, RecorderStateChanged};

use crate::sensor::{KinectSystems, start_and_stop};

/// What apps usually need for recording; part of [`crate::prelude`].
pub mod prelude {
    pub use super::{Recorder, RecorderProgress, RecorderState, RecorderStateChanged};
}

/// Recorders and their states. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct RecorderPlugin;

impl Plugin for RecorderPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<RecorderStateChanged>()
            .register_type::<Recorder>()
            .register_type::<RecorderState>()
            .register_type::<RecorderProgress>()
            .add_systems(
                PreUpdate,
                // A sensor that starts together with its recorder must not deliver before that listens.
                run::record
                    .before(start_and_stop)
                    .in_set(KinectSystems::Receive),
            )
            .add_systems(Last, run::stop_at_exit);
        app.world_mut()
            .register_component_hooks::<Recorder>()
            .on_remove(run::stop);
    }
}
