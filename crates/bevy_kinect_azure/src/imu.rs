//! Accelerometer and gyroscope.

use bevy::prelude::*;
use kinect_azure::calibration::Sensor;
use kinect_azure::{Calibration, ImuSample, units};

use crate::sensor::{self, KinectSensor, KinectSystems, SensorStream, SensorThread, SourceChanged};

/// What apps usually need for inertial samples; part of [`crate::prelude`].
pub mod prelude {
    pub use super::{Imu, ImuMessage, ImuReading};
}

/// The newest inertial sample of a sensor, on the sensor entity; every sample is also sent as [`ImuMessage`]. Read only.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[type_path = "bevy_kinect_azure::imu"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct Imu {
    /// The newest sample, turned into the sensor's space; `None` before the first.
    pub newest: Option<ImuReading>,
    /// Which way is up in the sensor's space, a unit vector: the direction of the acceleration at rest, smoothed over
    /// half a second. `None` until the sensor has been at rest once.
    pub up: Option<Vec3>,
    /// How many samples were received so far.
    pub samples: u64,
}

impl Imu {
    /// The rotation that levels the sensor: it turns the sensor's space so that its y axis points up. The heading is unchanged,
    /// because gravity does not determine it. `None` while [`up`](Self::up) is `None`.
    pub fn levelling(&self) -> Option<Quat> {
        self.up.map(|up| Quat::from_rotation_arc(up, Vec3::Y))
    }
}

/// One inertial sample in the sensor's space (x right, y up, −z forward), rotated by the factory calibration.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq)]
#[reflect(Default, Debug, PartialEq)]
pub struct ImuReading {
    /// Acceleration in m/s². At rest it points up, with a length of about 9.81.
    pub acceleration: Vec3,
    /// Angular velocity in rad/s.
    pub angular_velocity: Vec3,
    /// The sample as the sensor gave it, with its timestamps, in the axes of the inertial sensors.
    pub sample: ImuSample,
}

/// An inertial sample arrived.
#[derive(Message, Clone, Copy, Debug)]
pub struct ImuMessage {
    /// The sensor entity.
    pub sensor: Entity,
    /// The sample.
    pub reading: ImuReading,
}

/// Standard gravity, and how far the acceleration of a sensor at rest may differ from it, in m/s².
const GRAVITY: f32 = 9.81;
const REST: f32 = 0.2;
/// The fastest turn that still counts as rest, in rad/s.
const STILL: f32 = 0.1;
/// Time constant of [`Imu::up`], in s.
const SMOOTHING: f32 = 0.5;

/// Inertial samples. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct ImuPlugin;

impl Plugin for ImuPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<ImuMessage>()
            .register_type::<Imu>()
            .register_required_components::<KinectSensor, Imu>()
            .add_observer(forget)
            .add_systems(
                PreUpdate,
                receive
                    .after(sensor::receive)
                    .in_set(KinectSystems::Receive),
            );
    }
}

/// Drops the samples of a former source.
fn forget(changed: On<SourceChanged>, mut sensors: Query<&mut Imu>) {
    if let Ok(mut imu) = sensors.get_mut(changed.sensor) {
        *imu = Imu::default();
    }
}

fn receive(
    mut sensors: Query<(Entity, &SensorThread, &mut Imu, Option<&SensorStream>)>,
    mut messages: MessageWriter<ImuMessage>,
) {
    for (sensor, thread, mut imu, stream) in &mut sensors {
        let calibration = stream.and_then(|stream| stream.calibration.as_deref());
        for sample in thread.handle.imu.try_iter() {
            let reading = ImuReading {
                acceleration: turn(calibration, Sensor::Accel, sample.acceleration),
                angular_velocity: turn(calibration, Sensor::Gyro, sample.angular_velocity),
                sample,
            };
            imu.learn_up(&reading);
            imu.newest = Some(reading);
            imu.samples += 1;
            messages.write(ImuMessage { sensor, reading });
        }
    }
}

impl Imu {
    fn learn_up(&mut self, reading: &ImuReading) {
        let length = reading.acceleration.length();
        if (length - GRAVITY).abs() > REST || reading.angular_velocity.length() > STILL {
            return;
        }
        let measured = reading.acceleration / length;
        let elapsed = self.newest.map_or(0, |last| {
            let (now, before) = (
                reading.sample.acceleration_timestamp_usec,
                last.sample.acceleration_timestamp_usec,
            );
            now.saturating_sub(before)
        });
        let share = 1.0 - (-(elapsed as f32) * 1.0e-6 / SMOOTHING).exp();
        self.up = Some(match self.up {
            Some(up) => (up + (measured - up) * share).normalize_or(measured),
            None => measured,
        });
    }
}

/// Rotates a vector from an inertial sensor's axes into the sensor entity's space. Without a calibration the axes are the nominal
/// ones: x backwards, y left, z down.
fn turn(calibration: Option<&Calibration>, from: Sensor, v: [f32; 3]) -> Vec3 {
    let in_camera = calibration
        .and_then(|c| c.extrinsics(from, Sensor::Depth))
        .map_or([-v[1], v[2], -v[0]], |extrinsics| {
            extrinsics.transform_direction(v)
        });
    units::direction_to_world(in_camera).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_rest(acceleration: Vec3, usec: u64) -> ImuReading {
        ImuReading {
            acceleration,
            sample: ImuSample {
                acceleration_timestamp_usec: usec,
                ..default()
            },
            ..default()
        }
    }

    #[test]
    fn a_sensor_at_rest_learns_which_way_is_up_and_levels_itself() {
        let mut imu = Imu::default();
        let tilted = Quat::from_rotation_x(0.3) * Vec3::Y;
        imu.learn_up(&at_rest(tilted * 9.8, 0));
        let levelled = imu.levelling().unwrap_or_default() * tilted;
        assert!(levelled.distance(Vec3::Y) < 1e-6, "{levelled}");
    }

    #[test]
    fn a_sensor_that_is_moved_keeps_what_it_knows() {
        let mut imu = Imu::default();
        imu.learn_up(&at_rest(Vec3::Y * 9.81, 0));
        imu.learn_up(&at_rest(Vec3::X * 15.0, 1000));
        assert_eq!(imu.up, Some(Vec3::Y));
    }

    #[test]
    fn without_a_calibration_the_nominal_axes_hold() {
        // Upright and at rest: the acceleration points up, which is −z of the inertial sensor.
        let up = turn(None, Sensor::Accel, [0.0, 0.0, -9.81]);
        assert!(up.distance(Vec3::Y * 9.81) < 1e-6, "{up}");
    }
}
