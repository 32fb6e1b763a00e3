//! Events on a sensor entity that other topics observe.

use bevy::prelude::*;

use super::live::DeviceNews;

/// A sensor was given a source: its first, another one, or the same one with other settings. Triggered on the sensor entity before
/// the new source delivers, so that observers can drop data of the former source. [`SensorFrame`](super::SensorFrame) is empty by
/// then.
///
/// The event is not triggered when a sensor is switched off and on, or when a lost source comes back.
#[derive(EntityEvent, Clone, Copy, Debug)]
pub struct SourceChanged {
    /// The sensor entity.
    #[event_target]
    pub sensor: Entity,
}

/// The status or the colour controls of an open live sensor have changed.
#[derive(EntityEvent, Clone, Debug)]
pub(crate) struct DeviceReported {
    #[event_target]
    pub(crate) sensor: Entity,
    pub(crate) news: DeviceNews,
}
