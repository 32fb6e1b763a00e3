//! How listening goes.
//!
//! ```text
//!             ┌──────── active = false, removed ────────┐
//!             ▼                                         │
//!  Disabled ─► Waiting ─► Opening ─► Listening ─► Retrying ─► Listening
//!                            ├─► Retrying
//!                            └─► Failed
//! ```

use bevy::prelude::*;

/// How it goes with the [`Microphones`](super::Microphones) on the same entity. Read only.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq, Eq)]
#[reflect(Component, Default, Debug, PartialEq)]
pub enum MicrophoneState {
    /// Not active.
    #[default]
    Disabled,
    /// It is not known yet which array is meant.
    Waiting {
        /// What it waits for.
        reason: String,
    },
    /// The array is being looked for and opened.
    Opening,
    /// Sound comes.
    Listening,
    /// The array is not there, in use by another program, or was lost; it will be opened again.
    Retrying {
        /// What happened last and what to do.
        reason: String,
        /// How often it was tried so far.
        attempt: u32,
    },
    /// It cannot work as it is set. Change the [`Microphones`](super::Microphones), or switch them off and on, to try again.
    Failed {
        /// What happened and what to do.
        reason: String,
    },
}

impl MicrophoneState {
    /// Whether sound comes.
    pub fn is_listening(&self) -> bool {
        matches!(self, Self::Listening)
    }

    /// What went wrong, where something did.
    pub fn problem(&self) -> Option<&str> {
        match self {
            Self::Retrying { reason, .. } | Self::Failed { reason } => Some(reason),
            _ => None,
        }
    }

    /// The state's name in one word, for people.
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
