//! Which body is which person from frame to frame.
//!
//! Trackers number bodies, but their numbers jump: after an occlusion, when two people meet, for no reason at all.
//! [`Players`] follows people itself, by where they are, how long their bones are and which pixels they cover, and takes
//! the tracker's numbers for a hint. A person goes through these states:
//!
//! - **probation**: a body was seen, but perhaps it is a coat on a chair; nobody is told yet;
//! - **present**: a player with an id, and with a slot where there is a free one;
//! - **hidden**: not seen, but expected back: id and slot are kept. Whoever comes back within the time is recognised by
//!   place and bones;
//! - gone: the slot is free for the next one. Ids are not used again.
//!
//! Slots never shift: a player keeps the number of its slot until it leaves, or until the [policy](SelectionPolicy) gives
//! the slot to somebody else.

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

pub use boxes::{Box2, Box3, PlayerBoxes};
pub use edges::ImageEdges;
pub use player::{Player, PlayerEvent, Presence};
pub use settings::{PlayersSettings, SelectionPolicy};
pub use tracking::Players;
