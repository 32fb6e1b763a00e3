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
    let sensor = match (args.next().as_deref(), args.next()) {
        (Some("--device"), Some(serial)) => KinectSensor::new(DeviceSettings::serial(serial)),
        (Some("--device"), None) => KinectSensor::device(),
        (Some(file), _) => KinectSensor::recording(file),
        (None, _) => KinectSensor::simulated(),
    };
    commands.spawn((sensor, PointCloud::default()));
    // The colours of the points are the camera's: no tone mapping.
    commands.spawn((Camera3d::default(), Tonemapping::None, OrbitCamera));
}
