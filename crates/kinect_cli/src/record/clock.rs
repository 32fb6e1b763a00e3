//! The time that has been recorded.

use std::time::{Duration, Instant};

/// The time that has been recorded: by the sensor's clock, or by the computer's while the sensor's stands still or
/// goes back.
#[derive(Debug, Default)]
pub(super) struct Clock {
    recorded_usec: u64,
    last_usec: Option<u64>,
    began: Option<Instant>,
    broken: bool,
}

impl Clock {
    /// Notes a capture of that device time. Returns `true` for the first capture that shows that the sensor's clock
    /// is broken.
    pub(super) fn tick(&mut self, device_usec: u64, now: Instant) -> bool {
        let began = *self.began.get_or_insert(now);
        if let Some(last) = self.last_usec {
            self.recorded_usec += device_usec.saturating_sub(last);
        }
        let stands = self.last_usec.is_some_and(|last| device_usec <= last);
        self.last_usec = Some(device_usec);
        let first = stands && !self.broken;
        self.broken |= stands;
        if self.broken {
            let elapsed = now.saturating_duration_since(began);
            self.recorded_usec = self.recorded_usec.max(usec(elapsed));
        }
        first
    }

    /// The time that has been recorded, in µs.
    pub(super) const fn recorded_usec(&self) -> u64 {
        self.recorded_usec
    }
}

fn usec(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_the_sensors_while_its_clock_runs_and_the_computers_otherwise() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut clock = Clock::default();
        for (ms, device) in [(0, 1000), (10, 34_333), (20, 67_666)] {
            assert!(!clock.tick(device, at(ms)));
        }
        // The captures came faster than real time; the sensor's clock counts.
        assert_eq!(clock.recorded_usec(), 66_666);
        assert!(clock.tick(67_666, at(500)));
        assert_eq!(clock.recorded_usec(), 500_000);
        assert!(!clock.tick(67_666, at(1000)));
        assert_eq!(clock.recorded_usec(), 1_000_000);
        assert!(!clock.tick(20_000, at(1500)));
        assert_eq!(clock.recorded_usec(), 1_500_000);
    }
}
