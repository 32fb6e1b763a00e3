//! The smallest app: a recording's point cloud, seen from where the sensor stood.
//!
//! `cargo run --release --example minimal -- FILE.mkv`

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

fn main() {
    App::new()
        .add_plugins((DefaultPlugins, KinectAzurePlugin))
        .add_systems(Startup, setup)
        .run();
}

fn setup(mut commands: Commands) {
    let file = std::env::args().nth(1).unwrap_or("recording.mkv".into());
    commands.spawn((KinectSensor::recording(file), PointCloud::default()));
    commands.spawn(Camera3d::default());
}
