//! Moves humanoid characters with tracked people: finds the bones of any rig, and turns a body into rotations of bones.
//!
//! 1. A [`Rig`] is the skeleton of a model as plain data: names, parents, rest pose. [`gltf`] reads it from a file.
//! 2. [`match_bones`] finds out which bone is which part of the body: by the humanoid table of a VRM file, by the names
//!    that common tools give, and by the shape of the skeleton. [`Matching::unmatched`] lists the rest.
//! 3. A [`Person`] is a body in the room: metres, y up.
//! 4. A [`Retargeter`] turns people into local rotations of the rig's bones and a translation of its hips, frame by
//!    frame, without allocating.
//!
//! Any rest pose (T, A, arms down, sitting), any axes, scaled and mirrored roots will do, and bones may be missing. Numbers
//! that are not finite, in a rig or in a body, never reach the results.
//!
//! Left and right are the person's. **Body axes** have x to the person's left, y up and z forward.

pub mod gltf;
mod human;
mod matching;
mod person;
mod retarget;
mod rig;

pub use human::{BoneMap, HumanBone};
pub use matching::{Matching, Unmatched, match_bones};
pub use person::{Person, SensorPlace};
pub use retarget::{BonePose, RetargetSettings, Retargeter, RootMotion, upright};
pub use rig::{Rig, RigBone};

/// The README's example is compiled with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
