//! The number of recorders of this process that still write.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Waits, at most `timeout`, until no [`LiveRecorder`](super::LiveRecorder) of this process has anything left to
/// write; returns whether all have finished in time.
///
/// For the end of `main`: a process that ends takes its threads with it, and a file that is not finished yet plays
/// with [`Recording`](crate::recording::Recording) but not with the vendor's player. Stop or drop the recorders
/// before, or let other threads do so meanwhile: recorders that are not stopped make this wait for the whole
/// `timeout`.
pub fn wait_for_recorders(timeout: Duration) -> bool {
    let end = Instant::now().checked_add(timeout);
    let mut count = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    while *count > 0 {
        let left = end.map_or(timeout, |end| end.saturating_duration_since(Instant::now()));
        if left.is_zero() {
            return false;
        }
        count = ENDED
            .wait_timeout(count, left)
            .map_or_else(|poisoned| poisoned.into_inner().0, |(count, _)| count);
    }
    true
}

/// How many recorders of this process have not finished their files.
static RUNNING: Mutex<usize> = Mutex::new(0);
/// Notified when a recorder has finished its files.
static ENDED: Condvar = Condvar::new();

/// Counts a recorder as running until it is dropped at the end of its thread, even by a panic.
pub(super) struct Running;

impl Running {
    pub(super) fn begin() -> Self {
        *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        Self
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        ENDED.notify_all();
    }
}
