//! Events on a sensor entity that other topics observe.

use bevy::prelude::*;

use super::live::DeviceNews;

/// A sensor was given a source: its first, another one, or the same one with other settings. Triggered on the sensor entity
/// before the new source delivers, so that whoever keeps something of what the former source delivered can drop it:
/// [`SensorFrame`](super::SensorFrame) is empty already.
///
/// Switching a sensor off and on, and a lost source that comes back, are no change of the source.
#[derive(EntityEvent, Clone, Copy, Debug)]
pub struct SourceChanged {
    /// The sensor entity.
    #[event_target]
    pub sensor: Entity,
}

/// An open live sensor has something new to say of itself.
#[derive(EntityEvent, Clone, Debug)]
pub(crate) struct DeviceReported {
    #[event_target]
    pub(crate) sensor: Entity,
    pub(crate) news: DeviceNews,
}
