//! The chosen tracker, with the reasons that the trackers before it were not chosen.

use std::sync::Arc;

use kinect_azure::body::BodyFrame;
use kinect_azure::{Calibration, Capture};

use crate::tracker::{BodyTracker, TrackerError};

/// A tracker whose own notes follow those of the choice.
pub(super) struct Chosen {
    tracker: Box<dyn BodyTracker>,
    /// The reasons that the trackers before it cannot be used, then the tracker's own notes.
    notes: Vec<String>,
    /// The number of notes that come from the choice.
    of_choice: usize,
}

impl Chosen {
    pub(super) fn new(tracker: Box<dyn BodyTracker>, mut notes: Vec<String>) -> Self {
        let of_choice = notes.len();
        notes.extend_from_slice(tracker.notes());
        Self {
            tracker,
            notes,
            of_choice,
        }
    }

    /// Takes over the notes that the tracker has added.
    fn take_notes(&mut self) {
        let known = self.notes.len() - self.of_choice;
        if let Some(new) = self.tracker.notes().get(known..) {
            self.notes.extend_from_slice(new);
        }
    }
}

impl BodyTracker for Chosen {
    fn name(&self) -> &str {
        self.tracker.name()
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }

    fn track(
        &mut self,
        capture: &Capture,
        calibration: &Calibration,
    ) -> Result<Option<Arc<BodyFrame>>, TrackerError> {
        let found = self.tracker.track(capture, calibration);
        self.take_notes();
        found
    }

    fn drain(&mut self) -> Result<Option<Arc<BodyFrame>>, TrackerError> {
        let found = self.tracker.drain();
        self.take_notes();
        found
    }
}
