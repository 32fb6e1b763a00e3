//! The command line of examples that need people: the source of the people, and the mounting of the sensor.

use std::path::PathBuf;

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use clap::{Args, ValueEnum};

use crate::show::Show;

/// Height in metres and tilt in degrees of simulated sensors, and by default of the sensors that made files.
const HEIGHT: f32 = 1.3;
const TILT: f32 = 10.0;

/// Options of an example that shows people.
#[derive(Args, Clone, Debug)]
pub struct People {
    /// The body tracker.
    #[arg(long, value_enum, default_value_t)]
    pub tracker: TrackerChoice,
    /// The height above the floor, in metres, of the sensor that made the file.
    #[arg(long, default_value_t = HEIGHT, value_name = "METRES", requires = "file")]
    pub height: f32,
    /// The angle by which the sensor that made the file was tilted down, in degrees.
    #[arg(
        long,
        default_value_t = TILT,
        allow_negative_numbers = true,
        value_name = "DEGREES",
        requires = "file"
    )]
    pub tilt: f32,
}

/// A body tracker, as it is named on the command line.
#[derive(ValueEnum, Clone, Copy, Debug, Default)]
pub enum TrackerChoice {
    /// The best tracker that can be used.
    #[default]
    Auto,
    /// The vendor's library.
    Vendor,
    /// An ONNX model.
    Onnx,
    /// The built-in tracker.
    BuiltIn,
    /// The truth of a simulation, or the body track of a recording.
    Truth,
}

impl From<TrackerChoice> for Tracker {
    fn from(choice: TrackerChoice) -> Self {
        match choice {
            TrackerChoice::Auto => Self::Auto,
            TrackerChoice::Vendor => Self::Vendor,
            TrackerChoice::Onnx => Self::Onnx,
            TrackerChoice::BuiltIn => Self::BuiltIn,
            TrackerChoice::Truth => Self::Truth,
        }
    }
}

impl People {
    /// Spawns the entity that tracks people: a clip of bodies without a sensor, a recording, or this simulated sensor.
    /// The entity has the height and the tilt of the options; the floor is at y = 0.
    pub fn spawn(&self, commands: &mut Commands, show: &Show, simulated: KinectSensor) -> Entity {
        let place = Transform::from_xyz(0.0, self.height, 0.0)
            .with_rotation(Quat::from_rotation_x(-self.tilt.to_radians()));
        if let Some(clip) = show.clip() {
            return commands.spawn((BodyTracking::clip(clip), place)).id();
        }
        let sensor = match &show.file {
            Some(file) => KinectSensor::recording(file),
            None => simulated,
        };
        let tracking = BodyTracking::new(Tracker::from(self.tracker));
        let playback = Playback {
            paused: show.screenshot.is_some(),
            ..default()
        };
        commands.spawn((sensor, tracking, playback, place)).id()
    }
}

impl Show {
    /// The file, if it is a clip of bodies (.json or .csv), which needs no sensor.
    pub fn clip(&self) -> Option<&PathBuf> {
        let is_clip = |file: &&PathBuf| {
            let extension = file.extension().unwrap_or_default();
            ["json", "csv"].iter().any(|known| extension == *known)
        };
        self.file.as_ref().filter(is_clip)
    }
}
