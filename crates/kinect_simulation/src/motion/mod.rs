//! How people move.
//!
//! A `stance` describes in a few angles how a person stands; `moves` are functions from time to a stance; `gait`
//! plants feet wherever the body goes; `joints` turns both into the rotations of all joints. `director` decides what
//! each person does on the `stage`, an `actor` follows its plan, `steering` leads around people and furniture,
//! `apart` keeps people from walking into them. [`clip`] plays recordings of the vendor's body tracker instead, and `poses`
//! shows random poses.

mod actor;
mod apart;
pub(crate) mod clip;
pub(crate) mod director;
pub(crate) mod gait;
pub(crate) mod joints;
pub(crate) mod moves;
mod performer;
mod poses;
pub(crate) mod scenario;
pub(crate) mod stage;
pub(crate) mod stance;
mod steering;

pub use clip::{ClipError, SkeletonClip};
pub(crate) use director::Director;
pub use scenario::{MotionKind, Scenario, UnknownScenario};
pub(crate) use stage::{Sight, Stage};

#[cfg(test)]
mod tests;
