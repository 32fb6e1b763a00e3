//! The state of a tracker.

use std::collections::VecDeque;
use std::time::Instant;

use k4a::abi::Camera;

use super::sensor_library::Reference;

#[derive(Debug)]
pub(super) struct Tracker {
    pub(super) camera: Camera,
    /// Captures that clients wanted to enqueue.
    pub(super) offered: u64,
    /// Captures that are worked on, and frames that were not popped.
    pub(super) works: VecDeque<Work>,
    /// When the tracker is done with the newest capture.
    pub(super) busy_until: Instant,
    pub(super) is_shut_down: bool,
    /// Popping has failed for good.
    pub(super) has_failed: bool,
    /// Frames that clients hold.
    pub(super) frames: u64,
}

/// A capture that is worked on.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) number: u64,
    pub(super) capture: Reference,
    pub(super) device_usec: u64,
    pub(super) system_nsec: u64,
    pub(super) ready_at: Instant,
}

impl Tracker {
    pub(super) fn new(camera: Camera) -> Self {
        Self {
            camera,
            offered: 0,
            works: VecDeque::new(),
            busy_until: Instant::now(),
            is_shut_down: false,
            has_failed: false,
            frames: 0,
        }
    }
}
