//! Body tracking without an engine: trackers, players, filters, rotations, zones, gestures and files.
//!
//! A [`BodyTracker`](tracker::BodyTracker) turns a capture into a body frame. The other modules work on body frames,
//! and each can be used without the others:
//!
//! - [`tracker`]: the trait of all trackers, the thread that runs a tracker, and the tracker that returns a
//!   simulation's ground truth.
//! - [`vendor`]: the vendor's body tracker.
//! - [`choice`]: the settings of trackers, and the rule that chooses one.
//! - [`built_in`]: the body tracker that comes with this crate: two networks on depth images.
//! - [`onnx`]: body tracking with ONNX models.
//! - [`pose2d`]: people as a network sees them in a picture, before they are lifted by the depth image.
//! - [`lift`]: from joints in a picture and the depth image to bodies of 32 joints.
//! - [`players`]: follows bodies from frame to frame as players, in slots that never shift.
//! - [`filter`]: steadier joints, velocities, prediction, bones of constant length, repaired flips.
//! - [`rotation`]: rotations relative to the parent joint, Euler angles without jumps, the joints' reference frames.
//! - [`zones`]: volumes in the room, with events when players enter, stay and leave.
//! - [`gestures`]: raised hands, waving, pointing, jumping and more.
//! - [`standing`]: feet on the floor and in the air, and how tall people are.
//! - [`hands`]: open and closed hands, grips, and cursors.
//! - [`crop`]: the views of a depth image that networks see.
//! - [`files`]: bodies as JSON, CSV, BVH and glTF, and clips that play without a sensor.
//! - [`ground`]: the upward direction and the floor.
//! - [`floor`]: finds the floor in depth images.
//!
//! Units are those of `kinect_azure`: millimetres, microseconds, and the depth camera's axes with x to the right, y down
//! and z forward. Left and right are the person's.

mod box2;
#[cfg(feature = "onnx")]
pub mod built_in;
pub mod choice;
pub mod crop;
pub mod files;
pub mod filter;
pub mod floor;
pub mod gestures;
mod gravity;
pub mod ground;
pub mod hands;
mod joints;
pub mod lift;
mod median;
pub mod onnx;
pub mod players;
pub mod pose2d;
mod random;
pub mod rotation;
pub mod standing;
pub mod tracker;
pub mod vendor;
pub mod zones;

pub use box2::Box2;
pub use gravity::Gravity;
pub use ground::Ground;

/// The README's snippets, compiled as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
