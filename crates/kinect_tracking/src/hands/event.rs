//! What a hand of a player did.

use super::cursor::HandCursor;
use super::kind::HandEventKind;
use crate::gestures::Side;

/// A hand of a player did something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HandEvent {
    /// The player's id.
    pub player: u32,
    /// Which hand.
    pub side: Side,
    /// What the hand did.
    pub kind: HandEventKind,
    /// The cursor, if the hand has one; for [`CursorLeft`](HandEventKind::CursorLeft), the last one.
    pub cursor: Option<HandCursor>,
    /// Device timestamp of the depth image, in µs.
    pub device_timestamp_usec: u64,
}
