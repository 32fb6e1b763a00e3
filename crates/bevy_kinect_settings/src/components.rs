//! Components that say which entities are saved.

use bevy::prelude::*;

/// For an entity that the app does not spawn by itself, because an operator made it: all its settings are saved, and it is spawned
/// again at the next start, with a `Name`, its place among children and, for an output, its sensor.
///
/// When the entity is despawned, its settings are forgotten.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[type_path = "bevy_kinect_settings"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct SaveEntity;

/// For an entity whose settings are not saved: one that shows something for a moment, such as a preview. Spawn it with this component.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[type_path = "bevy_kinect_settings"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct DoNotSave;
