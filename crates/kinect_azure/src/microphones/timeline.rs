//! The time at which sound was heard, on the clock of the images' system timestamps.
//!
//! With each delivery the system reports how long ago its first frame was heard. That measurement jitters with the
//! scheduling of threads, but the device's own clock does not: so time advances by the number of frames, and each
//! measurement corrects it only a little.

use cpal::InputCallbackInfo;

use super::block::frames_nsec;

/// The share of a deviation that is corrected at each delivery.
const PULL: f64 = 0.05;
/// A deviation that no jitter explains, in ns: sound is missing, or the computer was suspended.
const JUMP: f64 = 100.0e6;

/// A time that advances with the frames of a stream.
#[derive(Debug)]
pub(super) struct Timeline {
    sample_rate: u32,
    /// When the next frame will have been heard, in ns; `None` before the first and after a gap.
    next: Option<f64>,
}

impl Timeline {
    pub(super) fn new(sample_rate: u32) -> Self {
        Self {
            sample_rate,
            next: None,
        }
    }

    /// Marks that sound is missing here.
    pub(super) fn gap(&mut self) {
        self.next = None;
    }

    /// When the first of `frames` was heard, in ns: they were handed over at `now`, and the system says that the first
    /// was `age` old.
    pub(super) fn first_frame(&mut self, now: u64, age: u64, frames: usize) -> u64 {
        let length = frames_nsec(frames as u64, self.sample_rate);
        // Sound cannot be delivered before it was heard; some systems do not report its age.
        let measured = now.saturating_sub(age.max(length)) as f64;
        let first = match self.next {
            Some(expected) if (measured - expected).abs() < JUMP => {
                expected + (measured - expected) * PULL
            }
            _ => measured,
        };
        self.next = Some(first + length as f64);
        first.max(0.0) as u64
    }
}

/// Now and the age of the first frame, both in ns.
pub(super) fn now_and_age(info: &InputCallbackInfo) -> (u64, u64) {
    let timestamp = info.timestamp();
    let age = timestamp.callback.duration_since(timestamp.capture);
    let age = u64::try_from(age.as_nanos()).unwrap_or(0);
    (now(info), age)
}

/// `CLOCK_MONOTONIC`. The audio interface has a clock of its own, which begins with the stream.
#[cfg(unix)]
fn now(_: &InputCallbackInfo) -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    let (seconds, nsec) = (now.tv_sec.unsigned_abs(), now.tv_nsec.unsigned_abs());
    seconds.saturating_mul(1_000_000_000).saturating_add(nsec)
}

/// `QueryPerformanceCounter` in ns, which WASAPI stamps sound with.
#[cfg(not(unix))]
fn now(info: &InputCallbackInfo) -> u64 {
    let since_start = info
        .timestamp()
        .callback
        .duration_since(cpal::StreamInstant::ZERO);
    u64::try_from(since_start.as_nanos()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000_000;

    #[test]
    fn jitter_of_deliveries_is_smoothed_and_the_devices_clock_followed() {
        let mut timeline = Timeline::new(48_000);
        let mut random = 12345_u64;
        let mut worst = 0;
        for n in 0..2000_u64 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let late = (random >> 33) % (4 * MS);
            // A device whose clock is 100 ppm slow.
            let heard = 1_000 * MS + n * 10 * MS + n * MS / 1000;
            let first = timeline.first_frame(heard + 10 * MS + late, 10 * MS, 480);
            if n > 200 {
                // The mean delay is not corrected.
                worst = worst.max(first.abs_diff(heard + 2 * MS));
            }
        }
        assert!(worst < MS, "{worst} ns");
    }

    #[test]
    fn what_was_waiting_is_reckoned_back() {
        let mut timeline = Timeline::new(48_000);
        assert_eq!(timeline.first_frame(1_000 * MS, 30 * MS, 480), 970 * MS);
        // Frames reported with an age of 0 are at least as old as their own duration.
        let mut timeline = Timeline::new(48_000);
        assert_eq!(timeline.first_frame(1_000 * MS, 0, 480), 990 * MS);
    }

    #[test]
    fn a_gap_starts_anew() {
        let mut timeline = Timeline::new(48_000);
        timeline.first_frame(1_000 * MS, 10 * MS, 480);
        timeline.gap();
        assert_eq!(timeline.first_frame(1_050 * MS, 10 * MS, 480), 1_040 * MS);
        // A long gap is recognised without being reported.
        assert_eq!(timeline.first_frame(9_000 * MS, 10 * MS, 480), 8_990 * MS);
    }
}
