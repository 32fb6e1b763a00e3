//! The state of a sensor's microphones.
//!
//! ```text
//!             ┌──────── active = false, removed ────────┐
//!             ▼                                         │
//!  Disabled ─► Waiting ─► Opening ─► Listening ─► Retrying ─► Listening
//!                            ├─► Retrying
//!                            └─► Failed
//! ```

use bevy::prelude::*;

/// The state of the [`Microphones`](super::Microphones) on the same entity. Read only.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq, Eq)]
#[type_path = "bevy_kinect_azure::microphones"]
#[reflect(Component, Default, Debug, PartialEq)]
pub enum MicrophoneState {
    /// Not active.
    #[default]
    Disabled,
    /// The array to open is not known yet.
    Waiting {
        /// The reason for the wait.
        reason: String,
    },
    /// The array is being looked for and opened.
    Opening,
    /// The array is open and delivers sound.
    Listening,
    /// The array is not connected, in use by another program, or was lost; the plugin tries to open it again.
    Retrying {
        /// What happened last and what to do.
        reason: String,
        /// Attempts so far.
        attempt: u32,
    },
    /// No array can work with these settings. Change the [`Microphones`](super::Microphones), or switch them off and
    /// on, to try again.
    Failed {
        /// What happened and what to do.
        reason: String,
    },
}

impl MicrophoneState {
    /// Whether the array is open and delivers sound.
    pub fn is_listening(&self) -> bool {
        matches!(self, Self::Listening)
    }

    /// The reason of `Retrying` and `Failed`; `None` in other states.
    pub fn problem(&self) -> Option<&str> {
        match self {
            Self::Retrying { reason, .. } | Self::Failed { reason } => Some(reason),
            _ => None,
        }
    }

    /// The state's name in one word, to show to users.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Waiting { .. } => "waiting",
            Self::Opening => "opening",
            Self::Listening => "listening",
            Self::Retrying { .. } => "retrying",
            Self::Failed { .. } => "failed",
        }
    }
}
