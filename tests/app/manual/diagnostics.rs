//! The code of docs/diagnostics.md.

use bevy::dev_tools::diagnostics_overlay::{DiagnosticsOverlay, DiagnosticsOverlayPlugin};
use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

fn show(sensor: On<Add, KinectSensor>, mut commands: Commands) {
    let paths = SensorDiagnostics::paths(sensor.entity)
        .into_iter()
        .chain(SensorDiagnostics::body_tracking_paths(sensor.entity));
    commands.spawn(DiagnosticsOverlay::new(
        "Sensor",
        paths.map(Into::into).collect(),
    ));
}

fn add_overlay(app: &mut App) {
    app.add_plugins(DiagnosticsOverlayPlugin).add_observer(show);
}
