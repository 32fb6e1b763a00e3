//! A player: a person who is followed.

use kinect_azure::Body;

use super::boxes::PlayerBoxes;
use super::edges::ImageEdges;

/// A person who is followed from frame to frame.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct Player {
    /// The player's id. It stays the same as long as the person is followed, also while hidden, and no later player
    /// gets it.
    pub id: u32,
    /// The tracker's own id of the body, which may change.
    pub tracker_id: u32,
    /// The slot, from 0; `None` if the player has no slot.
    pub slot: Option<usize>,
    /// Whether the person is seen.
    pub presence: Presence,
    /// How long the person has been there, in seconds, including the time while hidden.
    pub seconds: f32,
    /// How long the person has been hidden, in seconds; 0 while seen.
    pub hidden_seconds: f32,
    /// The body as it was last seen, with this player's [`id`](Self::id).
    pub body: Body,
    /// The body's index in the newest body frame, which is its value in the body index map; `None` while hidden.
    pub place: Option<usize>,
    /// Whether the person's trunk moves from its place.
    pub moving: bool,
    /// How fast the trunk moves, in mm/s.
    pub speed: f32,
    /// The edges of the depth image that cut the person off.
    pub cut_off: ImageEdges,
    /// Boxes of the body as it was last seen.
    pub boxes: PlayerBoxes,
}

/// Whether a person is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum Presence {
    /// The person is in the newest body frame.
    #[default]
    Present,
    /// The person is not in the newest body frame, but expected back.
    Hidden,
}

/// A change of a player in the newest body frame.
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
    /// A player lost its slot, because it left or because of the policy.
    SlotFreed {
        /// The player's id.
        id: u32,
        /// The slot.
        slot: usize,
    },
}
