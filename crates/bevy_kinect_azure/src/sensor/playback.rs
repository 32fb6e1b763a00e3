//! Pause, speed, loop, seek and step of recordings.

use core::time::Duration;

use bevy::prelude::*;
use crossbeam_channel::TrySendError;

use super::handle::{Command, SensorThread};
use super::part::Part;

/// How a sensor's recording or simulation is played. On every sensor entity; live sources ignore it.
#[derive(Component, Reflect, Clone, Debug, PartialEq)]
#[type_path = "bevy_kinect_azure::sensor"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct Playback {
    /// Whether playback is paused. [`PlaybackCommand`]s still work.
    pub paused: bool,
    /// How fast the recording runs; 1 = as recorded. Values that are not finite or not above 0 count as 1.
    pub speed: f64,
    /// Whether the recording begins again at its end: at [`from`](Self::from), when it has come to [`to`](Self::to).
    pub looping: bool,
    /// Whether every capture is delivered, for analysis. A recording that this computer is too slow for then takes longer to play
    /// than it took to record. If `false`, captures are left out to keep time.
    pub keep_every_capture: bool,
    /// The first mark of the part that plays: the time since the start of the recording at which the part begins. While the
    /// recording plays, captures before it are left out. A paused recording can be sought and stepped everywhere.
    pub from: Duration,
    /// The second mark: the part ends before the first capture at or after this time. `None`: at the end of the recording. A part
    /// that has no time, because its end is not after its beginning or its beginning not in the recording, counts as the whole
    /// recording.
    pub to: Option<Duration>,
}

impl Default for Playback {
    fn default() -> Self {
        Self {
            paused: false,
            speed: 1.0,
            looping: true,
            keep_every_capture: false,
            from: Duration::ZERO,
            to: None,
        }
    }
}

impl Playback {
    /// The command that sends these settings to a capture thread.
    pub(super) fn command(&self) -> Command {
        let Self {
            paused,
            speed,
            looping,
            keep_every_capture,
            from,
            to,
        } = *self;
        Command::SetPlayback {
            paused,
            speed,
            looping,
            keep_every_capture,
            part: Part::new(from, to),
        }
    }
}

/// The playback position of a sensor's recording. Read only, on every sensor entity; zero for live sources.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[type_path = "bevy_kinect_azure::sensor"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct PlaybackPosition {
    /// Time of the newest capture since the start of the recording.
    pub position: Duration,
    /// Length of the recording.
    pub duration: Duration,
    /// Times the recording has begun again.
    pub loops: u64,
}

/// Moves the playback position of a sensor, paused or not. A command that is sent before the recording is open is kept until then:
/// also in the update that spawns the sensor (even if sent before the spawning), and while the sensor is switched off.
#[derive(Message, Clone, Copy, Debug)]
pub struct PlaybackCommand {
    /// The sensor entity.
    pub sensor: Entity,
    /// The move.
    pub action: PlaybackAction,
}

/// The move of a [`PlaybackCommand`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaybackAction {
    /// To the first capture at or after a time since the start; a time past the end means the end.
    Seek(Duration),
    /// This many captures forwards, or backwards if negative.
    Step(i32),
}

/// Sends changed settings and commands to the capture threads. If a thread is not started or its channel is full, they are sent in
/// a later update.
pub(super) fn control(
    mut sensors: Query<(&Playback, Option<&mut SensorThread>)>,
    mut commands: MessageReader<PlaybackCommand>,
    mut waiting: Local<Vec<PlaybackCommand>>,
) {
    for (playback, thread) in &mut sensors {
        let Some(mut thread) = thread else { continue };
        let wanted = playback.command();
        if thread.playback != wanted && thread.handle.commands.try_send(wanted.clone()).is_ok() {
            thread.playback = wanted;
        }
    }
    for &command in commands.read() {
        add(&mut waiting, command);
    }
    // Once a command of a sensor has to wait, the sensor's later commands wait, too.
    let mut blocked = None;
    waiting.retain(|PlaybackCommand { sensor, action }| {
        if blocked == Some(*sensor) {
            return true;
        }
        let Ok((_, thread)) = sensors.get(*sensor) else {
            warn!("{action:?} was not carried out: entity {sensor} is not a sensor");
            return false;
        };
        let Some(thread) = thread else {
            blocked = Some(*sensor);
            return true;
        };
        let command = match action {
            PlaybackAction::Seek(to) => Command::Seek(to.as_micros() as u64),
            PlaybackAction::Step(captures) => Command::Step(*captures),
        };
        match thread.handle.commands.try_send(command) {
            Ok(()) => false,
            Err(TrySendError::Full(_)) => {
                blocked = Some(*sensor);
                true
            }
            Err(TrySendError::Disconnected(_)) => {
                warn!("{action:?} was not carried out: sensor {sensor} has failed");
                false
            }
        }
    });
}

/// Appends a command to the waiting commands of its sensor. At most two wait: a seek replaces all commands before it, and steps are
/// added up.
fn add(waiting: &mut Vec<PlaybackCommand>, command: PlaybackCommand) {
    match command.action {
        PlaybackAction::Seek(_) => waiting.retain(|other| other.sensor != command.sensor),
        PlaybackAction::Step(captures) => {
            let mut others = waiting.iter_mut().rev();
            let last = others.find(|other| other.sensor == command.sensor);
            if let Some(PlaybackCommand {
                action: PlaybackAction::Step(sum),
                ..
            }) = last
            {
                *sum = sum.saturating_add(captures);
                return;
            }
        }
    }
    // Commands of one sensor are next to each other.
    let place = waiting
        .iter()
        .rposition(|other| other.sensor == command.sensor)
        .map_or(waiting.len(), |last| last + 1);
    waiting.insert(place, command);
}
