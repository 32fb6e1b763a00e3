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

/// The state of a sensor. Read only; each change is also sent as [`SensorStateChanged`].
///
/// `reason` is a text for users: what happened, to which sensor or file, and what to do. `kind` is for code:
///
/// | [`SourceErrorKind`] | what an app can do |
/// | --- | --- |
/// | `NoLibrary`, `UnusableLibrary` | explain how to install the vendor's library; `kinect doctor` finds the cause |
/// | `NotConnected`, `Lost`, `CameraStopped` | ask for the sensor's power and USB cables (or the file) and wait: the sensor comes back by itself |
/// | `NoSyncCable` | ask for the sync cable and wait |
/// | `InUse` | ask to close the other program and wait |
/// | `Claimed` | choose another serial number: another entity of this app has the sensor |
/// | `NotPermitted` | explain how to set permissions (for a sensor on Linux: udev rules); then switch off and on |
/// | `OpenRefused`, `StartRefused` | ask to plug the sensor in again, into another USB port; after `StartRefused` switch off and on |
/// | `BadSettings`, `NotSupported` | choose other settings of the source |
/// | `FileMissing`, `NotARecording`, `NothingPlayable`, `BadFile` | choose another file |
/// | `FileUnreadable` | ask to check the disk or network drive, and wait |
/// | `OutOfMemory` | free memory and wait |
/// | `Other` and kinds of later versions | show the reason |
///
/// While it is [`Retrying`](Self::Retrying) the sensor tries again by itself; a [`Failed`](Self::Failed) sensor waits
/// until the app changes it. A sensor that has delivered a capture never becomes `Failed`, but `Lost` and `Retrying`,
/// with any kind of error.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq, Eq)]
#[type_path = "bevy_kinect_azure::sensor"]
#[reflect(Component, Default, Debug, PartialEq)]
pub enum SensorState {
    /// Not active, or without a source.
    #[default]
    Disabled,
    /// The source is being opened.
    Opening,
    /// The source delivers its first captures, whose exposure may still settle; these captures are published as well.
    Stabilising,
    /// The source delivers captures.
    Streaming,
    /// The recording is at its end and does not loop. Seeking, stepping or switching looping on continues it.
    Ended,
    /// The source delivered captures and has stopped.
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
        /// Attempts so far.
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
    /// Whether the source delivers captures: `Stabilising` or `Streaming`.
    pub fn is_streaming(&self) -> bool {
        matches!(self, Self::Stabilising | Self::Streaming)
    }

    /// The reason of `Lost`, `Retrying` and `Failed`; `None` in other states.
    pub fn problem(&self) -> Option<&str> {
        match self {
            Self::Lost { reason, .. }
            | Self::Retrying { reason, .. }
            | Self::Failed { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// The kind of error of `Lost`, `Retrying` and `Failed`; `None` in other states.
    pub fn error_kind(&self) -> Option<SourceErrorKind> {
        match self {
            Self::Lost { kind, .. } | Self::Retrying { kind, .. } | Self::Failed { kind, .. } => {
                Some(*kind)
            }
            _ => None,
        }
    }

    /// The state's name in one word, to show to users.
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

/// The state of a sensor has changed: a message, and an event on the sensor entity, see [events](crate::sensor#events).
#[derive(Message, EntityEvent, Clone, Debug)]
pub struct SensorStateChanged {
    /// The sensor entity.
    #[event_target]
    pub sensor: Entity,
    /// The former state.
    pub from: SensorState,
    /// The new state.
    pub to: SensorState,
}
