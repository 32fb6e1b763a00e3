//! The code of README.md.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

fn main() {
    App::new()
        .add_plugins((DefaultPlugins, KinectAzurePlugin))
        .add_systems(Startup, setup)
        .run();

    fn setup(mut commands: Commands) {
        commands.spawn((KinectSensor::simulated(), PointCloud::default()));
        commands.spawn(Camera3d::default());
    }
}
