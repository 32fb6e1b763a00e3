//! One Euro filter of a point in space.

use glam::Vec3;

use super::settings::OneEuro;
use crate::joints::low_pass;

/// The filter of one joint.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OneEuroPoint {
    raw: Vec3,
    value: Vec3,
    /// Smoothed velocity of the measurements in mm/s.
    velocity: Vec3,
}

impl OneEuroPoint {
    pub(super) fn start(&mut self, at: Vec3) {
        *self = Self {
            raw: at,
            value: at,
            velocity: Vec3::ZERO,
        };
    }

    /// Filters the next measurement, `seconds` after the last one; `trust` is a factor of the cutoff.
    pub(super) fn next(&mut self, settings: &OneEuro, at: Vec3, seconds: f32, trust: f32) -> Vec3 {
        let velocity = (at - self.raw) / seconds;
        self.raw = at;
        self.velocity += (velocity - self.velocity) * low_pass(settings.speed_cutoff_hz, seconds);
        let speed = self.velocity.length() * 1e-3;
        let cutoff = settings.min_cutoff_hz.max(0.01) + settings.speed_coefficient.max(0.0) * speed;
        self.value += (at - self.value) * low_pass(cutoff * trust, seconds);
        self.value
    }
}
