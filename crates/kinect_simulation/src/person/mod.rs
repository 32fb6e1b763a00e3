//! People: measures and looks, a skinned surface, poses.
//!
//! A person in rest pose stands on the origin in a T-pose, palms down, facing +z; left is +x. `shape` has the solids,
//! `figure` makes a person of them, `mesh` finds the surface, `skin` lets it follow the bones, `paint` colours it.
//! `hand` closes hands. `mannequin` is a person's surface for other programs.

pub(crate) mod body;
pub(crate) mod figure;
pub(crate) mod hand;
pub(crate) mod looks;
mod mannequin;
pub(crate) mod mesh;
pub(crate) mod paint;
pub(crate) mod physique;
pub(crate) mod pose;
pub(crate) mod shape;
pub(crate) mod skin;

pub(crate) use body::{BodyMesh, SkinnedMesh};
pub(crate) use hand::HandShape;
pub(crate) use looks::Person;
pub use mannequin::Mannequin;

#[cfg(test)]
mod tests;
