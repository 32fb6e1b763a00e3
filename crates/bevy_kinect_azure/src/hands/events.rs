//! What hands do, as an event.

use bevy::prelude::*;
use kinect_tracking::gestures::Side;
use kinect_tracking::hands::{HandCursor, HandEventKind};

/// A hand of a player gripped, let go, got a cursor, dwelled or pressed. A message, and an event on the entity with the
/// [`BodyHands`](super::BodyHands).
#[derive(Message, EntityEvent, Clone, Copy, Debug, PartialEq)]
pub struct HandActed {
    /// The entity with the [`BodyHands`](super::BodyHands), usually a sensor.
    #[event_target]
    pub sensor: Entity,
    /// The player's entity. After the player has left, it is no longer there.
    pub player: Entity,
    /// The player's id.
    pub id: u32,
    /// Which hand.
    pub side: Side,
    /// What the hand did.
    pub kind: HandEventKind,
    /// The cursor, if the hand has one; for [`CursorLeft`](HandEventKind::CursorLeft), the last one.
    pub cursor: Option<HandCursor>,
    /// Device timestamp of the depth image, in µs.
    pub device_timestamp_usec: u64,
}
