//! The code of docs/avatars.md.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

fn setup(mut commands: Commands, assets: Res<AssetServer>) {
    let tilted = Quat::from_rotation_x(-10_f32.to_radians());
    let place = Transform::from_xyz(0.0, 1.3, 0.0).with_rotation(tilted);
    commands.spawn((KinectSensor::simulated(), BodyTracking::default(), place));
    let model = assets.load(GltfAssetLabel::Scene(0).from_asset("mannequin.glb"));
    commands.spawn((WorldAssetRoot(model), Avatar::default()));
    let camera = Transform::from_xyz(0.0, 1.3, 0.5);
    commands.spawn((Camera3d::default(), camera, AmbientLight::default()));
    commands.spawn((DirectionalLight::default(), camera));
}
