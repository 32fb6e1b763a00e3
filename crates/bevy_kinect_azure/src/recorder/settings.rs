//! The component that records a sensor.

use std::path::PathBuf;

use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;
use kinect_azure::recording::LiveSettings;

use super::state::{RecorderProgress, RecorderState};
use crate::presence;

/// Records a sensor to a Matroska file that the vendor's player and tools read: every capture as the source delivered it (JPEGs as
/// JPEGs), every inertial sample, and the calibration.
///
/// Put it on the sensor entity, before or after the sensor is open:
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
/// **Bodies.** [`bodies`](Self::bodies) says whether bodies are recorded. If the sensor has an active [`BodyTracking`](crate::body::BodyTracking) when the recording begins, the bodies that its
/// tracker finds go into the recording's body track, unfiltered and with their body index maps, as far as the app takes them, and at
/// most 2 s after their images. Otherwise the bodies that come with the captures do: those of simulations, and of recordings with a
/// body track.
///
/// **Simulated sensors.** If the settings of a simulated sensor leave the colour format open, the sensor delivers MJPG as long as
/// a recorder is active, whenever it was added: BGRA images would take some 7 GB a minute. No capture is lost by the change.
/// [`RecorderProgress::megabytes_per_minute`] gives the space that is needed.
///
/// **Ending.** When the recorder is switched off or removed, or the sensor despawned, the recorder's thread writes the captures
/// that still wait and finishes the file. The same happens when the app ends, but threads end with the process: call
/// [`wait_for_recorders`](kinect_azure::recording::wait_for_recorders) after `App::run`. A file that was not finished plays with
/// [`KinectSensor::recording`](crate::KinectSensor::recording) up to its last 150 ms, but the vendor's player does not open it.
///
/// **Several files.** A file holds one run of one sensor. When a lost sensor comes back, or its clock jumps back (a recording that
/// loops or is sought), recording continues in another file: `visitors-2.mkv`. When the sensor's modes change, the recording ends,
/// and the [`RecorderState`] gives the reason.
#[derive(Component, Reflect, Clone, Debug, PartialEq)]
#[type_path = "bevy_kinect_azure::recorder"]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(RecorderState, RecorderProgress)]
#[component(on_add = expect_plugin)]
pub struct Recorder {
    /// Whether it records. `false` finishes the file; `true` begins another file, once the former one is finished.
    pub active: bool,
    /// Path of the file, usually `.mkv`; the folder must exist. In the file's name, `{date}` and `{time}` become the UTC date and
    /// time of the start (`2026-05-17`, `16-04-59`) and `{number}` the first number from `001` that no existing file has. Changing
    /// the path while recording finishes the file and begins the other one.
    pub path: PathBuf,
    /// Whether an existing file is replaced, unless it is the recording that this sensor plays. If `false`, the recorder fails when
    /// the file exists. Names with `{number}` and further files (`visitors-2.mkv`) never replace a file. Read when a recording
    /// begins.
    pub overwrite: bool,
    /// Memory for captures that wait to be written, in bytes. When it is full, captures are left out and counted. The default, 512
    /// MiB, is some ten seconds of 720p MJPG and `NFOV_UNBINNED` at 30 captures a second. One capture always fits, however large.
    /// Read when a recording begins.
    pub memory_limit: usize,
    /// Whether the bodies of a tracker, or those that come with the captures, are recorded. Read when a recording begins.
    pub bodies: bool,
    /// Your own tags, each a name and a value. A name consists of A–Z, 0–9, `-` and `_`, and does not begin with
    /// `K4A_`; other names make the recorder fail. Read when a recording begins.
    pub tags: Vec<(String, String)>,
}

fn expect_plugin(mut world: DeferredWorld, _: HookContext) {
    presence::expect_plugin(&mut world, "Recorder");
}

impl Default for Recorder {
    /// A recorder that is switched off. When it is switched on, it records to `recording-{date}-{number}.mkv` in the
    /// working directory.
    fn default() -> Self {
        Self {
            active: false,
            path: PathBuf::from("recording-{date}-{number}.mkv"),
            overwrite: false,
            memory_limit: LiveSettings::MOST_QUEUED_BYTES,
            bodies: true,
            tags: Vec::new(),
        }
    }
}

impl Recorder {
    /// An active recorder to that path.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            active: true,
            path: path.into(),
            ..Self::default()
        }
    }
}
