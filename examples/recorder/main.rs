//! Records a sensor with its bodies, in files of a chosen length, and plays the last recording back.
//!
//! Every capture is written as the sensor delivers it, with inertial samples, the calibration and the bodies that the tracker finds. The
//! screen shows time, size, the space that is left, and losses. Files play in the viewer and with the vendor's own tools.
//!
//! ```text
//! cargo run --release --example recorder
//! cargo run --release --example recorder -- --device --minutes 10 --folder /data
//! cargo run --release --example recorder -- --record
//! cargo run --release --example recorder -- --record --folder /tmp --screenshot picture.png --frame 60
//! ```
//!
//! The keys are on the screen and can be clicked. Without `--device`, a simulated sensor shows the visitors of an exhibit.

mod interface;
mod takes;

use std::path::PathBuf;
use std::time::Duration;

use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::device::DeviceSelector;
use bevy_kinect_azure::kinect_azure::recording::wait_for_recorders;
use bevy_kinect_azure::prelude::*;
use clap::Parser;
use kinect_options::{CameraOptions, LibraryOptions, SyncOptions, device_settings};

use kinect_app_support::legend::LegendPlugin;
use kinect_app_support::people::TrackerChoice;
use kinect_app_support::{Canvas, FitPlugin, Show, style};

/// Records a sensor.
#[derive(Parser, Resource, Clone, Debug)]
#[command(name = "recorder")]
struct Options {
    #[command(flatten)]
    show: Show,
    /// A live sensor: the one with this serial number, or the first that no program uses.
    #[arg(long, value_name = "SERIAL", num_args = 0..=1, conflicts_with = "file")]
    device: Option<Option<String>>,
    #[command(flatten)]
    library: LibraryOptions,
    #[command(flatten)]
    cameras: CameraOptions,
    #[command(flatten)]
    sync: SyncOptions,
    /// The body tracker whose bodies are recorded.
    #[arg(long, value_enum, default_value_t)]
    tracker: TrackerChoice,
    /// The folder for recordings.
    #[arg(long, default_value = ".", value_name = "FOLDER")]
    folder: PathBuf,
    /// The minutes after which another file begins.
    #[arg(long, default_value_t = 10.0, value_name = "MINUTES", value_parser = minutes)]
    minutes: f64,
    /// Begin with a recording.
    #[arg(long)]
    record: bool,
}

fn minutes(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|minutes| (0.05..=1440.0).contains(minutes))
        .ok_or_else(|| format!("{text} is not a number of minutes from 0.05 to 1440"))
}

/// How long the end of the program waits for the disk.
const PATIENCE: Duration = Duration::from_secs(30);

fn main() -> AppExit {
    let mut options = Options::parse();
    if options.show.clip().is_some() {
        eprintln!("A clip of bodies has no images to record: give a recording (.mkv), or no file.");
        return AppExit::error();
    }
    // A recording grows from capture to capture.
    options.show.plays = true;
    let Some(mut app) = options.show.app("recorder", "Recorder") else {
        return AppExit::error();
    };
    app.add_plugins((KinectAzurePlugin, FitPlugin, LegendPlugin))
        .insert_resource(ClearColor(style::BACKGROUND))
        .insert_resource(options)
        .init_resource::<takes::Takes>()
        .add_systems(Startup, (open, interface::spawn).chain())
        .add_systems(
            Update,
            (
                takes::press,
                takes::rotate,
                takes::play_back,
                interface::tell,
                interface::blink,
            )
                .chain(),
        );
    let exit = app.run();
    // Files are finished on a thread of their own.
    if !wait_for_recorders(PATIENCE) {
        eprintln!("The disk is still busy: the last recording may lack its end.");
    }
    exit
}

/// The sensor, and the outputs on the screen.
#[derive(Resource)]
struct Scene {
    sensor: Entity,
    /// What the sensor shows when nothing is played back.
    live: SensorSource,
    color: Entity,
    depth: Entity,
}

fn open(mut commands: Commands, options: Res<Options>, canvas: Res<Canvas>) {
    let live = match (&options.show.file, &options.device) {
        (Some(file), _) => SensorSource::recording(file),
        (None, Some(serial)) => {
            let device = serial
                .clone()
                .map_or(DeviceSelector::FirstFree, DeviceSelector::Serial);
            SensorSource::Device(device_settings(
                device,
                &options.library,
                &options.cameras,
                &options.sync,
            ))
        }
        (None, None) => SensorSource::Simulation(SimulationSettings {
            // Every capture is recorded, also those that the screen is too slow for.
            every_capture: true,
            ..default()
        }),
    };
    let sensor = commands
        .spawn((
            KinectSensor::new(live.clone()),
            BodyTracking::new(Tracker::from(options.tracker)),
            Recorder {
                active: options.record,
                path: takes::path(&options.folder, 1),
                ..default()
            },
            Playback {
                paused: options.show.screenshot.is_some(),
                ..default()
            },
        ))
        .id();
    let mut output = |output: ImageOutput| commands.spawn((output, ImageOutputOf(sensor))).id();
    let scene = Scene {
        sensor,
        live,
        color: output(ImageOutput::new(ImageKind::Color)),
        depth: output(ImageOutput::new(ImageKind::Depth).false_color()),
    };
    commands.insert_resource(scene);
    commands.spawn((Camera2d, IsDefaultUiCamera, canvas.target()));
}
