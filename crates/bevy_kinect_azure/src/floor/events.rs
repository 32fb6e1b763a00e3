//! Floors that are found, moved and lost: messages, and events on the entity with the `FloorDetection`.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;
use kinect_tracking::floor::NoFloor;

use super::state::SensorFloor;

/// The floor under a sensor was found. A message, and an event on the entity with the
/// [`FloorDetection`](super::FloorDetection).
#[derive(Message, EntityEvent, Clone, Copy, Debug, PartialEq)]
pub struct FloorFound {
    /// The sensor entity.
    #[event_target]
    pub sensor: Entity,
    /// The floor.
    pub floor: SensorFloor,
}

/// A sensor was moved: its floor is another one. A message, and an event on the entity with the
/// [`FloorDetection`](super::FloorDetection).
#[derive(Message, EntityEvent, Clone, Copy, Debug, PartialEq)]
pub struct FloorMoved {
    /// The sensor entity.
    #[event_target]
    pub sensor: Entity,
    /// The floor as it is now.
    pub floor: SensorFloor,
}

/// The floor under a sensor is not seen any more. A message, and an event on the entity with the
/// [`FloorDetection`](super::FloorDetection).
#[derive(Message, EntityEvent, Clone, Copy, Debug, PartialEq)]
pub struct FloorLost {
    /// The sensor entity.
    #[event_target]
    pub sensor: Entity,
    /// Why it is not seen. [`NoFloor::NoDepth`] also if the detection was switched off, or if the sensor has another source.
    pub problem: NoFloor,
}

/// Writers of the messages of floors.
#[derive(SystemParam)]
pub(super) struct FloorMessages<'w> {
    pub(super) found: MessageWriter<'w, FloorFound>,
    pub(super) moved: MessageWriter<'w, FloorMoved>,
    pub(super) lost: MessageWriter<'w, FloorLost>,
}
