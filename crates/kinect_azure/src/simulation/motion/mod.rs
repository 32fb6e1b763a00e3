//! How people move.
//!
//! A `stance` says in a few angles how somebody stands; `moves` are functions from time to a stance; `gait` plants
//! feet wherever the body goes; `figure` turns both into the rotations of all joints. `director` decides who does
//! what, [`clip`] plays recordings of the vendor's body tracker instead.

pub mod clip;
pub(crate) mod director;
pub(crate) mod figure;
pub(crate) mod gait;
pub(crate) mod moves;
pub(crate) mod scenario;
pub(crate) mod stance;

pub use clip::{ClipError, SkeletonClip};
pub(crate) use director::{Director, Stage};
pub use scenario::{MotionKind, Scenario, UnknownScenario};

#[cfg(test)]
mod tests;
