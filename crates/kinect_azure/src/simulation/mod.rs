//! A simulated sensor: people in a room, seen through the real lens, with ground truth.
//!
//! The world counts metres in right-handed axes with y up; the floor is y = 0. The sensor stands near the origin and
//! looks towards −z. What leaves the simulation has the vendor's units and axes like everything else.
//!
//! - [`person`]: what people are: proportions, looks, a skinned surface, poses.

#![allow(dead_code, reason = "the parts that use each other come one by one")]

pub(crate) mod encode;
pub(crate) mod frame;
mod imu;
mod lockstep;
pub mod motion;
pub mod noise;
pub mod person;
pub(crate) mod random;
pub(crate) mod render;
pub(crate) mod rig;
pub(crate) mod room;
mod sensor;
mod settings;
#[cfg(test)]
mod sheets;
pub(crate) mod surface;
mod timing;
mod truth;
mod world;

pub use lockstep::LockstepClock;
pub use motion::{MotionKind, Scenario};
pub use noise::Noise;
pub use person::Person;
pub use rig::built_in_calibration;
pub use sensor::SimulatedSensor;
pub use settings::{Mount, SimulationSettings};
