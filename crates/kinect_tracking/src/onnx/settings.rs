//! The settings of ONNX models.

use std::path::PathBuf;

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;

/// The contract of a model: the input that it takes, and the meaning of its outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum Contract {
    /// RTMPose, Halpe, RTMW: one person in a crop; outputs `simcc_x` and `simcc_y` with 17, 26 or 133 joints.
    SimCc,
    /// ViTPose and others: one person in a crop; one heat map for each of 17, 26 or 133 joints.
    Heatmaps,
    /// MoveNet Lightning or Thunder: one person in a crop; 17 joints.
    MoveNetSingle,
    /// MoveNet MultiPose: up to six people in the whole picture; 17 joints.
    MoveNetMulti,
    /// The detector of BlazePose: people in the whole picture; the hips are the only joints.
    BlazePoseDetector,
    /// The landmarks of BlazePose: one person in a crop; 33 landmarks.
    BlazePose,
    /// RTMO: people in the whole picture; 17 joints.
    Rtmo,
    /// YOLO-pose: people in the whole picture; 17 joints. Ultralytics' models are under the AGPL.
    YoloPose,
}

impl Contract {
    /// All contracts.
    pub const ALL: [Self; 8] = [
        Self::SimCc,
        Self::Heatmaps,
        Self::MoveNetSingle,
        Self::MoveNetMulti,
        Self::BlazePoseDetector,
        Self::BlazePose,
        Self::Rtmo,
        Self::YoloPose,
    ];

    /// The contract's name, for display.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SimCc => "SimCC (RTMPose, Halpe, RTMW)",
            Self::Heatmaps => "heat maps (ViTPose)",
            Self::MoveNetSingle => "MoveNet",
            Self::MoveNetMulti => "MoveNet MultiPose",
            Self::BlazePoseDetector => "BlazePose detector",
            Self::BlazePose => "BlazePose",
            Self::Rtmo => "RTMO",
            Self::YoloPose => "YOLO-pose",
        }
    }

    /// Whether the model looks at a crop of one person. Another model, or the depth image, must find the people.
    pub const fn is_top_down(self) -> bool {
        matches!(
            self,
            Self::SimCc | Self::Heatmaps | Self::MoveNetSingle | Self::BlazePose
        )
    }
}

/// The picture that networks look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum PictureSource {
    /// The picture that the model takes: infrared and colour in one picture for a model whose input has four channels;
    /// for other models infrared, or colour if a capture has no infrared image.
    #[default]
    Auto,
    /// Infrared, whose pixels are those of depth. It works in the dark.
    Infrared,
    /// Colour. Joints are mapped to the depth image through the calibration and the measured depth.
    Color,
    /// Infrared and colour. A model whose input has four channels gets both in one picture, in the depth camera's view.
    /// Another model looks at both pictures, one after the other, which takes twice as long: joints that it sees in the
    /// same place in both pictures are averaged, and of two places it is that of the higher score. A picture
    /// that a capture lacks is left out, and so is a colour image that is too dark.
    Both,
}

/// The library that runs networks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum Runtime {
    /// ONNX Runtime if it is installed, otherwise tract.
    #[default]
    Auto,
    /// An installed ONNX Runtime, version 1.24 or newer.
    Installed,
    /// tract, which is built in and runs on the processor.
    Embedded,
}

/// The processor that a network runs on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum Processor {
    /// A graphics card, with the fastest library that is installed; the processor if there is none.
    #[default]
    Gpu,
    /// The processor.
    Cpu,
    /// An NVIDIA graphics card through CUDA.
    Cuda,
    /// An NVIDIA graphics card through TensorRT.
    TensorRt,
    /// Any graphics card on Windows through DirectML.
    DirectMl,
    /// The neural engine or graphics of an Apple computer through CoreML.
    CoreMl,
}

/// How the sensor is turned, seen from behind it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum Turn {
    /// Upright.
    #[default]
    Upright,
    /// By 90° clockwise.
    Clockwise90,
    /// By 90° counter-clockwise.
    CounterClockwise90,
    /// Upside down.
    Flip180,
}

/// Overrides for the contract and the layout that are recognised from a model's graph. The default overrides nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct ModelLayout {
    /// The contract; `None` = recognised from names and shapes.
    pub contract: Option<Contract>,
    /// The names of the outputs in the order in which the contract lists them (SimCC: x, y; RTMO: boxes, joints;
    /// BlazePose: landmarks, confidence, world; its detector: boxes, scores); empty = recognised from names and shapes.
    pub outputs: Vec<String>,
    /// Width and height of the input in pixels where the graph leaves them open; `None` = the contract's usual size.
    pub input_size: Option<[u32; 2]>,
    /// Whether the order of the channels is blue, green, red; `None` = the contract's usual order.
    pub blue_first: Option<bool>,
}

/// The library that runs networks, the picture that they look at, and the model that finds people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct NetworkSettings {
    /// The file of a model that finds people, for models that look at one person. `None` = one in the model folder.
    pub detector: Option<PathBuf>,
    /// The picture that networks look at.
    pub picture: PictureSource,
    /// The library that runs networks.
    pub runtime: Runtime,
    /// The file of ONNX Runtime's library. `None` = the file that the environment variable `ORT_DYLIB_PATH` names;
    /// without the variable, the file that the system's loader finds. The first file that loads stays for the whole
    /// process.
    pub library: Option<PathBuf>,
    /// Overrides for the recognised contract and layout of the model; those of the detector are always recognised.
    pub layout: ModelLayout,
}

/// The settings with which an [`OnnxTracker`](crate::onnx) is opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnnxSettings {
    /// The model's file. `None` = the best one in the model folder.
    pub model: Option<PathBuf>,
    /// How networks are run.
    pub network: NetworkSettings,
    /// The processor that networks run on.
    pub processor: Processor,
    /// The number of the graphics card, from 0.
    pub device: u32,
    /// How the sensor is turned.
    pub turn: Turn,
}
