//! The anatomy: which solids a person is made of.
//!
//! Built in the bind pose, half way between arms raised and arms hanging, so that the skin has the least way to go in
//! either direction. Measures are those of a man of 1.75 m unless they say otherwise.

mod arm;
mod builder;
mod carried;
mod head;
mod leg;
mod trunk;

pub(crate) use builder::{Edges, Figure, HeldThing};
