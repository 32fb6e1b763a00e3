//! Tells a tracker's thread to end.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Whether a tracker's thread should end. All clones share one signal.
#[derive(Clone, Debug, Default)]
pub struct StopSignal {
    shared: Arc<(Mutex<bool>, Condvar)>,
}

impl StopSignal {
    /// Makes a signal that has not been given yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the thread should end.
    pub fn is_given(&self) -> bool {
        *self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the signal, at most for `timeout`, and returns whether the thread should end.
    pub fn wait(&self, timeout: Duration) -> bool {
        let (given, changed) = &*self.shared;
        let guard = given.lock().unwrap_or_else(PoisonError::into_inner);
        let (guard, _) = changed
            .wait_timeout_while(guard, timeout, |given| !*given)
            .unwrap_or_else(PoisonError::into_inner);
        *guard
    }

    /// Tells the thread to end. This cannot be undone.
    pub fn give(&self) {
        let (given, changed) = &*self.shared;
        *given.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_all();
    }
}
