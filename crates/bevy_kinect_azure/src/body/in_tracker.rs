//! The captures that a tracker works on, for which frames are held.

use bevy::prelude::*;

/// Depth timestamps in µs of the captures in the tracker, whose body frames have not come out; at most 16.
#[derive(Component, Debug)]
pub(crate) struct CapturesInTracker(pub(super) Vec<u64>);

impl Default for CapturesInTracker {
    fn default() -> Self {
        Self(Vec::with_capacity(16))
    }
}

impl CapturesInTracker {
    /// Whether a capture is in the tracker.
    pub(super) fn contains(&self, device_timestamp_usec: u64) -> bool {
        self.0.contains(&device_timestamp_usec)
    }
}
