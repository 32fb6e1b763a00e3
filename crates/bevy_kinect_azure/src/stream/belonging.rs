//! Which sensor an entity belongs to.

use bevy::prelude::*;

use crate::sensor::KinectSensor;

/// The sensor whose images an entity shows: itself, or its nearest ancestor that is one.
pub(crate) fn sensor_of(
    entity: Entity,
    sensors: &Query<(), With<KinectSensor>>,
    parents: &Query<&ChildOf>,
) -> Option<Entity> {
    core::iter::once(entity)
        .chain(parents.iter_ancestors(entity))
        .find(|&candidate| sensors.contains(candidate))
}
