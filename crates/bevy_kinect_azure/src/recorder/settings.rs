//! The component that records a sensor.

use std::path::PathBuf;

use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;
use kinect_azure::recording::LiveSettings;

use super::state::{RecorderProgress, RecorderState};
use crate::presence;

/// Records what a sensor delivers to a Matroska file that the vendor's player and tools read: every capture as it came
/// (JPEGs as JPEGs), every inertial sample, the calibration.
///
/// Put it on a sensor's entity, before or after the sensor is open:
///
/// ```
/// # use bevy::prelude::*;
/// # use bevy_kinect_azure::prelude::*;
/// # fn setup(mut commands: Commands) {
/// commands.spawn((
///     KinectSensor::simulated(),
///     Recorder::new("visitors-{date}-{number}.mkv"),
/// ));
/// # }
/// fn stop(mut recorders: Query<&mut Recorder>) {
///     for mut recorder in &mut recorders {
///         recorder.active = false;
///     }
/// }
/// ```
///
/// **Simulated sensors.** One whose settings leave the colour format open delivers MJPG if its recorder is there, and active,
/// when the sensor is started; its BGRA images would take some 7 GB a minute. A recorder that is added later records the
/// format that the sensor has. [`RecorderProgress::megabytes_per_minute`] says how much space is needed.
///
/// **Ending.** Switching it off, removing it or despawning the sensor has what waits written and the file finished on
/// the recorder's own thread. So does the end of the app, but threads end with the process: call
/// [`wait_for_recorders`](kinect_azure::recording::wait_for_recorders) behind `App::run`. A file that was not finished
/// plays with [`KinectSensor::recording`](crate::KinectSensor::recording) up to its last 150 ms, but the vendor's player does not open it.
///
/// **Several files.** A file holds one run of one sensor. When the sensor was lost and is back, or its clock goes back
/// (a recording that begins again or is sought), the recording goes on in another file: `visitors-2.mkv`. When its modes
/// change, the recording ends, which the [`RecorderState`] says.
#[derive(Component, Reflect, Clone, Debug, PartialEq)]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(RecorderState, RecorderProgress)]
#[component(on_add = expect_plugin)]
pub struct Recorder {
    /// Whether it records. Off finishes the file; on again begins another one, once that is done.
    pub active: bool,
    /// Where to; `.mkv` is usual, and the folder must exist. In the file's name, `{date}` and `{time}` become the UTC
    /// date and time of the start (`2026-05-17`, `16-04-59`) and `{number}` the first number from `001` that no file
    /// has yet. Another path while it records finishes the file and begins the other.
    pub path: PathBuf,
    /// What to do with a file that is there already: without, the recording fails and says so; with, the file is
    /// replaced, unless it is the one that this sensor plays. Names with `{number}` and further files
    /// (`visitors-2.mkv`) never replace any. Read when a recording begins.
    pub overwrite: bool,
    /// Memory for what the disk has not taken yet, in bytes: where it is used up, captures are left out and counted.
    /// The default, 512 MiB, is some ten seconds of 720p MJPG and `NFOV_UNBINNED` at 30 captures a second. One capture
    /// is always taken, however large. Read when a recording begins.
    pub memory_limit: usize,
    /// Tags of your own: names of A–Z, 0–9, `-` and `_` that do not begin with `K4A_`, and values; with other names the
    /// recording fails and says so. Read when a recording begins.
    pub tags: Vec<(String, String)>,
}

fn expect_plugin(mut world: DeferredWorld, _: HookContext) {
    presence::expect_plugin(&mut world, "Recorder");
}

impl Default for Recorder {
    /// Switched off; on, it records to `recording-{date}-{number}.mkv` in the working directory.
    fn default() -> Self {
        Self {
            active: false,
            path: PathBuf::from("recording-{date}-{number}.mkv"),
            overwrite: false,
            memory_limit: LiveSettings::MOST_QUEUED_BYTES,
            tags: Vec::new(),
        }
    }
}

impl Recorder {
    /// Records to that path, from now on.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            active: true,
            path: path.into(),
            ..Self::default()
        }
    }
}
