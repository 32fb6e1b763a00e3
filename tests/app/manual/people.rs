//! The code of docs/people.md.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

fn setup(mut commands: Commands) {
    commands
        .spawn((KinectSensor::simulated(), BodyTracking::default()))
        .observe(|entered: On<PlayerEntered>| info!("player {} has come", entered.id));
}

fn hands(joints: Query<(&BodyJoint, &TrackedJoint, &GlobalTransform)>) {
    for (joint, data, place) in &joints {
        if joint.joint == Joint::HandRight && data.confidence >= JointConfidence::Medium {
            info!("a right hand at {}", place.translation());
        }
    }
}

fn turned_sensor(mut commands: Commands) {
    commands.spawn((
        KinectSensor::device(),
        BodyTracking::new(TrackerSettings {
            tracker: Tracker::Onnx,
            model: Some("movenet-multipose.onnx".into()),
            processing_mode: ProcessingMode::Cpu,
            orientation: SensorOrientation::Clockwise90,
            ..default()
        }),
    ));
}
