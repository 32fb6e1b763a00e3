//! People: measures and looks, a skinned surface, poses.
//!
//! A person in rest pose stands on the origin in a T-pose, palms down, facing +z; left is +x. `shape` has the solids,
//! `figure` makes a person of them, `mesh` finds the surface, `skin` lets it follow the bones, `paint` colours it.

pub(crate) mod body;
pub(crate) mod figure;
pub mod looks;
pub(crate) mod mesh;
pub(crate) mod paint;
pub mod physique;
pub(crate) mod pose;
pub(crate) mod shape;
pub(crate) mod skin;

pub(crate) use body::{BodyMesh, SkinnedMesh};
pub use looks::{Bag, Bottom, HairStyle, Held, Looks, Pattern, Person, Top};
pub use physique::Physique;

#[cfg(test)]
mod tests;
