//! The status of a running tracker.

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;

use super::stages::StageTimes;

/// The state of a tracker's thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum TrackerState {
    /// Waits for the first capture.
    #[default]
    Waiting,
    /// The tracker is being opened: libraries and models are loaded.
    Opening,
    /// The tracker is tracking bodies.
    Running,
    /// The tracker has failed and will be opened again. The text is the error.
    Restarting(String),
    /// The tracker cannot be used until its settings or the calibration change. The text is the error.
    Unusable(String),
    /// The thread has ended.
    Stopped,
}

/// A snapshot of a running tracker. Counts are since the start of the runner.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct TrackerStatus {
    /// The state of the tracker's thread.
    pub state: TrackerState,
    /// The tracker's name; empty before it was opened.
    pub name: String,
    /// The tracker's notes about libraries or devices that it cannot use; see
    /// [`BodyTracker::notes`](super::BodyTracker::notes).
    pub notes: Vec<String>,
    /// Captures that were submitted.
    pub captures: u64,
    /// Captures that were replaced by a newer one before the tracker was ready for them.
    pub dropped: u64,
    /// Body frames that the tracker returned.
    pub frames: u64,
    /// Errors of all kinds.
    pub errors: u64,
    /// The newest error.
    pub last_error: Option<String>,
    /// How often the tracker was opened again after a failure or a change of the calibration.
    pub restarts: u64,
    /// Threads that were left behind because the tracker did not return; see
    /// [`abandoned_threads`](super::abandoned_threads).
    pub abandoned: u64,
    /// How long the present call into the tracker has taken, in seconds; 0 between calls.
    pub busy_seconds: f32,
    /// How long each stage takes.
    pub stages: StageTimes,
}
