//! The smallest app: the point cloud of a simulated sensor, a live one, or a recording, seen from the sensor's place.
//!
//! `cargo run --release --example minimal [-- --device [SERIAL] | -- FILE.mkv]`

use bevy::core_pipeline::tonemapping::Tonemapping;
use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use kinect_app_support::orbit::{OrbitCamera, OrbitPlugin};

fn main() {
    App::new()
        .add_plugins((DefaultPlugins, KinectAzurePlugin, OrbitPlugin))
        .add_systems(Startup, setup)
        .run();
}

fn setup(mut commands: Commands) {
    let mut args = std::env::args().skip(1);
    let source: SensorSource = match (args.next().as_deref(), args.next()) {
        (Some("--device"), Some(serial)) => DeviceSettings::serial(serial).into(),
        (Some("--device"), None) => DeviceSettings::default().into(),
        (Some(file), _) => SensorSource::recording(file),
        (None, _) => SimulationSettings::default().into(),
    };
    commands.spawn_scene(bsn! {
        KinectSensor { source: {source.clone()} }
        PointCloud
    });
    // The colours of the points are the camera's: no tone mapping.
    commands.spawn((Camera3d::default(), Tonemapping::None, OrbitCamera));
}
