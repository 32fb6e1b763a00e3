//! The options of `--only bodies`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use kinect_tracking::choice::{ProcessingMode, SensorOrientation, Tracker, TrackerSettings};
use kinect_tracking::files::BodyFormat;
use kinect_tracking::filter::{FilterPreset, FilterSettings, KinectSmoothing, PositionSmoothing};

/// How people are found, filtered and written.
#[derive(Debug, Args)]
#[command(next_help_heading = "Bodies (with --only bodies)")]
pub(crate) struct BodyOptions {
    /// The body tracker that finds the people [default: auto]
    #[arg(long, value_enum, value_name = "TRACKER")]
    tracker: Option<TrackerName>,
    /// The network: the file of an ONNX model or of one of the vendor's models, or a folder with networks for the built-in tracker
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// The processor that runs the network [default: gpu]
    #[arg(long, value_enum, value_name = "PROCESSOR")]
    processing: Option<Processing>,
    /// The number of the graphics card, from 0 [default: 0]
    #[arg(long, value_name = "N")]
    gpu: Option<u32>,
    /// How the sensor was mounted, seen from behind it [default: upright]
    #[arg(long, value_enum, value_name = "HOW")]
    orientation: Option<Orientation>,
    /// The built-in tracker also looks at people in the mirror: slower, a little more exact
    #[arg(long)]
    mirrored: bool,
    /// The format of the files [default: json]
    #[arg(long, value_enum, value_name = "FORMAT")]
    bodies_format: Option<Format>,
    /// The filter that makes joints steadier [default: raw]
    #[arg(long, value_enum, value_name = "FILTER")]
    filter: Option<Filter>,
    /// Numbers people as the app numbers players
    ///
    /// A person who is hidden for up to 3 s keeps the id.
    ///
    /// A body that is seen for less than 0.4 s counts as a mistake of the tracker and is left out.
    #[arg(long)]
    stable_ids: bool,
}

/// The names of the trackers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TrackerName {
    /// The first that can be used: the vendor's tracker, an ONNX model, the built-in tracker, the bodies in the recording
    Auto,
    /// The vendor's body tracker (libk4abt), which must be installed
    Vendor,
    /// An ONNX model: that of --model, or one in the model folder
    Onnx,
    /// The built-in tracker, which needs depth images alone
    BuiltIn,
    /// The bodies in the recording: its body track, which simulations have
    Truth,
}

/// The names of the processors.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Processing {
    /// A graphics card, with the fastest library that is installed
    Gpu,
    /// The processor
    Cpu,
    /// An NVIDIA graphics card through CUDA
    Cuda,
    /// An NVIDIA graphics card through TensorRT
    Tensorrt,
    /// Any graphics card on Windows through DirectML
    Directml,
}

/// The names of the orientations.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Orientation {
    /// Upright
    Upright,
    /// Turned by 90° clockwise
    Clockwise,
    /// Turned by 90° counter-clockwise
    Counterclockwise,
    /// Upside down
    UpsideDown,
}

/// The names of the formats.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// All bodies in bodies.json
    Json,
    /// bodies-ID.csv for each body
    Csv,
    /// bodies-ID.bvh for each body, for animation programs
    Bvh,
    /// bodies-ID.glb for each body: a glTF animation of a skeleton
    Gltf,
}

/// The names of the filters.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Filter {
    /// Joints as the tracker found them
    Raw,
    /// For things that follow the body closely: 60 % of the jitter, 10 to 40 ms late
    Light,
    /// For things that should look calm: 39 % of the jitter, 30 to 110 ms late
    Calm,
    /// For slow, heavy images: 21 % of the jitter, 140 to 440 ms late
    Sculpture,
    /// The smoothing of the Kinect for Windows SDK with its own defaults
    Kinect,
}

impl BodyOptions {
    /// The reason that these options cannot be used; `bodies` says whether bodies are exported.
    pub(super) fn problem(&self, bodies: bool) -> Option<String> {
        let of_network = [
            ("--model", self.model.is_some()),
            ("--processing", self.processing.is_some()),
            ("--gpu", self.gpu.is_some()),
            ("--orientation", self.orientation.is_some()),
            ("--mirrored", self.mirrored),
        ];
        let others = [
            ("--tracker", self.tracker.is_some()),
            ("--bodies-format", self.bodies_format.is_some()),
            ("--filter", self.filter.is_some()),
            ("--stable-ids", self.stable_ids),
        ];
        let first = |options: &[(&'static str, bool)]| {
            let given = options.iter().find(|(_, is_given)| *is_given);
            given.map(|(name, _)| *name)
        };
        if !bodies {
            let name = first(&others).or_else(|| first(&of_network))?;
            return Some(format!(
                "{name} is for bodies, which are not exported: add --only bodies, or leave out {name}"
            ));
        }
        if self.tracker == Some(TrackerName::Truth) {
            let name = first(&of_network)?;
            return Some(format!(
                "--tracker truth reads the bodies in the recording and runs no network: leave out {name}, or choose \
                 another tracker"
            ));
        }
        None
    }

    /// The settings of the tracker.
    pub(super) fn tracker_settings(&self) -> TrackerSettings {
        TrackerSettings {
            tracker: match self.tracker {
                None | Some(TrackerName::Auto) => Tracker::Auto,
                Some(TrackerName::Vendor) => Tracker::Vendor,
                Some(TrackerName::Onnx) => Tracker::Onnx,
                Some(TrackerName::BuiltIn) => Tracker::BuiltIn,
                Some(TrackerName::Truth) => Tracker::Truth,
            },
            model: self.model.clone(),
            processing_mode: match self.processing {
                None | Some(Processing::Gpu) => ProcessingMode::Gpu,
                Some(Processing::Cpu) => ProcessingMode::Cpu,
                Some(Processing::Cuda) => ProcessingMode::Cuda,
                Some(Processing::Tensorrt) => ProcessingMode::TensorRt,
                Some(Processing::Directml) => ProcessingMode::DirectMl,
            },
            gpu_device: self.gpu.unwrap_or(0),
            orientation: match self.orientation {
                None | Some(Orientation::Upright) => SensorOrientation::Default,
                Some(Orientation::Clockwise) => SensorOrientation::Clockwise90,
                Some(Orientation::Counterclockwise) => SensorOrientation::CounterClockwise90,
                Some(Orientation::UpsideDown) => SensorOrientation::Flip180,
            },
            mirrored: self.mirrored,
            ..TrackerSettings::default()
        }
    }

    /// Whether the tracker may be the vendor's, whose libraries print to the standard output.
    pub(super) fn uses_libraries(&self) -> bool {
        !matches!(
            self.tracker,
            Some(TrackerName::Onnx | TrackerName::BuiltIn | TrackerName::Truth)
        )
    }

    /// The file of the network.
    pub(super) fn model(&self) -> Option<&Path> {
        self.model.as_deref()
    }

    /// The format of the files.
    pub(super) fn format(&self) -> BodyFormat {
        match self.bodies_format {
            None | Some(Format::Json) => BodyFormat::Json,
            Some(Format::Csv) => BodyFormat::Csv,
            Some(Format::Bvh) => BodyFormat::Bvh,
            Some(Format::Gltf) => BodyFormat::Gltf,
        }
    }

    /// The settings of the filter; `None` = joints as the tracker found them.
    pub(super) fn filter_settings(&self) -> Option<FilterSettings> {
        let preset = match self.filter? {
            Filter::Raw => return None,
            Filter::Light => FilterPreset::Light,
            Filter::Calm => FilterPreset::Calm,
            Filter::Sculpture => FilterPreset::Sculpture,
            Filter::Kinect => {
                return Some(FilterSettings {
                    positions: PositionSmoothing::Kinect(KinectSmoothing::default()),
                    ..FilterPreset::Raw.into()
                });
            }
        };
        Some(preset.into())
    }

    /// Whether people are numbered as players.
    pub(super) const fn stable_ids(&self) -> bool {
        self.stable_ids
    }
}
