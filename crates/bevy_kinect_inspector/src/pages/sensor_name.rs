//! Names of sensors.

use bevy::prelude::*;

/// The name of a sensor: its `Name`, else its entity.
pub(crate) fn sensor_name(entity: Entity, name: Option<&Name>) -> String {
    match name {
        Some(name) if !name.is_empty() => name.to_string(),
        _ => format!("Sensor {entity}"),
    }
}
