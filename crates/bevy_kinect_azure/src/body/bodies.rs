//! The newest bodies of a sensor in the vendor's units, for code that follows all players of a sensor.

use std::sync::Arc;

use bevy::prelude::*;
use kinect_azure::Body;
use kinect_azure::body::BodyFrame;
use kinect_tracking::Ground;
use kinect_tracking::filter::FilteredBody;

/// The bodies in the newest body frame, filtered, in the vendor's units and axes, on the entity with the
/// [`BodyTracking`](super::BodyTracking). It changes with each body frame. Read only.
///
/// [Zones](kinect_tracking::zones), [gestures](kinect_tracking::gestures) and [files](kinect_tracking::files) of the
/// crate `kinect_tracking` take these bodies. [`Player`](super::Player) entities have the same joints in metres and
/// Bevy's axes.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[type_path = "bevy_kinect_azure::body"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct TrackedBodies {
    /// Device timestamp of the depth image in µs; `None` before the first body frame, and when the tracker has given none for so
    /// long that all players have left.
    pub device_timestamp_usec: Option<u64>,
    /// The bodies of all players who are seen, with the players' ids ([`Player::id`](super::Player::id)).
    pub bodies: Vec<Body>,
    /// The newest body frame as the tracker gave it: unfiltered, with the tracker's own ids and its body index map.
    #[reflect(ignore)]
    pub frame: Option<Arc<BodyFrame>>,
    /// The ids and entities of all players, hidden or not.
    #[reflect(ignore)]
    pub(super) players: Vec<(u32, Entity)>,
}

impl TrackedBodies {
    /// The entity of the player with an id, hidden or not.
    pub fn player(&self, id: u32) -> Option<Entity> {
        let player = self.players.iter().find(|(other, _)| *other == id)?;
        Some(player.1)
    }

    pub(super) fn write<'a>(
        &mut self,
        frame: &Arc<BodyFrame>,
        bodies: impl Iterator<Item = &'a FilteredBody>,
        players: impl Iterator<Item = (u32, Entity)>,
    ) {
        self.device_timestamp_usec = Some(frame.device_timestamp_usec);
        self.frame = Some(Arc::clone(frame));
        self.bodies.clear();
        self.bodies.extend(bodies.map(|body| body.body.clone()));
        self.players.clear();
        self.players.extend(players);
    }
}

/// The ground under a sensor, in the depth camera's axes: the world's y axis points up and the floor is the world's plane y = 0.
pub fn ground_under(sensor: &GlobalTransform) -> Ground {
    let up = sensor.rotation().inverse() * Vec3::Y;
    Ground {
        // The conversion to the camera's axes is its own inverse.
        up: kinect_azure::units::direction_to_world(up.to_array()),
        camera_height_mm: sensor.translation().y / kinect_azure::units::METRES_PER_MILLIMETRE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ground_is_the_worlds_floor_however_the_sensor_stands() {
        let place = Transform::from_xyz(3.0, 1.5, -2.0).with_rotation(Quat::from_euler(
            EulerRot::YXZ,
            1.0,
            -0.4,
            0.2,
        ));
        let place = GlobalTransform::from(place);
        let ground = ground_under(&place);
        // A point of the world, in the depth camera's axes.
        let world = Vec3::new(1.0, 0.7, -4.0);
        let local = place.affine().inverse().transform_point3(world);
        let camera = kinect_azure::units::direction_to_world(local.to_array()).map(|v| v * 1000.0);
        assert!((ground.point(camera)[1] - 700.0).abs() < 0.1);
    }
}
