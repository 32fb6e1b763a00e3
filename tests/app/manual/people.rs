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

fn on_the_floor(mut commands: Commands) {
    // The sensor's Transform gets height, tilt and roll from the floor, and follows when the sensor is moved.
    commands.spawn((
        KinectSensor::device(),
        FloorDetection::kept(),
        BodyTracking::default(),
    ));
}

fn jumps(players: Query<(&Player, &PlayerStanding)>) {
    for (player, standing) in &players {
        if standing.is_in_air() {
            info!("player {} is in the air", player.id);
        }
        if let Some(height) = standing.height {
            info!(
                "player {} is {:.2} m ± {:.2} m tall",
                player.id, height.metres, height.error
            );
        }
    }
}

fn hands_press(mut commands: Commands) {
    commands.spawn((
        KinectSensor::simulated(),
        BodyTracking::default(),
        BodyHands::default(),
        HandPointers::default(),
        Transform::from_xyz(0.0, 1.3, 0.0),
    ));
    commands
        .spawn((Button, Text::new("press me")))
        .observe(|_: On<Pointer<Click>>| info!("pressed"));
}
