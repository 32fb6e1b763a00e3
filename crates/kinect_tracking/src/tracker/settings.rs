//! A runner's reaction to failures, as data.

use std::time::Duration;

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;

/// A runner's reaction to failures.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct RunnerSettings {
    /// The pause before a failed tracker is opened again, in seconds. It doubles with each failure in a row.
    pub first_pause_seconds: f32,
    /// The longest pause, in seconds.
    pub longest_pause_seconds: f32,
    /// This many captures in a row that cannot be tracked count as a failure.
    pub bad_captures_in_a_row: u32,
    /// A call that takes longer counts as hung, in seconds: its thread is left behind and a new one is started. Opening
    /// a tracker may take minutes, when it optimises a network for a graphics card.
    pub hung_after_seconds: f32,
    /// With this many threads left behind, no further one is started.
    pub most_abandoned: u64,
}

impl Default for RunnerSettings {
    fn default() -> Self {
        Self {
            first_pause_seconds: 0.5,
            longest_pause_seconds: 30.0,
            bad_captures_in_a_row: 30,
            hung_after_seconds: 300.0,
            most_abandoned: 2,
        }
    }
}

impl RunnerSettings {
    /// The pause after that many failures in a row.
    pub(super) fn pause_after(&self, failures: u32) -> Duration {
        let first = f64::from(self.first_pause_seconds.max(0.0));
        let seconds = first * f64::from(failures.min(30)).exp2();
        let longest = f64::from(self.longest_pause_seconds.max(0.0));
        Duration::try_from_secs_f64(seconds.min(longest)).unwrap_or(Duration::from_secs(30))
    }
}
