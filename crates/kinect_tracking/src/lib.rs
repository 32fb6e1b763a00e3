//! Everything about people that does not need an engine: who finds them, who is who, how they move.
//!
//! A [`BodyTracker`](tracker::BodyTracker) turns a capture into a body frame. What follows is a chain of steps, each
//! usable without the others:
//!
//! - [`tracker`]: the one trait, the thread that runs it, and the tracker that knows the truth of a simulation.
//! - [`players`]: which body is which person from frame to frame, in slots that never shift.
//! - [`filter`]: steadier joints, velocities, prediction, bones of constant length, repaired flips.
//! - [`rotation`]: rotations relative to the parent joint, Euler angles without jumps, the joints' reference frames.
//! - [`zones`]: volumes in the room that tell who enters, leaves and stays.
//! - [`gestures`]: raised hands, waving, pointing, jumping and more.
//! - [`files`]: bodies as JSON, CSV, BVH and glTF, and clips that play without a sensor.
//! - [`ground`]: where up and the floor are.
//!
//! Units are those of `kinect_azure`: millimetres, microseconds, and the depth camera's axes with x to the right, y down
//! and z forward. Left and right are the person's.

pub mod files;
pub mod filter;
pub mod gestures;
pub mod ground;
mod joints;
pub mod players;
mod random;
pub mod rotation;
pub mod tracker;
pub mod zones;

pub use ground::Ground;

/// The README's example is compiled with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
