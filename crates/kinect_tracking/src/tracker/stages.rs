//! The times that a tracker's stages take.

use std::time::Duration;

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;

/// The number of durations that are remembered for each stage.
const WINDOW: usize = 256;

/// The times of a stage in the last 256 frames.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct StageTime {
    /// Half of the frames took at most this long, in ms.
    pub p50_ms: f32,
    /// 99 % of the frames took at most this long, in ms.
    pub p99_ms: f32,
    /// The time of the newest frame, in ms.
    pub newest_ms: f32,
    /// The sum over all frames since the start, in seconds.
    pub total_seconds: f64,
}

/// The stages of a capture's way to a body frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct StageTimes {
    /// From the submission of a capture to the beginning of its tracking.
    pub waiting: StageTime,
    /// Inside the tracker.
    pub tracking: StageTime,
    /// From the submission of a capture to its body frame. If a tracker works on several captures at a time, the
    /// latency is longer than waiting and tracking together.
    pub latency: StageTime,
    /// From the submission of a capture until its body frame was taken from the runner: how late an app sees its bodies.
    /// Frames that were replaced by a newer one before they were taken do not count.
    pub taken: StageTime,
}

/// The newest durations of one stage.
#[derive(Clone, Debug)]
pub(super) struct StageLog {
    ring: [f32; WINDOW],
    count: usize,
    next: usize,
    total: Duration,
}

impl StageLog {
    pub(super) const EMPTY: Self = Self {
        ring: [0.0; WINDOW],
        count: 0,
        next: 0,
        total: Duration::ZERO,
    };

    pub(super) fn add(&mut self, duration: Duration) {
        self.ring[self.next] = duration.as_secs_f32() * 1e3;
        self.next = (self.next + 1) % WINDOW;
        self.count = (self.count + 1).min(WINDOW);
        self.total += duration;
    }

    pub(super) fn time(&self) -> StageTime {
        if self.count == 0 {
            return StageTime::default();
        }
        let mut sorted = self.ring;
        let sorted = &mut sorted[..self.count];
        sorted.sort_unstable_by(f32::total_cmp);
        // The smallest value that this percentage of the values does not exceed.
        let rank = |share: f32| ((self.count as f32 * share).ceil() as usize).max(1) - 1;
        StageTime {
            p50_ms: sorted[rank(0.50)],
            p99_ms: sorted[rank(0.99)],
            newest_ms: self.ring[(self.next + WINDOW - 1) % WINDOW],
            total_seconds: self.total.as_secs_f64(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_newest_256() {
        let mut log = StageLog::EMPTY;
        assert_eq!(log.time(), StageTime::default());
        for ms in 0..1000 {
            log.add(Duration::from_millis(ms));
        }
        let time = log.time();
        assert_eq!((time.p50_ms, time.p99_ms), (871.0, 997.0));
        assert_eq!(time.newest_ms, 999.0);
        assert!((time.total_seconds - 499.5).abs() < 1e-6);
    }
}
