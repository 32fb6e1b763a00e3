//! The room that people are in: made up from a seed, lit by a window and lamps.
//!
//! The sensor stands near the origin, with its back to a wall, and looks along −z. [`solid`] has the shapes,
//! [`material`] their colours, [`light`] their brightness, which is baked into grids on their faces. A [`thing`] stands there for one capture only.

pub(crate) mod light;
pub(crate) mod material;
mod plan;
pub(crate) mod solid;
pub(crate) mod thing;

pub(crate) use plan::{Room, Seat};
