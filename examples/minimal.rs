//! The smallest app: the point cloud of a simulated sensor, or of a recording, seen from the sensor's place.
//!
//! `cargo run --release --example minimal [-- FILE.mkv]`

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

fn main() {
    App::new()
        .add_plugins((DefaultPlugins, KinectAzurePlugin))
        .add_systems(Startup, setup)
        .run();
}

fn setup(mut commands: Commands) {
    let sensor = match std::env::args().nth(1) {
        Some(file) => KinectSensor::recording(file),
        None => KinectSensor::simulated(),
    };
    commands.spawn((sensor, PointCloud::default()));
    commands.spawn(Camera3d::default());
}
