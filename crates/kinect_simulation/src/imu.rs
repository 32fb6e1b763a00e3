//! The inertial sensors of a sensor that stands still: gravity, noise, and a bias that wanders.

use glam::Vec3;
use kinect_azure::calibration::{Calibration, Sensor};
use kinect_azure::capture::ImuSample;

use super::random::{hash2, normal32};
use super::rig::Eye;
use super::timing::START_USEC;

/// Time between samples in µs: 1600 a second.
const PERIOD_USEC: u64 = 625;
/// Standard gravity in m/s².
const GRAVITY: f32 = 9.806_65;
/// Standard deviations at the full rate, as an LSM6DSM's: m/s² and rad/s.
const ACCELERATION_NOISE: f32 = 0.021;
const ROTATION_NOISE: f32 = 0.0024;
/// The largest bias that remains after the factory calibration.
const ACCELERATION_BIAS: f32 = 0.03;
const ROTATION_BIAS: f32 = 0.004;
/// The time scale on which a bias wanders, in samples.
const WANDER: u64 = 1600 * 40;

#[derive(Debug)]
pub(crate) struct SimulatedImu {
    /// Up in the accelerometer's axes.
    up: Vec3,
    noisy: bool,
    seed: u64,
    next: u64,
    until_usec: u64,
}

impl SimulatedImu {
    /// The inertial sensors beside a depth camera. If the calibration does not have them, their axes are the nominal ones: x
    /// backwards, y left, z down.
    pub(crate) fn new(eye: &Eye, calibration: &Calibration, noisy: bool, seed: u64) -> Self {
        let [x, y, z] = (eye.to_world.transpose() * Vec3::Y).to_array();
        let up = calibration
            .extrinsics(Sensor::Depth, Sensor::Accel)
            .map_or([-z, -x, y], |extrinsics| {
                extrinsics.transform_direction([x, y, z])
            });
        Self {
            up: Vec3::from(up).normalize_or(Vec3::NEG_Z),
            noisy,
            seed,
            next: START_USEC / PERIOD_USEC,
            until_usec: 0,
        }
    }

    /// Allows samples up to a time on the device clock, in µs.
    pub(crate) fn advance_to(&mut self, usec: u64) {
        self.until_usec = self.until_usec.max(usec);
    }

    /// Goes to a time since the first capture, in µs.
    pub(crate) fn seek(&mut self, usec: u64) {
        self.until_usec = START_USEC.saturating_add(usec);
        self.next = self.until_usec / PERIOD_USEC;
    }

    pub(crate) fn next_sample(&mut self) -> Option<ImuSample> {
        let usec = self.next * PERIOD_USEC;
        if usec > self.until_usec {
            return None;
        }
        let sample = self.sample(self.next);
        self.next += 1;
        Some(sample)
    }

    fn sample(&self, number: u64) -> ImuSample {
        let usec = number * PERIOD_USEC;
        let mut acceleration = self.up * GRAVITY;
        let mut rotation = Vec3::ZERO;
        if self.noisy {
            acceleration += self.random(1, number) * ACCELERATION_NOISE
                + self.wander(2, number) * ACCELERATION_BIAS;
            rotation +=
                self.random(3, number) * ROTATION_NOISE + self.wander(4, number) * ROTATION_BIAS;
        }
        ImuSample {
            temperature_celsius: Some(32.0),
            acceleration: acceleration.to_array(),
            acceleration_timestamp_usec: usec,
            angular_velocity: rotation.to_array(),
            angular_velocity_timestamp_usec: usec,
        }
    }

    fn random(&self, stream: u64, number: u64) -> Vec3 {
        let bits = hash2(self.seed ^ (stream << 40), number);
        let more = hash2(bits, 1);
        Vec3::new(
            normal32(bits as u32),
            normal32((bits >> 32) as u32),
            normal32(more as u32),
        )
    }

    /// A slow, smooth walk within ±1.
    fn wander(&self, stream: u64, number: u64) -> Vec3 {
        let (step, part) = (number / WANDER, (number % WANDER) as f32 / WANDER as f32);
        let part = part * part * (3.0 - 2.0 * part);
        let at =
            |step: u64| (self.random(stream, step | 1 << 50) * 0.4).clamp(Vec3::NEG_ONE, Vec3::ONE);
        at(step).lerp(at(step + 1), part)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::rig::built_in_calibration;
    use crate::settings::Mount;
    use kinect_azure::modes::{ColorResolution, DepthMode};

    #[test]
    fn a_calibration_without_inertial_sensors_means_nominal_axes() {
        let mut calibration = built_in_calibration()
            .unwrap()
            .calibration(DepthMode::NfovUnbinned, ColorResolution::Off)
            .unwrap();
        for sensor in [Sensor::Accel, Sensor::Gyro] {
            calibration.extrinsics[Sensor::Depth.index()][sensor.index()] = None;
            calibration.extrinsics[sensor.index()][Sensor::Depth.index()] = None;
        }
        let level = Mount {
            tilt_degrees: 0.0,
            ..Mount::default()
        };
        let mut imu = SimulatedImu::new(&Eye::depth(&level), &calibration, false, 3);
        imu.advance_to(1_000_000);
        // At rest the acceleration points up, which is −z.
        let sample = Vec3::from(imu.next_sample().unwrap().acceleration);
        assert!(sample.distance(Vec3::NEG_Z * GRAVITY) < 0.01, "{sample}");
    }

    #[test]
    fn gravity_points_up_whatever_the_tilt() {
        let calibration = built_in_calibration()
            .unwrap()
            .calibration(DepthMode::NfovUnbinned, ColorResolution::Off)
            .unwrap();
        for (tilt, roll) in [(0.0, 0.0), (30.0, 0.0), (-20.0, 90.0)] {
            let mount = Mount {
                tilt_degrees: tilt,
                roll_degrees: roll,
                ..Mount::default()
            };
            let eye = Eye::depth(&mount);
            let mut imu = SimulatedImu::new(&eye, &calibration, true, 3);
            imu.advance_to(10_000_000);
            let mut samples = Vec::new();
            while let Some(sample) = imu.next_sample() {
                samples.push(sample);
            }
            assert_eq!(samples.len(), (10_000_000 - 200_000) / 625 + 1);
            let n = samples.len() as f32;
            let mean = samples
                .iter()
                .map(|s| Vec3::from(s.acceleration))
                .sum::<Vec3>()
                / n;
            // From the inertial sensor's axes to the depth camera's, and from those to the world's.
            let back = calibration
                .extrinsics(Sensor::Accel, Sensor::Depth)
                .unwrap();
            let world = eye.to_world * Vec3::from(back.transform_direction(mean.to_array()));
            assert!(world.normalize().dot(Vec3::Y) > 0.9999, "{world}");
            assert!((world.length() - GRAVITY).abs() < 0.06, "{world}");
            let spread = samples
                .iter()
                .map(|s| (Vec3::from(s.acceleration) - mean).length_squared())
                .sum::<f32>()
                / n
                / 3.0;
            assert!(
                (spread.sqrt() / ACCELERATION_NOISE - 1.0).abs() < 0.15,
                "{}",
                spread.sqrt()
            );
            let turn = samples
                .iter()
                .map(|s| Vec3::from(s.angular_velocity))
                .sum::<Vec3>()
                / n;
            assert!(turn.length() < 2.0 * ROTATION_BIAS);
        }
    }
}
