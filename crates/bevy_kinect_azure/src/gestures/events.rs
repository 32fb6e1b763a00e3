//! The event of a gesture.

use bevy::prelude::*;
use kinect_tracking::gestures::{Direction, Gesture, Side};

/// A player has made a gesture. A message, and an event on the entity with the [`BodyGestures`](super::BodyGestures).
#[derive(Message, EntityEvent, Clone, Copy, Debug, PartialEq)]
pub struct GestureMade {
    /// The entity with the [`BodyGestures`](super::BodyGestures), usually a sensor.
    #[event_target]
    pub sensor: Entity,
    /// The player's entity.
    pub player: Entity,
    /// The player's id.
    pub id: u32,
    /// The gesture.
    pub gesture: Gesture,
    /// The hand that made it, for gestures of one hand.
    pub side: Option<Side>,
    /// The direction of a swipe or of leaning, as the person sees it.
    pub direction: Option<Direction>,
    /// Where the person points, in world space.
    pub ray: Option<Ray3d>,
    /// Device timestamp of the depth image in which the gesture was recognised, in µs.
    pub device_timestamp_usec: u64,
}
