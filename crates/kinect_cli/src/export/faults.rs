//! Faults of single frames.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::terminal::Progress;

/// Faults of single frames, counted and shown by the thread that meets them.
#[derive(Debug)]
pub(super) struct Faults {
    pub(super) progress: Progress,
    count: AtomicU64,
}

impl Faults {
    /// Beyond this many, faults are only counted: a recording can have one in every frame.
    const SHOWN: u64 = 20;

    pub(super) const fn new(progress: Progress) -> Self {
        Self {
            progress,
            count: AtomicU64::new(0),
        }
    }

    /// How many there were.
    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    pub(super) fn report(&self, message: &str) {
        let before = self.count.fetch_add(1, Ordering::Relaxed);
        if before < Self::SHOWN {
            self.progress.warn(message);
        } else if before == Self::SHOWN {
            self.progress.warn("further broken frames are only counted");
        }
    }
}
