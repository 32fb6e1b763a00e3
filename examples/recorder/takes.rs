//! Takes: begins and ends them, goes on in another file, and plays the last one back.

use std::path::{Path, PathBuf};

use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::recording::LiveFigures;
use bevy_kinect_azure::prelude::*;
use kinect_app_support::legend::Pressed;

use crate::{Options, Scene};

/// The recordings of this run.
#[derive(Resource, Default)]
pub(crate) struct Takes {
    /// The file of the present take that is being written, counted from 1.
    pub(crate) part: u32,
    /// The figures of the present take's files that are finished.
    finished: LiveFigures,
    /// The last file that can be played.
    pub(crate) last: Option<PathBuf>,
    /// Whether the last recording is wanted, as soon as its file is finished.
    wants_playback: bool,
    /// Whether a recording is played instead of the sensor.
    pub(crate) is_playing: bool,
}

impl Takes {
    /// Figures of the present take: those of its finished files and of the present one.
    pub(crate) fn figures(&self, present: &LiveFigures) -> LiveFigures {
        let before = &self.finished;
        LiveFigures {
            captures: before.captures + present.captures,
            dropped_captures: before.dropped_captures + present.dropped_captures,
            unfit_images: before.unfit_images + present.unfit_images,
            imu_samples: before.imu_samples + present.imu_samples,
            dropped_imu_samples: before.dropped_imu_samples + present.dropped_imu_samples,
            body_frames: before.body_frames + present.body_frames,
            dropped_body_frames: before.dropped_body_frames + present.dropped_body_frames,
            bytes: before.bytes + present.bytes,
            duration_usec: before.duration_usec + present.duration_usec,
            ..*present
        }
    }
}

/// The path of a part of a take. The recorder fills in date and time; two parts never have the same path.
pub(crate) fn path(folder: &Path, part: u32) -> PathBuf {
    folder.join(format!("take-{{date}}-{{time}}-part{part:02}.mkv"))
}

pub(crate) fn press(
    mut pressed: MessageReader<Pressed>,
    options: Res<Options>,
    scene: Res<Scene>,
    mut takes: ResMut<Takes>,
    mut sensors: Query<(&mut KinectSensor, &mut Recorder)>,
    mut exit: MessageWriter<AppExit>,
) {
    let Ok((mut sensor, mut recorder)) = sensors.get_mut(scene.sensor) else {
        return;
    };
    for Pressed(key) in pressed.read() {
        match key {
            KeyCode::Space if recorder.active => recorder.active = false,
            KeyCode::Space => {
                if core::mem::take(&mut takes.is_playing) {
                    sensor.source = scene.live.clone();
                }
                takes.finished = LiveFigures::default();
                takes.part = 1;
                recorder.path = path(&options.folder, 1);
                recorder.active = true;
            }
            KeyCode::KeyP => {
                recorder.active = false;
                takes.wants_playback = true;
            }
            KeyCode::KeyL => {
                takes.wants_playback = false;
                if core::mem::take(&mut takes.is_playing) {
                    sensor.source = scene.live.clone();
                }
            }
            KeyCode::Escape => {
                exit.write(AppExit::Success);
            }
            _ => {}
        }
    }
}

/// Goes on in another file when the present one is long enough.
pub(crate) fn rotate(
    options: Res<Options>,
    scene: Res<Scene>,
    mut takes: ResMut<Takes>,
    mut recorders: Query<(&mut Recorder, &RecorderState, &RecorderProgress)>,
) {
    let Ok((mut recorder, state, progress)) = recorders.get_mut(scene.sensor) else {
        return;
    };
    takes.part = takes.part.max(1);
    if progress.path.is_some() && progress.captures > 0 && takes.last != progress.path {
        takes.last.clone_from(&progress.path);
    }
    let is_long = progress.duration_usec as f64 >= options.minutes * 60.0e6;
    if recorder.active && state.is_recording() && is_long {
        takes.finished = takes.figures(&progress.figures);
        takes.part += 1;
        // A new path finishes the file and begins another one with the next capture.
        recorder.path = path(&options.folder, takes.part);
    }
}

/// Plays the last recording when it is finished.
pub(crate) fn play_back(
    scene: Res<Scene>,
    mut takes: ResMut<Takes>,
    mut sensors: Query<(&mut KinectSensor, &RecorderState)>,
) {
    let Ok((mut sensor, state)) = sensors.get_mut(scene.sensor) else {
        return;
    };
    if takes.wants_playback && state.has_ended() {
        takes.wants_playback = false;
        if let Some(last) = &takes.last {
            sensor.source = SensorSource::Recording(last.clone());
            takes.is_playing = true;
        }
    }
}
