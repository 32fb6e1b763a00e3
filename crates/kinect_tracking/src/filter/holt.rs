//! Kinect smoothing: Holt's double exponential smoothing with a jitter radius.

use glam::Vec3;

use super::settings::KinectSmoothing;

/// Frames a second for which the settings are meant.
const RATE: f32 = 30.0;

/// The filter of one joint.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct HoltPoint {
    raw: Vec3,
    filtered: Vec3,
    /// Movement in 1/30 s.
    trend: Vec3,
    frames: u32,
}

impl HoltPoint {
    pub(super) fn start(&mut self, at: Vec3) {
        *self = Self {
            raw: at,
            filtered: at,
            trend: Vec3::ZERO,
            frames: 1,
        };
    }

    /// Filters the next measurement, `seconds` after the last one; `slack` is a factor of both radii.
    pub(super) fn next(
        &mut self,
        settings: &KinectSmoothing,
        at: Vec3,
        seconds: f32,
        slack: f32,
    ) -> Vec3 {
        let frames = seconds * RATE;
        // The share of the past that one frame keeps, to the power of the number of frames that have passed.
        let kept = |share: f32| share.clamp(0.0, 1.0).powf(frames);
        let correction = 1.0 - kept(1.0 - settings.correction.clamp(0.0, 1.0));
        let jitter = settings.jitter_radius_mm.max(0.0) * slack;
        let deviation = settings.max_deviation_mm.max(0.0) * slack;
        let last = self.filtered;
        if self.frames == 1 {
            // The SDK's second frame is the mean of both.
            self.filtered = (at + self.raw) * 0.5;
            self.trend += ((self.filtered - last) / frames - self.trend) * correction;
        } else {
            let off = at.distance(last);
            let calm = if off <= jitter && jitter > 0.0 {
                last.lerp(at, off / jitter)
            } else {
                at
            };
            let expected = last + self.trend * frames;
            self.filtered = calm.lerp(expected, kept(settings.smoothing));
            self.trend += ((self.filtered - last) / frames - self.trend) * correction;
        }
        self.raw = at;
        self.frames = self.frames.saturating_add(1);
        let predicted = self.filtered + self.trend * settings.prediction.max(0.0);
        let off = predicted.distance(at);
        if off > deviation {
            at.lerp(predicted, deviation / off)
        } else {
            predicted
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// The code that Microsoft published with the SDK, in one dimension, at 30 frames a second.
    struct Classic {
        raw: f32,
        filtered: f32,
        trend: f32,
        frames: u32,
    }

    impl Classic {
        fn next(&mut self, s: &KinectSmoothing, raw: f32) -> f32 {
            let filtered;
            let trend;
            if self.frames == 0 {
                filtered = raw;
                trend = 0.0;
            } else if self.frames == 1 {
                filtered = (raw + self.raw) * 0.5;
                trend =
                    (filtered - self.filtered) * s.correction + self.trend * (1.0 - s.correction);
            } else {
                let off = (raw - self.filtered).abs();
                let calm = if off <= s.jitter_radius_mm {
                    raw * (off / s.jitter_radius_mm)
                        + self.filtered * (1.0 - off / s.jitter_radius_mm)
                } else {
                    raw
                };
                filtered = calm * (1.0 - s.smoothing) + (self.filtered + self.trend) * s.smoothing;
                trend =
                    (filtered - self.filtered) * s.correction + self.trend * (1.0 - s.correction);
            }
            let mut predicted = filtered + trend * s.prediction;
            let off = (predicted - raw).abs();
            if off > s.max_deviation_mm {
                predicted =
                    predicted * (s.max_deviation_mm / off) + raw * (1.0 - s.max_deviation_mm / off);
            }
            (self.raw, self.filtered, self.trend) = (raw, filtered, trend);
            self.frames += 1;
            predicted
        }
    }

    #[test]
    fn at_30_frames_a_second_it_is_the_smoothing_of_the_sdk() {
        let settings = KinectSmoothing {
            correction: 0.3,
            ..KinectSmoothing::default()
        };
        let mut random = Random::new(3);
        let mut classic = Classic {
            raw: 0.0,
            filtered: 0.0,
            trend: 0.0,
            frames: 0,
        };
        let mut ours = HoltPoint::default();
        for frame in 0..300 {
            let raw = (frame as f32 * 0.1).sin() * 300.0 + random.normal() * 20.0;
            let expected = classic.next(&settings, raw);
            let at = Vec3::new(0.0, raw, 0.0);
            let got = if frame == 0 {
                ours.start(at);
                at
            } else {
                ours.next(&settings, at, 1.0 / RATE, 1.0)
            };
            assert!((got.y - expected).abs() < 0.01, "{frame}: {got} {expected}");
        }
    }
}
