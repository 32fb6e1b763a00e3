//! Ties a source's own time to wall time.

use std::time::{Duration, Instant};

/// A clock that runs at a speed from an anchor on. While a source is paused, its clock stays at the anchor.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// The source's time in µs at an instant; `None` until there is a first capture.
    pub anchor: Option<(u64, Instant)>,
    /// The source's seconds per second; above 0.
    pub speed: f64,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            anchor: None,
            speed: 1.0,
        }
    }
}

impl Clock {
    /// The source's time at an instant, in µs.
    pub fn usec(&self, now: Instant) -> Option<u64> {
        let (anchor_usec, wall) = self.anchor?;
        let passed = now.saturating_duration_since(wall).as_secs_f64() * 1e6 * self.speed;
        // Float to integer conversion saturates.
        Some(anchor_usec.saturating_add(passed as u64))
    }

    /// The instant at which a time of the source is due. A time beyond the range of `Instant` counts as a day after
    /// the anchor.
    pub fn due(&self, usec: u64) -> Option<Instant> {
        let (anchor_usec, wall) = self.anchor?;
        let ahead = usec.saturating_sub(anchor_usec) as f64 * 1e-6 / self.speed;
        let day = Duration::from_secs(86_400);
        let ahead = Duration::try_from_secs_f64(ahead).unwrap_or(day).min(day);
        wall.checked_add(ahead)
    }

    /// Stops the clock at an instant.
    pub fn pause(&mut self, now: Instant) {
        self.anchor = self.usec(now).map(|usec| (usec, now));
    }

    /// Continues from the time at which it was stopped.
    pub fn resume(&mut self, now: Instant) {
        self.anchor = self.anchor.map(|(usec, _)| (usec, now));
    }

    /// Runs at another speed from now on; values that are not finite or not greater than 0 count as 1.
    pub fn set_speed(&mut self, speed: f64, now: Option<Instant>) {
        if let Some(now) = now {
            self.pause(now);
        }
        self.speed = if speed.is_finite() && speed > 0.0 {
            speed
        } else {
            1.0
        };
    }
}
