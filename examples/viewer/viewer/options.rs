//! The command line.

use std::path::PathBuf;

use bevy::prelude::*;
use bevy_kinect_azure::kinect_simulation::{Noise, Scenario, SimulationSettings};
use bevy_kinect_azure::prelude::*;
use clap::Parser;
use kinect_app_support::{Show, parse_angles};
use kinect_options::{CameraOptions, ColorOptions, LibraryOptions, SyncOptions, device_settings};

use super::keys;

/// Shows a live Azure Kinect or Femto, a recording, or a simulated sensor, in a window or in one picture.
///
/// The options of sensors have the same names as those of `kinect record`.
#[derive(Parser, Resource, Clone, Debug)]
#[command(name = "viewer", after_help = keys::HELP)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) show: Show,
    /// More recordings to choose from.
    #[arg(value_name = "MORE.mkv")]
    pub(super) more: Vec<PathBuf>,
    /// A live sensor: the one with this serial number, or the first that no program uses.
    #[arg(long, value_name = "SERIAL", num_args = 0..=1, conflicts_with = "file")]
    pub(super) device: Option<Option<String>>,
    #[command(flatten)]
    pub(super) library: LibraryOptions,
    #[command(flatten)]
    pub(super) cameras: CameraOptions,
    #[command(flatten)]
    pub(super) color: ColorOptions,
    #[command(flatten)]
    pub(super) sync: SyncOptions,
    /// The recording that F9 begins; {date}, {time} and {number} in its name become the date, the time and the first free
    /// number.
    #[arg(
        long,
        value_name = "FILE.mkv",
        default_value = "recording-{date}-{number}.mkv",
        help_heading = "Recording"
    )]
    pub(super) out: PathBuf,
    /// What the simulated people do: exhibit, or a single motion.
    #[arg(
        long,
        default_value = "exhibit",
        conflicts_with = "file",
        help_heading = "Simulation"
    )]
    scenario: Scenario,
    /// Number of simulated people, 0 to 6.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=6), conflicts_with = "file", help_heading = "Simulation")]
    people: u32,
    /// Seed of the simulation: another seed gives other people in another room.
    #[arg(
        long,
        default_value_t = 1,
        conflicts_with = "file",
        help_heading = "Simulation"
    )]
    seed: u64,
    /// A perfect sensor, without noise.
    #[arg(long, conflicts_with = "file", help_heading = "Simulation")]
    no_noise: bool,
    /// Where to look from: yaw and pitch around the scene in degrees.
    #[arg(long, default_value = "14,-8", value_parser = parse_angles, value_name = "YAW,PITCH", allow_hyphen_values = true)]
    pub(super) view: Vec2,
    /// The tab of the panel that is shown at the start: sensor, colour, motion, record or keys.
    #[arg(long, default_value = "sensor")]
    pub(super) tab: super::panel::Tab,
}

impl Options {
    /// The simulated sensor. Its colour images are JPEGs like a real sensor's, so that recordings are small; for a
    /// picture they are uncompressed.
    pub(super) fn simulation(&self) -> SimulationSettings {
        SimulationSettings {
            scenario: self.scenario.clone(),
            people: self.people,
            seed: self.seed,
            noise: if self.no_noise {
                Noise::none()
            } else {
                Noise::default()
            },
            depth_mode: self.cameras.depth_mode,
            color_resolution: self.cameras.color_resolution,
            color_format: self
                .show
                .screenshot
                .is_none()
                .then_some(self.cameras.color_format),
            frame_rate: self.cameras.fps,
            imu: !self.cameras.no_imu,
            ..default()
        }
    }

    /// The modes of live sensors, and the one that `--device` names.
    pub(super) fn live(&self) -> DeviceSettings {
        let serial = self.device.clone().flatten();
        let device = serial.map_or(DeviceSelector::FirstFree, DeviceSelector::Serial);
        device_settings(device, &self.library, &self.cameras, &self.sync)
    }

    /// All recordings that the command line names.
    pub(super) fn recordings(&self) -> Vec<PathBuf> {
        self.show.file.iter().chain(&self.more).cloned().collect()
    }
}
