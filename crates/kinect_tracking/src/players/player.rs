//! A person who is followed.

use kinect_azure::Body;

use super::boxes::PlayerBoxes;
use super::edges::ImageEdges;

/// What is known of a person.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct Player {
    /// Stays the same as long as the person is followed, also while hidden, and is not used again.
    pub id: u32,
    /// The tracker's own id of the body, which may change.
    pub tracker_id: u32,
    /// The slot, from 0; `None` when there is none for this person.
    pub slot: Option<usize>,
    /// Whether the person is seen.
    pub presence: Presence,
    /// How long the person has been there, in seconds, hidden or not.
    pub seconds: f32,
    /// How long the person has been hidden, in seconds; 0 while seen.
    pub hidden_seconds: f32,
    /// The body as it was last seen, with this player's [`id`](Self::id).
    pub body: Body,
    /// The body's place in the newest body frame, which is its number in the body index map; `None` while hidden.
    pub place: Option<usize>,
    /// Whether the person walks about: the trunk moves.
    pub moving: bool,
    /// How fast the trunk moves, in mm/s.
    pub speed: f32,
    /// Which edges of the depth image cut the person off.
    pub cut_off: ImageEdges,
    /// Boxes of the body as it was last seen.
    pub boxes: PlayerBoxes,
}

/// Whether a person is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum Presence {
    /// In the newest body frame.
    Present,
    /// Not in the newest body frame, but expected back.
    Hidden,
}

/// What happened to players in the newest body frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum PlayerEvent {
    /// A person has come.
    Entered {
        /// The player's id.
        id: u32,
    },
    /// A person is not seen any more, and is expected back.
    Hidden {
        /// The player's id.
        id: u32,
    },
    /// A hidden person is seen again.
    Returned {
        /// The player's id.
        id: u32,
    },
    /// A person has gone.
    Left {
        /// The player's id.
        id: u32,
    },
    /// A player got a slot.
    SlotTaken {
        /// The player's id.
        id: u32,
        /// The slot.
        slot: usize,
    },
    /// A player has no slot any more, because of leaving or because of the policy.
    SlotFreed {
        /// The player's id.
        id: u32,
        /// The slot.
        slot: usize,
    },
}
