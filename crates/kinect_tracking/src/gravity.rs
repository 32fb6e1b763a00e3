//! The direction of gravity, from inertial samples.

use std::sync::{Arc, Mutex, PoisonError};

use glam::Vec3;
use kinect_azure::{Calibration, ImuSample};

use crate::ground::Ground;

/// The direction against gravity as a sensor's inertial samples show it. Clones share it: the thread that receives the samples
/// adds them, and a tracker on another thread reads the direction.
///
/// The direction changes only when the sensor is turned by more than a degree, so that a sensor that stands still has one
/// direction for all of its captures.
#[derive(Clone, Debug, Default)]
pub struct Gravity(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// The mean of the newest samples; a unit vector in the depth camera's axes.
    mean: Option<Vec3>,
    told: Option<Vec3>,
    usec: u64,
}

/// The acceleration at rest in m/s², and how far another acceleration may be from it: a sensor that is carried or pushed measures
/// more than gravity.
const AT_REST: f32 = 9.81;
const MOST_OFF: f32 = 1.5;
/// The time in seconds over which samples are averaged.
const OVER_SECONDS: f32 = 0.3;
/// The cosine of the angle by which the direction changes at least.
const LEAST_TURN: f32 = 0.999_85;

impl Gravity {
    /// Adds a sample. Samples without a direction, and those of a sensor that is being accelerated, are left out.
    pub fn add(&self, sample: &ImuSample, calibration: &Calibration) {
        let length = Vec3::from(sample.acceleration).length();
        // NaN is not near.
        let is_at_rest = (length - AT_REST).abs() < MOST_OFF;
        let up = is_at_rest
            .then(|| Ground::from_acceleration(sample.acceleration, 0.0, calibration))
            .flatten();
        let Some(up) = up.map(|ground| ground.up_unit()) else {
            return;
        };
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let usec = sample.acceleration_timestamp_usec;
        let seconds = usec.saturating_sub(state.usec) as f32 * 1e-6;
        let mean = match state.mean {
            Some(mean) => mean
                .lerp(up, (seconds / OVER_SECONDS).clamp(0.001, 1.0))
                .normalize_or(up),
            None => up,
        };
        state.usec = usec;
        state.mean = Some(mean);
        if state.told.is_none_or(|told| told.dot(mean) < LEAST_TURN) {
            state.told = Some(mean);
        }
    }

    /// The mean direction of the samples of the last 0.3 s; unlike [`up`](Self::up) it follows every sample. `None` before the
    /// first.
    pub fn mean(&self) -> Option<[f32; 3]> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.mean.map(|up| up.to_array())
    }

    /// The direction against gravity in the depth camera's axes, as a unit vector; `None` before the first sample.
    pub fn up(&self) -> Option<[f32; 3]> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.told.map(|up| up.to_array())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use kinect_azure::{ColorResolution, DepthMode};

    fn sample(usec: u64, acceleration: [f32; 3]) -> ImuSample {
        ImuSample {
            acceleration,
            acceleration_timestamp_usec: usec,
            ..ImuSample::default()
        }
    }

    #[test]
    fn a_sensor_that_stands_still_has_one_direction_until_it_is_turned() {
        let raw = kinect_simulation::built_in_calibration().unwrap();
        let calibration = raw
            .calibration(DepthMode::NfovUnbinned, ColorResolution::Off)
            .unwrap();
        let gravity = Gravity::default();
        assert_eq!(gravity.up(), None);
        // The accelerometer's z points down, so at rest it measures −z.
        gravity.add(&sample(1000, [f32::NAN; 3]), &calibration);
        gravity.add(&sample(1000, [0.0, 0.0, -30.0]), &calibration);
        assert_eq!(gravity.up(), None);
        gravity.add(&sample(1000, [0.0, 0.0, -9.8]), &calibration);
        let first = Vec3::from(gravity.up().unwrap());
        assert!(first.dot(Vec3::NEG_Y) > 0.98, "{first}");
        for n in 1..500_u64 {
            let shake = if n % 2 == 0 { 0.1 } else { -0.1 };
            gravity.add(&sample(1000 + n * 625, [shake, 0.0, -9.8]), &calibration);
        }
        assert_eq!(gravity.up(), Some(first.to_array()));
        for n in 0..4000_u64 {
            gravity.add(&sample(400_000 + n * 625, [0.0, 9.8, 0.0]), &calibration);
        }
        let turned = Vec3::from(gravity.up().unwrap());
        assert!(turned.dot(first).abs() < 0.03, "{turned}");
    }
}
