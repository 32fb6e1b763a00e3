//! Which sensor an entity belongs to.

use bevy::prelude::*;

use crate::sensor::KinectSensor;

/// The sensor whose images an entity shows: the entity itself, or its nearest ancestor with a `KinectSensor`.
pub(crate) fn sensor_of(
    entity: Entity,
    sensors: &Query<(), With<KinectSensor>>,
    parents: &Query<&ChildOf>,
) -> Option<Entity> {
    core::iter::once(entity)
        .chain(parents.iter_ancestors(entity))
        .find(|&candidate| sensors.contains(candidate))
}
