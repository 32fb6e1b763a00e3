//! The time that has been recorded.

use std::time::{Duration, Instant};

/// Counts recorded time by the sensor's clock and, while that clock stands still or goes back, by the computer's.
///
/// ```
/// use std::time::{Duration, Instant};
/// use kinect_azure::recording::ElapsedTime;
///
/// let start = Instant::now();
/// let second = Duration::from_secs(1);
/// let mut elapsed = ElapsedTime::default();
/// elapsed.capture(5_000_000, start);
/// elapsed.capture(6_000_000, start + second);
/// // The sensor's clock stands still.
/// elapsed.capture(6_000_000, start + second * 3);
/// assert!(elapsed.clock_stands());
/// assert_eq!(elapsed.total(), second * 3);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct ElapsedTime {
    total: Duration,
    last: Option<(u64, Instant)>,
    /// The sensor's clock did not run when the last capture came, so its next step is not counted either.
    irregular: bool,
}

impl ElapsedTime {
    /// Notes a capture: its device time in µs, and the instant at which it came.
    pub fn capture(&mut self, device_usec: u64, now: Instant) {
        if let Some((last_usec, last)) = self.last {
            let step = device_usec.checked_sub(last_usec).filter(|step| *step > 0);
            self.total += match step {
                Some(step) if !self.irregular => Duration::from_micros(step),
                _ => now.saturating_duration_since(last),
            };
            self.irregular = step.is_none();
        }
        self.last = Some((device_usec, now));
    }

    /// Whether the sensor's clock stood still or went back when the last capture came.
    pub const fn clock_stands(&self) -> bool {
        self.irregular
    }

    /// Time from the first capture to the last.
    pub const fn total(&self) -> Duration {
        self.total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_the_sensors_while_its_clock_runs_and_the_computers_otherwise() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut elapsed = ElapsedTime::default();
        // The captures come faster than real time: the sensor's clock counts.
        for (ms, device_usec) in [(0, 1000), (10, 34_333), (20, 67_666)] {
            elapsed.capture(device_usec, at(ms));
            assert!(!elapsed.clock_stands());
        }
        assert_eq!(elapsed.total(), Duration::from_micros(66_666));
        // It stands still for 480 ms, then goes back.
        elapsed.capture(67_666, at(500));
        assert!(elapsed.clock_stands());
        assert_eq!(elapsed.total(), Duration::from_micros(546_666));
        elapsed.capture(20_000, at(600));
        assert!(elapsed.clock_stands());
        assert_eq!(elapsed.total(), Duration::from_micros(646_666));
        // The step out of that is not counted by the sensor's clock either.
        elapsed.capture(900_000, at(650));
        assert!(!elapsed.clock_stands());
        assert_eq!(elapsed.total(), Duration::from_micros(696_666));
    }
}
