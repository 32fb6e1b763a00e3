//! Trackers, which find bodies in captures, and the thread that runs a tracker.
//!
//! - [`BodyTracker`]: the trait of all trackers, with [`TrackerError`] and its [`TrackerErrorKind`].
//! - [`TrackerRunner`]: a thread that gives a tracker the newest capture and keeps its newest body frame.
//! - [`TruthTracker`]: the tracker of simulated sensors, which returns ground truth, with noise if a test wants it.

mod body_tracker;
mod newest;
mod reaper;
mod runner;
mod settings;
mod stages;
mod status;
mod stop;
mod truth;
mod worker;

pub use body_tracker::{BodyTracker, OpenTracker, TrackerError, TrackerErrorKind};
pub use reaper::{AbandonedThread, abandoned_threads};
pub use runner::{Stopped, TrackerRunner};
pub use settings::RunnerSettings;
pub use stages::{StageTime, StageTimes};
pub use status::{TrackerState, TrackerStatus};
pub use stop::StopSignal;
pub use truth::{TruthNoise, TruthTracker};
