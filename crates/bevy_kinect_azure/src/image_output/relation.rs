//! Outputs and the sensors they show.

use bevy::prelude::*;

/// The sensor that an output shows, as a relationship. Despawning the sensor despawns its outputs.
#[derive(Component, FromTemplate, Reflect, Clone, Copy, Debug, PartialEq, Eq)]
#[type_path = "bevy_kinect_azure::image_output"]
#[reflect(Component, FromWorld, Debug, PartialEq)]
#[relationship(relationship_target = ImageOutputs)]
pub struct ImageOutputOf(#[entities] pub Entity);

/// Reflection begins with a value before it writes the entity.
impl FromWorld for ImageOutputOf {
    fn from_world(_: &mut World) -> Self {
        Self(Entity::PLACEHOLDER)
    }
}

/// The sensor that an output shows, looked up in every update; `None` if the output belongs to no sensor.
#[derive(Component, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct OutputSensor(pub(crate) Option<Entity>);

/// The outputs of a sensor, kept by Bevy. `related!(ImageOutputs[..])` spawns them with it.
#[derive(Component, Reflect, Clone, Debug, Default)]
#[type_path = "bevy_kinect_azure::image_output"]
#[reflect(Component, Default, Debug)]
#[relationship_target(relationship = ImageOutputOf, linked_spawn)]
pub struct ImageOutputs(Vec<Entity>);
