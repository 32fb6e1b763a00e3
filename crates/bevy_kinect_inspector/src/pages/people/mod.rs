//! The page "People": the body tracker, how people are followed, and the players.
//!
//! - [`tracker`]: the choice of a tracker and its settings; [`following`]: slots, filters, joints.
//! - [`times`]: the tracker's state, stages and losses.
//! - [`skeleton`]: a small drawing of a skeleton; [`players`]: the players, their figures and joints.
//! - [`page`]: everything together.

mod following;
mod page;
mod players;
mod skeleton;
mod times;
mod tracker;

pub(crate) use page::show;
