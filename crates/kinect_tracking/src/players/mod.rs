//! Follows people from frame to frame.
//!
//! Trackers give bodies ids, but a person's id can change: after an occlusion, when two people meet, or without a
//! reason. [`Players`] follows people by their positions, the lengths of their bones and the pixels that they cover,
//! and uses the tracker's ids only as a hint. A person goes through these states:
//!
//! - **probation**: a body was seen, but perhaps it is a coat on a chair, so it is not a player yet;
//! - **present**: a player with an id, and with a slot if one is free;
//! - **hidden**: not seen, but expected back: id and slot are kept. A person who comes back in time is recognised by
//!   position and bones;
//! - gone: the slot is free for the next one. Ids are not used again.
//!
//! Slots never shift: a player keeps the number of its slot until it leaves, or until the [policy](SelectionPolicy)
//! gives the slot to another player.

mod assignment;
mod association;
mod boxes;
mod edges;
mod masks;
mod player;
mod policy;
mod settings;
mod signature;
mod slots;
mod tracking;

pub use crate::box2::Box2;
pub use boxes::{Box3, PlayerBoxes};
pub use edges::ImageEdges;
pub use player::{Player, PlayerEvent, Presence};
pub use settings::{PlayersSettings, SelectionPolicy};
pub use tracking::Players;
