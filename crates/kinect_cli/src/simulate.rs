//! `kinect simulate`: a recording of a simulated sensor, with the ground truth beside it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;
use kinect_azure::recording::{RecordingSettings, RecordingWriter};
use kinect_azure::{
    BodyFrame, BodyIndexImage, CaptureSource, ColorFormat, ColorResolution, DepthMode, FrameRate,
    Joint, NextCapture, PlaybackControl,
};
use kinect_simulation::{Mount, Noise, Scenario, SimulatedSensor, SimulationSettings};
use serde::Serialize;

use crate::files::PartFile;
use crate::modes::{color_format, color_resolution, depth_mode, frame_rate};
use crate::terminal::{Progress, plural, print, printable};

/// What `--help` says behind the options.
pub(crate) const HELP: &str = "\
The recording is what the vendor's recorder would have written: every program that reads k4arecorder's files plays it. The \
same arguments give the same bytes, whatever the machine's number of processors.

Ground truth (.json): `joints` names the 32 joints; each of `captures` has `device_timestamp_usec` (the depth image's) and \
`bodies`, each with `id` and `joints`, each of them [x, y, z in mm, qw, qx, qy, qz, confidence], in the depth camera's axes \
as the vendor's body tracker gives them (confidence 0: outside the image, 1: hidden, 2: seen). `body_index` has `width`, \
`height` and `runs`: pairs of a value (place in `bodies`, 255: nobody) and how many pixels in a row have it.";

#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    /// The recording to write (.mkv)
    #[arg(long, value_name = "FILE.mkv")]
    out: PathBuf,
    /// Where to write the ground truth; default: beside the recording, ending in .json
    #[arg(long, value_name = "FILE.json")]
    truth: Option<PathBuf>,
    /// What the people do
    #[arg(long, default_value = "exhibit", value_parser = scenario, long_help = scenario_help())]
    scenario: Scenario,
    /// A clip of the vendor's body tracker that drives the people (.csv), instead of a scenario
    #[arg(long, value_name = "FILE.csv", conflicts_with = "scenario")]
    clip: Option<PathBuf>,
    /// How many people, 0 to 6
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(0..=6))]
    people: u32,
    /// Which room and which people
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How long, in seconds
    #[arg(long, default_value_t = 5.0, value_parser = seconds)]
    seconds: f64,
    /// Depth mode: NFOV_2X2BINNED, NFOV_UNBINNED, WFOV_2X2BINNED, WFOV_UNBINNED, PASSIVE_IR or OFF
    #[arg(long, default_value = "NFOV_UNBINNED", value_parser = depth_mode)]
    depth_mode: DepthMode,
    /// Colour resolution: 720P, 1080P, 1440P, 1536P, 2160P, 3072P or OFF
    #[arg(long, default_value = "720P", value_parser = color_resolution)]
    color_resolution: ColorResolution,
    /// Colour format: MJPG, NV12, YUY2 or BGRA
    #[arg(long, default_value = "MJPG", value_parser = color_format)]
    color_format: ColorFormat,
    /// Captures per second: 5, 15 or 30
    #[arg(long, default_value = "30", value_parser = frame_rate)]
    fps: FrameRate,
    /// A real sensor's factory calibration (.json), instead of the built-in one
    #[arg(long, value_name = "FILE.json")]
    calibration: Option<PathBuf>,
    /// Height of the sensor above the floor, in metres
    #[arg(long, default_value_t = Mount::default().height, value_parser = metres)]
    height: f32,
    /// How far the sensor looks down, in degrees
    #[arg(long, default_value_t = Mount::default().tilt_degrees, allow_negative_numbers = true, value_parser = degrees)]
    tilt: f32,
    /// A perfect sensor: no noise, no dropped frames
    #[arg(long)]
    no_noise: bool,
    /// Leave the inertial samples out
    #[arg(long)]
    no_imu: bool,
}

impl SimulateArgs {
    fn settings(&self) -> SimulationSettings {
        SimulationSettings {
            scenario: match &self.clip {
                Some(clip) => Scenario::Clip(clip.clone()),
                None => self.scenario.clone(),
            },
            people: self.people,
            seed: self.seed,
            noise: if self.no_noise {
                Noise::none()
            } else {
                Noise::default()
            },
            depth_mode: self.depth_mode,
            color_resolution: self.color_resolution,
            color_format: self.color_format,
            frame_rate: self.fps,
            imu: !self.no_imu,
            mount: Mount {
                height: self.height,
                tilt_degrees: self.tilt,
                ..Mount::default()
            },
            calibration: self.calibration.clone(),
            ..SimulationSettings::default()
        }
    }
}

pub(crate) fn run(args: &SimulateArgs) -> Result<ExitCode, String> {
    let started = Instant::now();
    let truth_path = args
        .truth
        .clone()
        .unwrap_or_else(|| args.out.with_extension("json"));
    if truth_path == args.out {
        return Err(format!(
            "{} cannot be both the recording and the ground truth: give --truth another name",
            args.out.display()
        ));
    }
    let progress = Progress::new("simulating");
    let mut sensor = SimulatedSensor::new(&args.settings())
        .map_err(|error| error.to_string())?
        .as_fast_as_possible();
    let settings = RecordingSettings {
        tags: vec![("SIMULATION_SEED".to_owned(), args.seed.to_string())],
        ..RecordingSettings::of(&sensor)
    };
    let mut recording =
        RecordingWriter::create(&args.out, settings).map_err(|error| error.to_string())?;
    let mut truth = TruthFile::create(&truth_path, args)?;

    let end_usec = (args.seconds * 1e6) as u64;
    let mut captures = 0;
    loop {
        match sensor.next_capture(Duration::from_secs(1)) {
            Ok(NextCapture::Capture(capture)) => {
                let usec = sensor.position_usec();
                // A period of 33 333 µs comes 10 µs short of a second.
                if captures > 0 && usec + 100 >= end_usec {
                    break;
                }
                recording
                    .write_capture(&capture)
                    .map_err(|error| error.to_string())?;
                if let Some(of_capture) = &capture.ground_truth {
                    truth.write(of_capture)?;
                }
                captures += 1;
                progress.set(usec as f64 / end_usec as f64);
            }
            Ok(NextCapture::Timeout) => {}
            Ok(NextCapture::End) => break,
            Err(error) => return Err(error.to_string()),
        }
        while let Some(sample) = sensor
            .next_imu_sample()
            .map_err(|error| error.to_string())?
        {
            recording
                .write_imu_sample(&sample)
                .map_err(|error| error.to_string())?;
        }
    }
    recording.finish().map_err(|error| error.to_string())?;
    truth.finish()?;
    drop(progress);
    let size = std::fs::metadata(&args.out).map_or(0, |file| file.len());
    print(&printable(&format!(
        "{} ({:.1} MiB) in {} and the truth in {}, in {:.1} s\n",
        plural(captures, "capture"),
        size as f64 / f64::from(1 << 20),
        args.out.display(),
        truth_path.display(),
        started.elapsed().as_secs_f64()
    )))
}

/// The JSON file with the ground truth, written capture by capture.
struct TruthFile {
    file: PartFile,
    captures: u64,
}

#[derive(Serialize)]
struct TrueCapture<'a> {
    device_timestamp_usec: u64,
    bodies: Vec<TrueBody>,
    body_index: TrueIndex<'a>,
}

#[derive(Serialize)]
struct TrueBody {
    id: u32,
    joints: Vec<(f32, f32, f32, f32, f32, f32, f32, u8)>,
}

#[derive(Serialize)]
struct TrueIndex<'a> {
    width: u32,
    height: u32,
    #[serde(serialize_with = "runs")]
    runs: &'a [u8],
}

impl TruthFile {
    fn create(path: &Path, args: &SimulateArgs) -> Result<Self, String> {
        let mut file = PartFile::create(path.to_owned()).map_err(|error| error.to_string())?;
        let joints = Joint::ALL.map(Joint::name);
        let joints = serde_json::to_string(&joints).map_err(|error| error.to_string())?;
        let scenario = serde_json::to_string(&args.settings().scenario.to_string())
            .map_err(|error| error.to_string())?;
        let head = format!(
            "{{\"version\":1,\"scenario\":{scenario},\"seed\":{},\n\"joints\":{joints},\n\"captures\":[",
            args.seed
        );
        file.write(head.as_bytes())
            .map_err(|error| error.to_string())?;
        Ok(Self { file, captures: 0 })
    }

    fn write(&mut self, truth: &BodyFrame) -> Result<(), String> {
        let bodies = truth.bodies.iter().map(|body| TrueBody {
            id: body.id,
            joints: body
                .joints
                .iter()
                .map(|joint| {
                    // A hundredth of a millimetre is finer than anything that is measured.
                    let [x, y, z] = joint.position.map(|v| (v * 100.0).round() / 100.0);
                    let [qw, qx, qy, qz] = joint.orientation.map(|v| (v * 1e5).round() / 1e5);
                    (x, y, z, qw, qx, qy, qz, joint.confidence as u8)
                })
                .collect(),
        });
        let map = truth.index_map.as_ref();
        let capture = TrueCapture {
            device_timestamp_usec: truth.device_timestamp_usec,
            bodies: bodies.collect(),
            body_index: TrueIndex {
                width: map.map_or(0, BodyIndexImage::width),
                height: map.map_or(0, BodyIndexImage::height),
                runs: map.map_or(&[], BodyIndexImage::pixels),
            },
        };
        let text = serde_json::to_string(&capture).map_err(|error| error.to_string())?;
        let separator = if self.captures == 0 { "\n" } else { ",\n" };
        self.captures += 1;
        self.file
            .write(separator.as_bytes())
            .and_then(|()| self.file.write(text.as_bytes()))
            .map_err(|error| error.to_string())
    }

    fn finish(mut self) -> Result<(), String> {
        self.file
            .write(b"\n]}\n")
            .and_then(|()| self.file.finish())
            .map_err(|error| error.to_string())
    }
}

/// Pixels as pairs of a value and how often it comes in a row.
fn runs<S: serde::Serializer>(pixels: &&[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(
        pixels
            .chunk_by(|a, b| a == b)
            .map(|run| (run[0], run.len())),
    )
}

fn scenario(text: &str) -> Result<Scenario, String> {
    text.parse().map_err(|error| format!("{error}"))
}

fn scenario_help() -> String {
    format!(
        "What the people do: {}",
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
