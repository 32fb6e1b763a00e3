//! State and progress of a sensor's recorder.
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

/// The state of a sensor's [`Recorder`](super::Recorder). Read only; each change is also sent as [`RecorderStateChanged`].
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[type_path = "bevy_kinect_azure::recorder"]
#[reflect(Component, Default, Debug, PartialEq)]
pub enum RecorderState {
    /// Not active; nothing has been recorded yet.
    #[default]
    Idle,
    /// Active; the sensor delivers no captures, because it is still opening, lost, switched off or at its end.
    Waiting,
    /// Captures and samples are recorded.
    Recording,
    /// The disk is slower than the sensor: captures are being left out. It becomes `Recording` again once half of
    /// [`memory_limit`](super::Recorder::memory_limit) is free.
    FallingBehind,
    /// Switched off; captures that still wait are being written.
    Finishing,
    /// All files are finished. Switch the recorder off and on to record again. The figures are totals over all files.
    Finished {
        /// Captures in the files.
        captures: u64,
        /// Length of the files in bytes.
        bytes: u64,
        /// Recorded time by the sensor's clock.
        duration: Duration,
        /// Why the recording ended by itself, for example because the sensor's modes changed; `None` if it was switched off.
        reason: Option<String>,
    },
    /// Recording ended in an error; the part that was written before can be played. Switch the recorder off and on to try again.
    Failed {
        /// What happened, to which file, and what to do.
        reason: String,
    },
}

impl RecorderState {
    /// Whether captures are recorded, even if some of them are dropped: true for `Recording` and `FallingBehind`.
    pub fn is_recording(&self) -> bool {
        matches!(self, Self::Recording | Self::FallingBehind)
    }

    /// Whether the recorder is idle, finished or failed: it records nothing until it is switched on (again).
    pub fn has_ended(&self) -> bool {
        matches!(
            self,
            Self::Idle | Self::Finished { .. } | Self::Failed { .. }
        )
    }

    /// The reason of `Failed`, or why a `Finished` recording ended by itself; `None` otherwise.
    pub fn problem(&self) -> Option<&str> {
        match self {
            Self::Failed { reason } => Some(reason),
            Self::Finished { reason, .. } => reason.as_deref(),
            _ => None,
        }
    }

    /// The state's name in a word or two, to show to users.
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
#[type_path = "bevy_kinect_azure::recorder"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct RecorderProgress {
    /// The figures, summed up over all files of this run.
    #[deref]
    pub figures: LiveFigures,
    /// The file that is being written, or the last one.
    pub path: Option<PathBuf>,
}

impl RecorderProgress {
    /// Average size of one recorded minute in megabytes (of 1,000,000 bytes), over all files; `None` before the first second is
    /// recorded.
    pub fn megabytes_per_minute(&self) -> Option<f64> {
        const MINUTE_USEC: f64 = 60.0 * 1e6;
        let Self { figures, .. } = self;
        (figures.duration_usec >= 1_000_000)
            .then(|| figures.bytes as f64 / 1e6 * MINUTE_USEC / figures.duration_usec as f64)
    }
}

/// The state of a recorder has changed: a message, and an event on the sensor entity, see [events](crate::sensor#events).
#[derive(Message, EntityEvent, Clone, Debug)]
pub struct RecorderStateChanged {
    /// The sensor entity.
    #[event_target]
    pub sensor: Entity,
    /// The former state.
    pub from: RecorderState,
    /// The new state.
    pub to: RecorderState,
}
