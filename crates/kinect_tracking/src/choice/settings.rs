//! The settings of a tracker.

use std::path::PathBuf;

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;

use crate::onnx::NetworkSettings;
use crate::tracker::TruthNoise;

/// The tracker that finds the people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum Tracker {
    /// The first of these trackers that can be used: the vendor's tracker, an ONNX model, the built-in tracker, the bodies that
    /// come with the captures.
    #[default]
    Auto,
    /// The vendor's `libk4abt`, which is loaded at run time.
    Vendor,
    /// An ONNX model: the file that [`TrackerSettings::model`] names, or a model in the model folder.
    Onnx,
    /// The built-in tracker, which finds people in depth images with networks of this project.
    BuiltIn,
    /// The bodies that come with the captures: a simulation's ground truth, or the body track of a recording.
    Truth,
}

/// The processor that a network runs on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum ProcessingMode {
    /// A graphics card, with the fastest library that is installed; the processor if there is none.
    #[default]
    Gpu,
    /// The CPU.
    Cpu,
    /// An NVIDIA graphics card through CUDA.
    Cuda,
    /// An NVIDIA graphics card through TensorRT.
    TensorRt,
    /// Any graphics card on Windows through DirectML.
    DirectMl,
}

/// How the sensor is mounted, seen from behind it. Trackers turn the images upright before they look for people; joints
/// stay in the depth camera's axes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum SensorOrientation {
    /// Upright.
    #[default]
    Default,
    /// Turned by 90° clockwise.
    Clockwise90,
    /// Turned by 90° counter-clockwise.
    CounterClockwise90,
    /// Upside down.
    Flip180,
}

/// The tracker, and how it runs.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct TrackerSettings {
    /// The tracker that finds the people.
    pub tracker: Tracker,
    /// The file of the network: an ONNX model, or for the vendor's tracker 1.1 one of the vendor's models; or a folder with
    /// networks for the built-in tracker. `None` = the vendor's standard model, an ONNX model in the model folder, or the networks
    /// that come with this crate.
    pub model: Option<PathBuf>,
    /// How ONNX models are run, and the model that finds people for models that look at one person.
    pub network: NetworkSettings,
    /// The processor that the network runs on.
    pub processing_mode: ProcessingMode,
    /// The number of the graphics card, from 0.
    pub gpu_device: u32,
    /// How the sensor is mounted.
    pub orientation: SensorOrientation,
    /// Whether the built-in tracker also looks at each person in the mirror and averages both results. This takes twice as long
    /// and makes joints a little more exact.
    pub mirrored: bool,
    /// How much the vendor's tracker smooths joints over time, 0 (not at all) to 1.
    pub vendor_smoothing: f32,
    /// The errors that are added to ground truth, for tests.
    pub truth_noise: TruthNoise,
}
