//! The settings of the built-in tracker.

use std::path::PathBuf;

use crate::gravity::Gravity;
use crate::onnx::{NetworkSettings, Processor, Turn};

/// Everything that [`BuiltInTracker`](super::BuiltInTracker) is opened with.
#[derive(Clone, Debug, Default)]
pub struct BuiltInSettings {
    /// A folder with other networks (`finder-narrow.onnx`, `finder-wide.onnx` and `poser.onnx`, as `training/` exports them).
    /// `None` = the networks that come with this crate.
    pub networks: Option<PathBuf>,
    /// The library that runs the networks; the other fields are not used.
    pub network: NetworkSettings,
    /// The processor that networks run on.
    pub processor: Processor,
    /// The number of the graphics card, from 0.
    pub device: u32,
    /// How the sensor is turned, which decides what is up while `gravity` is not known.
    pub turn: Turn,
    /// The direction of gravity, from the sensor's inertial samples.
    pub gravity: Gravity,
    /// Whether each person is also looked at in the mirror, and both results are averaged. This takes twice as long and makes
    /// joints a little more exact.
    pub mirrored: bool,
}
