//! The room that people are in: made up from a seed, lit by a window and lamps.
//!
//! The sensor stands near the origin, with its back to a wall, and looks along −z. [`solid`] is what things are built
//! of, [`material`] what they look like, [`light`] how bright they are; light is baked into grids on their faces.

pub(crate) mod light;
pub(crate) mod material;
mod plan;
pub(crate) mod solid;

pub(crate) use plan::{Room, Seat};
