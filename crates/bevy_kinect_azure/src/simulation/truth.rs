//! Ground truth as a component.

use std::sync::Arc;

use bevy::math::Isometry3d;
use bevy::prelude::*;
use kinect_azure::{Body, BodyFrame, JointPose, units};

use crate::sensor::{KinectSensor, SensorFrame};

/// What the newest capture of a simulated sensor shows, exactly: its people and the pixels they cover. On the sensor
/// entity while it is a simulated one; compare a body tracker with it.
#[derive(Component, Reflect, Clone, Debug, Default)]
#[reflect(Component, Default, Debug)]
pub struct GroundTruth(#[reflect(ignore)] pub Arc<BodyFrame>);

impl GroundTruth {
    /// The people in the room, seen or not, in the vendor's units and axes; [`joint_isometry`] places their joints.
    pub fn bodies(&self) -> &[Body] {
        &self.0.bodies
    }
}

/// Where a joint is in the sensor entity's space (metres, y up, −z forward). Its own axes stay the vendor's: x along
/// the bone.
pub fn joint_isometry(joint: &JointPose) -> Isometry3d {
    let [w, x, y, z] = units::orientation_to_world(joint.orientation);
    Isometry3d::new(
        Vec3::from(units::to_world(joint.position)),
        Quat::from_xyzw(x, y, z, w),
    )
}

/// An entity that is no sensor any more has no ground truth.
pub(super) fn forget(removed: On<Remove, KinectSensor>, mut commands: Commands) {
    commands.entity(removed.entity).try_remove::<GroundTruth>();
}

/// Puts the newest frame's truth beside it.
pub(crate) fn take(
    mut commands: Commands,
    mut sensors: Query<(Entity, &SensorFrame, Option<&mut GroundTruth>), Changed<SensorFrame>>,
) {
    for (entity, frame, truth) in &mut sensors {
        let newest = frame
            .0
            .as_ref()
            .and_then(|frame| frame.capture.ground_truth.clone());
        match (newest, truth) {
            (Some(newest), Some(mut truth)) => truth.0 = newest,
            (Some(newest), None) => {
                commands.entity(entity).insert(GroundTruth(newest));
            }
            (None, Some(_)) => {
                commands.entity(entity).remove::<GroundTruth>();
            }
            (None, None) => {}
        }
    }
}
