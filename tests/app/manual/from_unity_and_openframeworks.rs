//! The code of docs/from-unity-and-openframeworks.md.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

fn nearest(players: Query<(&Player, &Skeleton)>) {
    for (player, skeleton) in &players {
        let pelvis = skeleton.joint(Joint::Pelvis);
        info!(
            "player {} stands {} m in front of the sensor",
            player.id, -pelvis.position.z
        );
    }
}
