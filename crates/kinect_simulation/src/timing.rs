//! The times of captures on the sensor's own clock, and which captures are lost.

use kinect_azure::modes::FrameRate;

use super::noise::Noise;
use super::random::{hash2, normal32, unit32};

/// The time of the first capture on the device clock, in µs: a sensor takes a while to start.
pub(crate) const START_USEC: u64 = 200_000;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    pub(crate) frame_rate: FrameRate,
    pub(crate) noise: Noise,
    pub(crate) seed: u64,
}

/// The times of a capture's images on the device clock, in µs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) depth_usec: u64,
    /// `None`: the colour image was lost.
    pub(crate) color_usec: Option<u64>,
}

impl Timing {
    /// The ideal time of a capture since the first, in µs.
    pub(crate) fn usec(&self, number: u64) -> u64 {
        number.saturating_mul(self.frame_rate.period_ns()) / 1000
    }

    /// The first capture at that time since the first, in µs, or later.
    pub(crate) fn number_at(&self, usec: u64) -> u64 {
        usec.saturating_mul(1000)
            .div_ceil(self.frame_rate.period_ns())
    }

    /// When the host gets a capture, in µs since the first was taken.
    pub(crate) fn arrival_usec(&self, number: u64) -> u64 {
        let bits = hash2(self.seed ^ 0x12, number);
        let late = unit32((bits >> 32) as u32) < self.noise.late_captures;
        let delay = if late {
            10_000.0 + 80_000.0 * unit32(bits as u32)
        } else {
            0.0
        };
        self.usec(number).saturating_add(delay as u64)
    }

    /// The times of a capture; `None` if the whole capture is lost.
    pub(crate) fn capture(&self, number: u64) -> Option<Times> {
        let die = |stream: u64| unit32((hash2(self.seed ^ stream, number) >> 32) as u32);
        // At most a limited share is lost, so some captures always come; NaN counts as 0.
        let lost = |share: f32| share.clamp(0.0, 0.95);
        // The first capture is never lost, so that an image comes at once.
        if number > 0 && die(0x10) < lost(self.noise.dropped_captures) {
            return None;
        }
        let ideal = START_USEC.saturating_add(self.usec(number));
        let (mut depth, mut color) = (0.0, 0.0);
        if self.noise.timestamps {
            // Each camera's time scatters by a few µs, and the difference of the two by some ten.
            let bits = hash2(self.seed ^ 0x20, number);
            depth = 4.0 * normal32(bits as u32);
            color = 11.0 + 6.0 * normal32((bits >> 32) as u32);
        }
        let shifted = |by: f32| ideal.saturating_add_signed(by.round() as i64);
        Some(Times {
            depth_usec: shifted(depth),
            color_usec: (number == 0 || die(0x11) >= lost(self.noise.dropped_color))
                .then(|| shifted(color)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timing(noise: Noise) -> Timing {
        Timing {
            frame_rate: FrameRate::Fps30,
            noise,
            seed: 4,
        }
    }

    #[test]
    fn a_perfect_sensor_keeps_time() {
        let timing = timing(Noise::none());
        for number in 0..3000 {
            let times = timing.capture(number);
            let usec = START_USEC + number * 1_000_000 / 30;
            let late = times.map(|t| t.depth_usec.abs_diff(usec));
            assert!(late.is_some_and(|late| late <= number / 1000 + 1));
            assert_eq!(
                times.and_then(|t| t.color_usec),
                times.map(|t| t.depth_usec)
            );
            assert_eq!(timing.number_at(timing.usec(number)), number);
        }
    }

    #[test]
    fn a_real_one_loses_as_many_as_asked_for() {
        let timing = timing(Noise {
            dropped_captures: 0.05,
            dropped_color: 0.1,
            late_captures: 0.2,
            ..Noise::default()
        });
        let captures: Vec<Times> = (0..20_000).filter_map(|n| timing.capture(n)).collect();
        let lost = 1.0 - captures.len() as f64 / 20_000.0;
        assert!((lost - 0.05).abs() < 0.006, "{lost}");
        let no_color = captures.iter().filter(|t| t.color_usec.is_none()).count();
        let share = no_color as f64 / captures.len() as f64;
        assert!((share - 0.1).abs() < 0.01, "{share}");
        let delay = |n: u64| timing.arrival_usec(n) - timing.usec(n);
        let late = (0..20_000).filter(|&n| delay(n) > 0).count() as f64 / 20_000.0;
        assert!((late - 0.2).abs() < 0.012, "{late}");
        assert!((0..20_000).all(|n| delay(n) == 0 || (10_000..=90_000).contains(&delay(n))));
        assert!(
            captures
                .windows(2)
                .all(|w| w[0].depth_usec < w[1].depth_usec)
        );
    }
}
