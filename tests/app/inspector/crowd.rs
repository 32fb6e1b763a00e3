//! Players for pages about people, placed by hand.

use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::units;
use bevy_kinect_azure::prelude::*;

use crate::bodies::standing;

/// The skeleton of a person who stands at (x, z) in the sensor's space, in metres.
pub(super) fn skeleton(x: f32, z: f32) -> Skeleton {
    let body = standing(1, x * 1000.0, -z * 1000.0);
    let mut skeleton = Skeleton::default();
    for joint in Joint::ALL {
        let pose = body.joint(joint);
        skeleton.joints[joint.index()] = TrackedJoint {
            position: units::to_world(pose.position).into(),
            confidence: pose.confidence,
            ..default()
        };
    }
    skeleton
}

/// A player of a sensor.
pub(super) fn player(app: &mut App, sensor: Entity, slot: usize, x: f32, z: f32) -> Entity {
    let skeleton = skeleton(x, z);
    let place = Transform::from_translation(skeleton.joint(Joint::Pelvis).position);
    let player = Player {
        slot: Some(slot),
        id: slot as u32 + 1,
        ..default()
    };
    app.world_mut()
        .spawn((player, skeleton, place, ChildOf(sensor)))
        .id()
}
