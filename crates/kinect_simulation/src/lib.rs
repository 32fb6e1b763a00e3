//! A simulated Azure Kinect: people in a room, seen through its lenses, with its noise and with ground truth.
//!
//! - [`SimulatedSensor`] is a [`CaptureSource`](kinect_azure::CaptureSource) like a device or a recording;
//!   [`SimulationSettings`] say what is simulated. The same settings give the same bytes on every machine.
//! - [`Scenario`] chooses the people's actions, [`Noise`] the sensor's errors, [`Mount`] the sensor's position.
//! - Several sensors can look at the same room and people from different places: see [`SimulationSettings::sensor`] and
//!   [`SimulationSettings::shared_time`].
//! - [`SimulatedSensor::in_lockstep`] lets an app's own time drive the simulation.
//! - [`SimulatedPeople`] are the people of a simulation without images; [`Mannequin`] is the surface of one, to be written as
//!   a model.
//! - [`jpeg`] encodes colour images like the camera's.
//!
//! Captures have the vendor's units and axes like everything in [`kinect_azure`]. Inside, the world is measured in
//! metres, in right-handed axes with y up and the floor at y = 0; the sensor stands near the origin and looks along −z.

mod encode;
mod frame;
mod imu;
pub mod jpeg;
mod motion;
mod noise;
mod people;
mod person;
mod random;
mod render;
mod rig;
mod room;
mod sampler;
mod sensor;
mod settings;
#[cfg(test)]
mod sheets;
mod surface;
mod timing;
mod together;
mod truth;
// Other systems' sines and powers differ in the last bit.
#[cfg(all(test, target_os = "linux", target_env = "gnu", target_arch = "x86_64"))]
mod unchanged;
mod world;

pub use motion::{ClipError, MotionKind, Scenario, SkeletonClip, UnknownScenario};
pub use noise::{Noise, NoiseStrength};
pub use people::SimulatedPeople;
pub use person::Mannequin;
pub use rig::built_in_calibration;
pub use sensor::SimulatedSensor;
pub use settings::{Mount, SimulationSettings, Variety};
