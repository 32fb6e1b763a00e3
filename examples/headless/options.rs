//! The command line.

use std::path::PathBuf;

use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::device::DeviceSelector;
use bevy_kinect_azure::kinect_azure::{ColorResolution, DepthMode, FrameRate};
use bevy_kinect_azure::prelude::*;
use clap::Parser;
use kinect_app_support::people::TrackerChoice;
use kinect_options::{CameraOptions, LibraryOptions, SyncOptions, device_settings};

/// Counts the people in front of a sensor, without a window.
#[derive(Parser, Resource, Clone, Debug)]
#[command(name = "headless")]
pub(crate) struct Options {
    /// The recording (.mkv) to play; without one, a simulated sensor shows the visitors of an exhibit.
    pub(crate) file: Option<PathBuf>,
    /// A live sensor: the one with this serial number, or the first that no program uses.
    #[arg(long, value_name = "SERIAL", num_args = 0..=1, conflicts_with = "file")]
    pub(crate) device: Option<Option<String>>,
    #[command(flatten)]
    pub(crate) library: LibraryOptions,
    #[command(flatten)]
    pub(crate) cameras: CameraOptions,
    #[command(flatten)]
    pub(crate) sync: SyncOptions,
    /// The body tracker.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) tracker: TrackerChoice,
    /// A zone on the floor, as NAME=X,Z,X,Z: two opposite corners in metres; the sensor is at 0,0 and looks along −z. May be given
    /// several times.
    #[arg(
        long = "zone",
        value_name = "NAME=X,Z,X,Z",
        value_parser = zone,
        allow_hyphen_values = true,
        default_values = ["near=-1.5,-2.4,1.5,-0.5", "far=-2.5,-5,2.5,-2.4"]
    )]
    pub(crate) zones: Vec<FloorZone>,
    /// Print each report as a line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// A file that always has the newest report as JSON; it is replaced at once, so that it is never half written.
    #[arg(long, value_name = "FILE.json")]
    pub(crate) status: Option<PathBuf>,
    /// End after so many seconds.
    #[arg(long, value_name = "N")]
    pub(crate) seconds: Option<u64>,
    /// Let the simulation run as fast as it can be computed, at 5 captures a second: an hour takes minutes. A report is printed for
    /// each minute.
    #[arg(long, conflicts_with_all = ["file", "device"])]
    pub(crate) fast: bool,
}

/// A rectangle on the floor.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FloorZone {
    pub(crate) name: String,
    /// Opposite corners (x, z) in metres.
    pub(crate) corners: [Vec2; 2],
}

fn zone(text: &str) -> Result<FloorZone, String> {
    let usage = "write it as door=-1,-3.5,1,-2.5";
    let (name, corners) = text.split_once('=').ok_or(usage)?;
    let numbers: Vec<f32> = corners
        .split(',')
        .map(|number| number.trim().parse().ok().filter(|n: &f32| n.is_finite()))
        .collect::<Option<_>>()
        .ok_or_else(|| format!("{corners} are not four numbers: {usage}"))?;
    let [x0, z0, x1, z1] = numbers[..] else {
        return Err(format!("{corners} are not four numbers: {usage}"));
    };
    if name.is_empty() || x0 == x1 || z0 == z1 {
        return Err(format!("a zone needs a name, a width and a depth: {usage}"));
    }
    Ok(FloorZone {
        name: name.to_owned(),
        corners: [Vec2::new(x0, z0), Vec2::new(x1, z1)],
    })
}

impl Options {
    /// The sensor that the options choose.
    pub(crate) fn sensor(&self) -> KinectSensor {
        match (&self.file, &self.device) {
            (Some(file), _) => KinectSensor::recording(file),
            (None, Some(serial)) => {
                let device = serial
                    .clone()
                    .map_or(DeviceSelector::FirstFree, DeviceSelector::Serial);
                KinectSensor::new(device_settings(
                    device,
                    &self.library,
                    &self.cameras,
                    &self.sync,
                ))
            }
            // Counting people needs no colours.
            (None, None) => KinectSensor::new(SimulationSettings {
                depth_mode: DepthMode::Nfov2x2Binned,
                color_resolution: ColorResolution::Off,
                frame_rate: if self.fast {
                    FrameRate::Fps5
                } else {
                    FrameRate::Fps30
                },
                ..default()
            }),
        }
    }
}
