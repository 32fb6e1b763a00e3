//! How a sensor's recorder is doing, and how much it has recorded.
//!
//! ```text
//!  Idle ─► Waiting ─► Recording ◄─► FallingBehind
//!             ▲           │  │
//!  (source gone or ended) ┘  └─► Finishing ─► Finished       (and from everywhere: Failed)
//! ```

use core::time::Duration;
use std::path::PathBuf;

use bevy::prelude::*;
use kinect_azure::recording::{LiveFigures, LiveState};

/// What a sensor's [`Recorder`](super::Recorder) is doing. Read only; a change is also told as
/// [`RecorderStateChanged`].
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[reflect(Component, Default, Debug, PartialEq)]
pub enum RecorderState {
    /// Not active, and nothing was recorded yet.
    #[default]
    Idle,
    /// Active; the sensor delivers nothing (yet, or because it was lost, switched off or is at its end).
    Waiting,
    /// What the sensor delivers is recorded.
    Recording,
    /// The disk is slower than the sensor: captures are being left out. It becomes `Recording` again by itself once
    /// half of the memory for what waits is free.
    FallingBehind,
    /// Switched off; what waits is being written.
    Finishing,
    /// All files are whole. Switch the recorder off and on to record again. Figures are of all files.
    Finished {
        /// Captures in the files.
        captures: u64,
        /// Length of the files in bytes.
        bytes: u64,
        /// Time in the files by the sensor's clock.
        duration: Duration,
        /// Why it ended by itself, if it did: the sensor's modes changed.
        reason: Option<String>,
    },
    /// It ended in an error; what was recorded before plays. Switch the recorder off and on to try again.
    Failed {
        /// What happened, to what, and what to do.
        reason: String,
    },
}

impl RecorderState {
    /// Whether what the sensor delivers is recorded, if not all of it.
    pub fn is_recording(&self) -> bool {
        matches!(self, Self::Recording | Self::FallingBehind)
    }

    /// Whether nothing will be recorded until the recorder is switched on (again).
    pub fn has_ended(&self) -> bool {
        matches!(
            self,
            Self::Idle | Self::Finished { .. } | Self::Failed { .. }
        )
    }

    /// What went wrong, or why it ended by itself, where something did.
    pub fn problem(&self) -> Option<&str> {
        match self {
            Self::Failed { reason } => Some(reason),
            Self::Finished { reason, .. } => reason.as_deref(),
            _ => None,
        }
    }

    /// The state's name in a word or two, for people.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Waiting => "waiting",
            Self::Recording => "recording",
            Self::FallingBehind => "falling behind",
            Self::Finishing => "finishing",
            Self::Finished { .. } => "finished",
            Self::Failed { .. } => "failed",
        }
    }
}

impl From<LiveState> for RecorderState {
    fn from(state: LiveState) -> Self {
        match state {
            LiveState::Waiting => Self::Waiting,
            LiveState::FallingBehind => Self::FallingBehind,
            LiveState::Finishing => Self::Finishing,
            LiveState::Finished {
                captures,
                bytes,
                seconds,
                reason,
            } => Self::Finished {
                captures,
                bytes,
                duration: Duration::try_from_secs_f64(seconds).unwrap_or_default(),
                reason,
            },
            LiveState::Failed { reason } => Self::Failed { reason },
            _ => Self::Recording,
        }
    }
}

/// How much a sensor's [`Recorder`](super::Recorder) has recorded since it was switched on. Read only.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq, Eq, Deref)]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct RecorderProgress {
    /// The figures, over all its files.
    #[deref]
    pub figures: LiveFigures,
    /// The file that is being written, or was last.
    pub path: Option<PathBuf>,
}

impl RecorderProgress {
    /// Megabytes (of 1,000,000 bytes) that a minute of the sensor's time has taken on average, over all files; `None` before the
    /// first second is recorded.
    pub fn megabytes_per_minute(&self) -> Option<f64> {
        const MINUTE_USEC: f64 = 60.0 * 1e6;
        let Self { figures, .. } = self;
        (figures.duration_usec >= 1_000_000)
            .then(|| figures.bytes as f64 / 1e6 * MINUTE_USEC / figures.duration_usec as f64)
    }
}

/// A recorder went from one state to another. It is told as [events of sensors](crate::sensor#events) are: as a message,
/// and as an event on the sensor entity.
#[derive(Message, EntityEvent, Clone, Debug)]
pub struct RecorderStateChanged {
    /// The sensor entity.
    #[event_target]
    pub sensor: Entity,
    /// The state it left.
    pub from: RecorderState,
    /// The state it is in now.
    pub to: RecorderState,
}
