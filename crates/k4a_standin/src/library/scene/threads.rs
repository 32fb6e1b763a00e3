//! Counts the threads that draw, because all of them must have ended when the library is unloaded.

use std::sync::atomic::{AtomicU64, Ordering};

/// Threads that draw.
pub(in crate::library) static THREADS: AtomicU64 = AtomicU64::new(0);

/// Counts the current thread until it is dropped.
pub(super) struct Counted;

impl Counted {
    pub(super) fn new() -> Self {
        THREADS.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        THREADS.fetch_sub(1, Ordering::Relaxed);
    }
}
