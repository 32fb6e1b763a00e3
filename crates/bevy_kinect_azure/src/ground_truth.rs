//! Ground truth: the exact bodies of the people that a simulated sensor sees.

use std::sync::Arc;

use bevy::math::Isometry3d;
use bevy::prelude::*;
use kinect_azure::{Body, BodyFrame, Joint, JointPose, units};

use crate::body::{BodyIndexMap, BodyTime, BodyTracking};
use crate::sensor::{KinectSensor, KinectSystems, SensorFrame};

/// What apps usually need for ground truth; part of [`crate::prelude`].
pub mod prelude {
    pub use super::{GroundTruth, joint_isometry};
}

/// The exact bodies in the newest capture of a simulated sensor and the pixels that they cover, to compare a body tracker with. On
/// the sensor entity while its source is a simulation.
#[derive(Component, Reflect, Clone, Debug, Default)]
#[type_path = "bevy_kinect_azure::ground_truth"]
#[reflect(Component, Default, Debug)]
pub struct GroundTruth(#[reflect(ignore)] pub Arc<BodyFrame>);

impl GroundTruth {
    /// The bodies of all people in the room, visible or not, in the vendor's units and axes;
    /// [`joint_isometry`](Self::joint_isometry) gives a joint in metres and Bevy's axes.
    pub fn bodies(&self) -> &[Body] {
        &self.0.bodies
    }

    /// Position and orientation of a joint in the sensor entity's space, see [`joint_isometry`], of the body with this id
    /// ([`Body::id`]). `None` if there is no such body.
    pub fn joint_isometry(&self, body: u32, joint: Joint) -> Option<Isometry3d> {
        let body = self.bodies().iter().find(|other| other.id == body)?;
        Some(joint_isometry(body.joint(joint)))
    }
}

/// Position and orientation of a joint in the sensor entity's space (metres, y up, −z forward). The joint's own axes stay the
/// vendor's: x along the bone.
pub fn joint_isometry(joint: &JointPose) -> Isometry3d {
    let [w, x, y, z] = units::orientation_to_world(joint.orientation);
    Isometry3d::new(
        Vec3::from(units::to_world(joint.position)),
        Quat::from_xyzw(x, y, z, w),
    )
}

/// Ground truth of simulated sensors. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct GroundTruthPlugin;

impl Plugin for GroundTruthPlugin {
    fn build(&self, app: &mut App) {
        app.register_type::<GroundTruth>()
            .add_observer(forget)
            .add_systems(PreUpdate, take.in_set(KinectSystems::Bodies));
    }
}

/// Publishes the ground truth of the newest frame, and writes `BodyIndexMap` and `BodyTime` as a body tracker would, unless there is
/// one.
fn take(
    mut commands: Commands,
    mut sensors: Query<
        (
            Entity,
            &SensorFrame,
            Option<&BodyTracking>,
            Option<&mut GroundTruth>,
            &mut BodyIndexMap,
            &mut BodyTime,
        ),
        Changed<SensorFrame>,
    >,
) {
    for (entity, frame, tracking, truth, mut map, mut time) in &mut sensors {
        let is_tracked = tracking.is_some_and(|tracking| tracking.active);
        let newest = frame
            .latest()
            .and_then(|frame| frame.capture.ground_truth.as_ref());
        if let Some(newest) = newest
            && !is_tracked
        {
            map.0.clone_from(&newest.index_map);
            *time = BodyTime::at(newest.device_timestamp_usec);
        }
        match (newest, truth) {
            (Some(newest), Some(mut truth)) => truth.0 = Arc::clone(newest),
            (Some(newest), None) => {
                commands
                    .entity(entity)
                    .try_insert(GroundTruth(Arc::clone(newest)));
            }
            (None, Some(_)) => {
                commands.entity(entity).try_remove::<GroundTruth>();
                if !is_tracked {
                    (*map, *time) = default();
                }
            }
            (None, None) => {}
        }
    }
}

/// Removes the ground truth of an entity that is no longer a sensor.
fn forget(
    removed: On<Remove, KinectSensor>,
    mut commands: Commands,
    mut sensors: Query<(&mut BodyIndexMap, &mut BodyTime), With<GroundTruth>>,
) {
    if let Ok((mut map, mut time)) = sensors.get_mut(removed.entity) {
        (*map, *time) = default();
        commands.entity(removed.entity).try_remove::<GroundTruth>();
    }
}
