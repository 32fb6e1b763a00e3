//! The options of `kinect simulate`.

use std::path::{Path, PathBuf};

use clap::Args;
use kinect_azure::FrameRate;
use kinect_simulation::{Mount, Noise, Scenario, SimulationSettings};

use crate::options::{CameraOptions, RecordingOptions};

/// The text after the options in `kinect simulate --help`.
pub(crate) const HELP: &str = "\
The recording is laid out as the vendor's recorder does it: every program that reads k4arecorder's
files plays it. The same options give the same bytes, whatever the machine's number of processors.

Ground truth (NAME.truth.json): `joints` names the 32 joints; each of `captures` has
`device_timestamp_usec` (of the depth image) and `bodies`, each with `id` and `joints`, each of them
[x, y, z in mm, qw, qx, qy, qz, confidence], in the depth camera's axes as the vendor's body tracker
gives them (confidence 0: outside the image, 1: hidden, 2: seen). `body_index` has `width`, `height`
and `runs`: pairs of a value (place in `bodies`, 255: nobody) and how many pixels in a row have it.

Both files have their names once they are whole. Ctrl-C ends the recording early and finishes both;
a second Ctrl-C removes them.

Exit code: 0 when the recording is as long as wanted, 130 when Ctrl-C made it shorter, 1 when it
could not be made or written, 2 for wrong options.";

#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    #[command(flatten)]
    pub(super) recording: RecordingOptions,
    /// Where to write the ground truth [default: beside the recording, as NAME.truth.json]
    #[arg(long, value_name = "FILE.json")]
    pub(super) truth: Option<PathBuf>,
    /// Length of the recording in seconds
    #[arg(long, value_name = "S", default_value_t = 5.0, value_parser = seconds)]
    pub(super) seconds: f64,
    #[command(flatten)]
    cameras: CameraOptions,
    #[command(flatten)]
    scene: SceneOptions,
}

/// The scene and the errors of the simulated sensor.
#[derive(Debug, Args)]
#[command(next_help_heading = "Simulation")]
struct SceneOptions {
    /// The actions of the people
    #[arg(long, default_value = "exhibit", value_parser = scenario, long_help = scenario_help())]
    scenario: Scenario,
    /// A clip of the vendor's body tracker that moves the people (.csv), instead of a scenario
    #[arg(long, value_name = "FILE.csv", conflicts_with = "scenario")]
    clip: Option<PathBuf>,
    /// Number of people, 0 to 6
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(0..=6))]
    people: u32,
    /// Chooses the room and the people: another number, another room and other people
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// A real sensor's factory calibration (.json), instead of the built-in one
    #[arg(long, value_name = "FILE.json")]
    calibration: Option<PathBuf>,
    /// Height of the sensor above the floor, in metres
    #[arg(long, value_name = "M", default_value_t = Mount::default().height, value_parser = metres)]
    height: f32,
    /// How far the sensor is tilted down, in degrees
    #[arg(
        long,
        value_name = "DEGREES",
        default_value_t = Mount::default().tilt_degrees,
        allow_negative_numbers = true,
        value_parser = degrees
    )]
    tilt: f32,
    /// How far the sensor is turned to the right, in degrees
    #[arg(long, value_name = "DEGREES", default_value_t = 0.0, allow_negative_numbers = true, value_parser = turn)]
    turn: f32,
    /// Where the sensor stands, in metres: to the right of the usual place, and behind it
    #[arg(long, value_name = "X,Z", default_value = "0,0", allow_hyphen_values = true, value_parser = place)]
    at: (f32, f32),
    /// Number of the sensor: recordings with the same seed and other numbers are of one room, each with its own noise
    #[arg(long, value_name = "N", default_value_t = 0)]
    sensor: u32,
    /// A perfect sensor: no noise, no dropped frames
    #[arg(long)]
    no_noise: bool,
}

impl SimulateArgs {
    /// The simulated sensor.
    pub(super) fn settings(&self) -> Result<SimulationSettings, String> {
        let (cameras, scene) = (&self.cameras, &self.scene);
        if cameras.fps == FrameRate::Fps25 {
            return Err(
                "only a Femto takes 25 captures per second, and the simulated sensor is an Azure Kinect: use --fps 15 \
                 or 30"
                    .to_owned(),
            );
        }
        Ok(SimulationSettings {
            scenario: match &scene.clip {
                Some(clip) => Scenario::Clip(clip.clone()),
                None => scene.scenario.clone(),
            },
            people: scene.people,
            seed: scene.seed,
            sensor: scene.sensor,
            noise: if scene.no_noise {
                Noise::none()
            } else {
                Noise::default()
            },
            depth_mode: cameras.depth_mode,
            color_resolution: cameras.color_resolution,
            color_format: Some(cameras.color_format),
            frame_rate: cameras.fps,
            imu: !cameras.no_imu,
            mount: Mount {
                height: scene.height,
                tilt_degrees: scene.tilt,
                yaw_degrees: scene.turn,
                x: scene.at.0,
                z: scene.at.1,
                ..Mount::default()
            },
            calibration: scene.calibration.clone(),
            ..SimulationSettings::default()
        })
    }

    /// The files it reads.
    pub(super) fn inputs(&self) -> impl Iterator<Item = &Path> {
        let scene = &self.scene;
        [&scene.calibration, &scene.clip]
            .into_iter()
            .flatten()
            .map(PathBuf::as_path)
    }
}

fn scenario(text: &str) -> Result<Scenario, String> {
    text.parse().map_err(|error| format!("{error}"))
}

fn scenario_help() -> String {
    format!(
        "The people: {}",
        Scenario::names().collect::<Vec<_>>().join(", ")
    )
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds @ 0.001..=86_400.0) => Ok(seconds),
        _ => Err("between 0.001 and 86400".to_owned()),
    }
}

fn metres(text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(metres @ 0.2..=3.0) => Ok(metres),
        _ => Err("between 0.2 and 3".to_owned()),
    }
}

fn degrees(text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(degrees @ -60.0..=60.0) => Ok(degrees),
        _ => Err("between -60 and 60".to_owned()),
    }
}

fn turn(text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(degrees @ -180.0..=180.0) => Ok(degrees),
        _ => Err("between -180 and 180".to_owned()),
    }
}

fn place(text: &str) -> Result<(f32, f32), String> {
    let number = |text: &str, low: f32, high: f32| {
        let metres = text.trim().parse::<f32>().ok();
        metres.filter(|metres| (low..=high).contains(metres))
    };
    text.split_once(',')
        .and_then(|(x, z)| Some((number(x, -10.0, 10.0)?, number(z, -15.0, 1.0)?)))
        .ok_or_else(|| "two numbers of metres: X from -10 to 10, Z from -15 to 1".to_owned())
}
