//! A clock that an app sets, for a source that delivers exactly the captures whose time the app has reached.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A clock that an app sets and a source waits for. The source waits until the clock reaches the time of its next
/// capture; the app can wait until the source has delivered all captures that are due. Both hold the clock in an
/// `Arc`.
#[derive(Debug, Default)]
pub struct LockstepClock {
    times: Mutex<Times>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Times {
    now_usec: u64,
    /// The time of the clock when the source last found that no capture was due.
    settled_usec: Option<u64>,
    closed: bool,
}

impl LockstepClock {
    /// Makes a clock that stands at 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the clock, in µs since the source began. A time before the current one is ignored.
    pub fn advance_to(&self, usec: u64) {
        let mut times = self.lock();
        times.now_usec = times.now_usec.max(usec);
        self.changed.notify_all();
    }

    /// Waits until every capture that is due has been delivered and the next one was asked for. Returns `false` if that
    /// took longer than `timeout`, or if the source was dropped.
    pub fn wait_until_settled(&self, timeout: Duration) -> bool {
        let mut times = self.lock();
        let end = Instant::now() + timeout;
        loop {
            if times.closed {
                return false;
            }
            if times.settled_usec == Some(times.now_usec) {
                return true;
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            times = self.wait(times, left);
        }
    }

    /// Called by the source: waits until the clock has reached the time of its next capture, in µs. Returns `false` if
    /// the clock has not reached it within `timeout`.
    pub fn wait_for(&self, usec: u64, timeout: Duration) -> bool {
        let mut times = self.lock();
        let end = Instant::now() + timeout;
        while times.now_usec < usec {
            times.settled_usec = Some(times.now_usec);
            self.changed.notify_all();
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            times = self.wait(times, left);
        }
        true
    }

    /// Called by the source: notes that the source delivers nothing any more, so that
    /// [`wait_until_settled`](Self::wait_until_settled) returns.
    pub fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Times> {
        // Plain numbers: a panic elsewhere cannot leave them half written.
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, times: MutexGuard<'a, Times>, timeout: Duration) -> MutexGuard<'a, Times> {
        self.changed
            .wait_timeout(times, timeout)
            .unwrap_or_else(PoisonError::into_inner)
            .0
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::sync::Arc;

    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn both_sides_wait_for_each_other() {
        let clock = Arc::new(LockstepClock::new());
        let source = Arc::clone(&clock);
        let thread = std::thread::spawn(move || {
            let mut delivered = Vec::new();
            for frame in 0..5 {
                if !source.wait_for(frame * 100, LONG) {
                    break;
                }
                delivered.push(frame);
            }
            source.close();
            delivered
        });
        for now in [0, 50, 100, 350] {
            clock.advance_to(now);
            assert!(clock.wait_until_settled(LONG));
        }
        clock.advance_to(1000);
        assert!(!clock.wait_until_settled(LONG), "the source is gone");
        assert_eq!(thread.join().unwrap(), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn neither_side_waits_for_ever() {
        let clock = LockstepClock::new();
        clock.advance_to(10);
        assert!(!clock.wait_until_settled(Duration::from_millis(5)));
        assert!(!clock.wait_for(11, Duration::from_millis(5)));
        assert!(clock.wait_until_settled(LONG));
        clock.advance_to(5);
        assert!(clock.wait_for(10, LONG), "it does not go back");
    }
}
