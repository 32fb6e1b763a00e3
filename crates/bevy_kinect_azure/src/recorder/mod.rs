//! Recording a sensor to a file: the component [`Recorder`] on the sensor entity, a thread that writes, and the components
//! [`RecorderState`] and [`RecorderProgress`].
//!
//! How it works: a [`LiveRecorder`](kinect_azure::recording::LiveRecorder) gets captures as a
//! [`CaptureListener`](crate::sensor::CaptureListener) of the sensor (`listener`), so that it gets every capture and every inertial sample, even if the app skips some. `run` starts
//! and stops recorders; their states become components, messages and events. Neither the app nor the capture thread waits for the
//! disk.

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
                // The recorder must listen before a sensor that starts in the same update delivers its first capture.
                run::record
                    .before(start_and_stop)
                    .in_set(KinectSystems::Receive),
            )
            .add_systems(PreUpdate, run::record_bodies.after(KinectSystems::Bodies))
            .add_systems(Last, run::stop_at_exit);
        app.world_mut()
            .register_component_hooks::<Recorder>()
            .on_remove(run::stop);
    }
}
