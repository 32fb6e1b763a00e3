//! Turns joints in the image and depth into bodies of 32 joints with orientations and confidence.
//!
//! [`Lifter`] does it for all people of a frame:
//!
//! 1. Around the pixel of each joint, `surfaces` groups the depths into surfaces, and `choice` chooses one of them for
//!    each joint, so that all bones have about their known lengths. A joint that fits none of them is hidden.
//! 2. Each joint is placed behind its surface, by the thickness of the body at this joint (`plan`).
//! 3. `complete` places the joints that were not measured: on their rays at the bones' lengths from their parents,
//!    between other joints, or as in a standing person.
//! 4. `solve` moves all joints such that measurements and the person's lengths (`lengths`, learnt from frame to frame)
//!    fit best. This and step 2 are repeated.
//! 5. `orientation` computes the orientations of joints from the segments beyond them.
//! 6. `index_map` floods the depth image from the bones: over surfaces near the bones, but not over the `floor`.
//!
//! For networks that look at one person at a time, `people` finds people in the depth image alone.

mod choice;
mod complete;
pub(crate) mod frame;
pub(crate) mod index_map;
pub(crate) mod lengths;
mod lifter;
pub(crate) mod orientation;
mod people;
mod person;
pub(crate) mod plan;
mod settings;
pub(crate) mod solve;
mod surfaces;
#[cfg(test)]
mod tests;
pub(crate) mod view;

pub use lifter::Lifter;
pub use settings::LiftSettings;
