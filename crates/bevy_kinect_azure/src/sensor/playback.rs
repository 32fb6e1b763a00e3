//! Pause, speed, loop, seek and step of recordings.

use core::time::Duration;

use bevy::prelude::*;

use super::handle::{Command, SensorThread};

/// How a sensor's recording is played. On every sensor entity; live sources ignore it.
#[derive(Component, Reflect, Clone, Debug, PartialEq)]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct Playback {
    /// Whether time stands still. [`PlaybackCommand`]s still work.
    pub paused: bool,
    /// How fast the recording runs; 1 = as recorded. Values that are not finite or not above 0 count as 1.
    pub speed: f64,
    /// Whether the recording begins again at its end.
    pub looping: bool,
    /// Whether every capture is delivered, also where this computer is too slow for the recording, which then takes
    /// longer to play than it took to record: for analysis. Without, captures are left out so that playing stays in time.
    pub keep_every_capture: bool,
}

impl Default for Playback {
    fn default() -> Self {
        Self {
            paused: false,
            speed: 1.0,
            looping: true,
            keep_every_capture: false,
        }
    }
}

impl Playback {
    /// What a capture thread is told.
    pub(super) fn command(&self) -> Command {
        let Self {
            paused,
            speed,
            looping,
            keep_every_capture,
        } = *self;
        Command::SetPlayback {
            paused,
            speed,
            looping,
            keep_every_capture,
        }
    }
}

/// Where a sensor's recording is. Read only, on every sensor entity; zero for live sources.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct PlaybackPosition {
    /// Time of the newest capture since the start of the recording.
    pub position: Duration,
    /// Length of the recording.
    pub duration: Duration,
    /// Times the recording has begun again.
    pub loops: u64,
}

/// Moves a sensor's recording to another place, paused or not. Send it once the sensor has its
/// [`SensorStream`](super::SensorStream): before, there is nothing to move.
#[derive(Message, Clone, Copy, Debug)]
pub struct PlaybackCommand {
    /// The sensor entity.
    pub sensor: Entity,
    /// Where to.
    pub action: PlaybackAction,
}

/// Where a [`PlaybackCommand`] goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaybackAction {
    /// To the first capture at or after a time since the start; past the end is the end.
    Seek(Duration),
    /// So many captures forwards, or backwards when negative.
    Step(i32),
}

/// Tells the capture threads what changed. A full channel (the thread is busy opening) is tried again next time.
pub(super) fn control(
    mut sensors: Query<(&Playback, &mut SensorThread)>,
    mut commands: MessageReader<PlaybackCommand>,
) {
    for (playback, mut thread) in &mut sensors {
        let wanted = playback.command();
        if thread.playback != wanted && thread.handle.commands.try_send(wanted.clone()).is_ok() {
            thread.playback = wanted;
        }
    }
    for PlaybackCommand { sensor, action } in commands.read() {
        let Ok((_, thread)) = sensors.get(*sensor) else {
            warn!("{action:?} was not carried out: sensor {sensor} does not run (yet)");
            continue;
        };
        let command = match action {
            PlaybackAction::Seek(to) => Command::Seek(to.as_micros() as u64),
            PlaybackAction::Step(captures) => Command::Step(*captures),
        };
        if thread.handle.commands.try_send(command).is_err() {
            warn!("{action:?} was not carried out: sensor {sensor} is busy or has failed");
        }
    }
}
