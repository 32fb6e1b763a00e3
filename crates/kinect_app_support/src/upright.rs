//! Stands sensors upright.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;

/// Stands each sensor upright once it knows which way is up.
pub fn stand_upright(mut sensors: Query<(&Imu, &mut Transform), Changed<Imu>>) {
    for (imu, mut transform) in &mut sensors {
        if let Some(levelling) = imu.levelling()
            && transform.rotation.angle_between(levelling) > 0.02
        {
            transform.rotation = levelling;
        }
    }
}
