//! Avatars: models of glTF and VRM files that follow players.

mod bad;
mod blending;
mod following;
mod models;
mod stage;

pub(crate) use stage::MANNEQUIN;
