//! Frame rates, delays and errors of every sensor and of its body tracking: as a component on the sensor entity, and as rows in Bevy's
//! [`DiagnosticsStore`], where Bevy's own tools show them (`DiagnosticsOverlay`, `LogDiagnosticsPlugin`).
//!
//! [`OutputDiagnostics`](crate::image_output::OutputDiagnostics) has the figures of an output.
//!
//! # Rows in Bevy's store
//!
//! In an app with Bevy's `DiagnosticsPlugin`, which is one of the `DefaultPlugins`, the plugin adds these rows. [`SensorDiagnostics::paths`],
//! [`SensorDiagnostics::body_tracking_paths`] and [`OutputDiagnostics::paths`](crate::image_output::OutputDiagnostics::paths) list the
//! paths of an entity. A row that the app switches off (`Diagnostic::is_enabled`) is not measured.
//!
//! | path | unit | value |
//! | --- | --- | --- |
//! | `kinect/<sensor>/frame_rate` | fps | frames that the app received in a second |
//! | `kinect/<sensor>/latency`, `…/latency_p99` | ms | from a capture's arrival to the GPU: median, 99th percentile |
//! | `kinect/<sensor>/dropped` | | frames that newer frames replaced before the app took them |
//! | `kinect/<sensor>/errors` | | captures and images that could not be read or decoded |
//! | `kinect/<sensor>/bodytracking_rate` | fps | body frames that the app received in a second |
//! | `kinect/<sensor>/bodytracking_people` | | players who are seen |
//! | `kinect/<sensor>/bodytracking_latency`, `…/bodytracking_latency_p99` | ms | from a capture's arrival until its bodies became players: median, 99th percentile |
//! | `kinect/<sensor>/bodytracking_waiting` | ms | until the tracker was ready for the capture: median |
//! | `kinect/<sensor>/bodytracking_tracking` | ms | inside the tracker: median |
//! | `kinect/<sensor>/bodytracking_frame` | | body frames that the tracker has found |
//! | `kinect/<sensor>/bodytracking_timestamp` | µs | the device timestamp of the newest bodies |
//! | `kinect/<sensor>/bodytracking_errors` | | errors of the tracker |
//! | `kinect/output/<output>/cpu_time`, `…/gpu_time` | ms | of the output's last update; `gpu_time` with Bevy's `RenderDiagnosticsPlugin` on GPUs that have timestamps |
//! | `kinect/output/<output>/warnings`, `…/errors` | | how many times the output differed from its settings, and showed nothing |
//!
//! The rows of a sensor are measured in every update of the app, those of an output in each update in which one of its figures changed.
//! When an entity is despawned, its rows stay in the store, because the store has no way to remove one; they are emptied and switched off.

mod measure;
mod publish;
mod rate;
mod rows;
mod sensor;

use bevy::diagnostic::DiagnosticsStore;
use bevy::prelude::*;

pub(crate) use rows::{RowName, Rows, paths};
pub use sensor::SensorDiagnostics;

use crate::sensor::{KinectSensor, KinectSystems};

/// What apps usually need for diagnostics of sensors; part of [`crate::prelude`].
pub mod prelude {
    pub use super::SensorDiagnostics;
}

/// Diagnostics of sensors, see [the topic](self). Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct SensorDiagnosticsPlugin;

impl Plugin for SensorDiagnosticsPlugin {
    fn build(&self, app: &mut App) {
        app.register_type::<SensorDiagnostics>()
            .register_required_components::<KinectSensor, SensorDiagnostics>()
            .add_observer(publish::forget_sensor)
            .add_observer(publish::forget_bodies)
            .add_observer(publish::end_sensor)
            .add_observer(publish::end_bodies)
            .add_systems(
                PreUpdate,
                (
                    measure::measure,
                    measure::measure_bodies,
                    (publish::publish, publish::publish_bodies)
                        .run_if(resource_exists::<DiagnosticsStore>),
                )
                    .chain()
                    .after(KinectSystems::Bodies),
            );
    }
}
