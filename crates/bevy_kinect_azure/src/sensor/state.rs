//! A sensor's life, one explicit state machine for every kind of source.
//!
//! ```text
//!                 ┌─────────── active = false, source changed ────────────┐
//!                 ▼                                                       │
//!  Disabled ─► Opening ─► Stabilising ─► Streaming ─► Ended (seek: Streaming)
//!                 │              └──────────┴─► Lost ─► Retrying ─► Opening
//!                 └─► Failed
//! ```

use bevy::prelude::*;
use kinect_azure::SourceErrorKind;

/// Where a sensor is in its life. Read only; a change is also told as [`SensorStateChanged`].
///
/// `reason` is for people: it says what happened, to which sensor or file, and what to do. `kind` is for code:
///
/// | [`SourceErrorKind`] | what an app can do |
/// | --- | --- |
/// | `NoLibrary`, `UnusableLibrary` | say how the vendor's library is installed; `kinect doctor` finds out what is wrong |
/// | `NotConnected`, `Lost`, `CameraStopped` | ask for the sensor's power and USB cables (or the file) and wait: the sensor comes back by itself |
/// | `NoSyncCable` | ask for the sync cable and wait |
/// | `InUse` | ask to close the other program and wait |
/// | `Claimed` | choose another serial number: another entity of this app has the sensor |
/// | `NotPermitted` | say how permissions are set (for a sensor on Linux, udev rules); then switch off and on |
/// | `OpenRefused`, `StartRefused` | ask to plug the sensor in again, into another USB port; after `StartRefused` switch off and on |
/// | `BadSettings`, `NotSupported` | choose other settings of the source |
/// | `FileMissing`, `NotARecording`, `NothingPlayable`, `BadFile` | choose another file |
/// | `FileUnreadable` | look after the disk or network drive and wait |
/// | `OutOfMemory` | free memory and wait |
/// | `Other` and kinds to come | show the reason |
///
/// While it is [`Retrying`](Self::Retrying) the sensor tries again by itself; a [`Failed`](Self::Failed) one waits for a
/// change. A sensor that has delivered once never fails but is lost: whatever the kind, it is tried again.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq, Eq)]
#[reflect(Component, Default, Debug, PartialEq)]
pub enum SensorState {
    /// Not active, or without a source.
    #[default]
    Disabled,
    /// The source is being opened.
    Opening,
    /// Captures come, but the first ones may still settle (exposure); they are published all the same.
    Stabilising,
    /// Captures come.
    Streaming,
    /// The recording is at its end and does not loop. Seeking, stepping or looping goes on from here.
    Ended,
    /// The source was there and is gone.
    Lost {
        /// The kind of error.
        kind: SourceErrorKind,
        /// What happened and what to do.
        reason: String,
    },
    /// The source is gone and will be opened again.
    Retrying {
        /// The kind of the last error.
        kind: SourceErrorKind,
        /// What happened last and what to do.
        reason: String,
        /// How often it was tried so far.
        attempt: u32,
    },
    /// The source cannot be used as it is. Change the sensor's source, or switch it off and on, to try again.
    Failed {
        /// The kind of error.
        kind: SourceErrorKind,
        /// What happened and what to do.
        reason: String,
    },
}

impl SensorState {
    /// Whether captures come.
    pub fn is_streaming(&self) -> bool {
        matches!(self, Self::Stabilising | Self::Streaming)
    }

    /// What went wrong, where something did.
    pub fn problem(&self) -> Option<&str> {
        match self {
            Self::Lost { reason, .. }
            | Self::Retrying { reason, .. }
            | Self::Failed { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// The kind of what went wrong, where something did.
    pub fn error_kind(&self) -> Option<SourceErrorKind> {
        match self {
            Self::Lost { kind, .. } | Self::Retrying { kind, .. } | Self::Failed { kind, .. } => {
                Some(*kind)
            }
            _ => None,
        }
    }

    /// The state's name in one word, for people.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Opening => "opening",
            Self::Stabilising => "stabilising",
            Self::Streaming => "streaming",
            Self::Ended => "ended",
            Self::Lost { .. } => "lost",
            Self::Retrying { .. } => "retrying",
            Self::Failed { .. } => "failed",
        }
    }
}

/// A sensor went from one state to another. It is told as [events of sensors](crate::sensor#events) are: as a message, and as an
/// event on the sensor entity.
#[derive(Message, EntityEvent, Clone, Debug)]
pub struct SensorStateChanged {
    /// The sensor entity.
    #[event_target]
    pub sensor: Entity,
    /// The state it left.
    pub from: SensorState,
    /// The state it is in now.
    pub to: SensorState,
}
