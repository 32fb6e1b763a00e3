//! The place of a sensor on the command line.

use core::str::FromStr;

use bevy::prelude::*;
use bevy_kinect_azure::kinect_simulation::Mount;

/// Where a sensor is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Place {
    /// In metres; the floor is at y = 0.
    pub(crate) at: Vec3,
    /// Degrees by which it is turned to the right and tilted down.
    pub(crate) turn: f32,
    pub(crate) tilt: f32,
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers: Option<Vec<f32>> = text
            .split(',')
            .map(|number| number.trim().parse().ok().filter(|n: &f32| n.is_finite()))
            .collect();
        match numbers.as_deref() {
            Some(&[x, y, z, turn, tilt]) => Ok(Self {
                at: Vec3::new(x, y, z),
                turn,
                tilt,
            }),
            _ => Err("write five numbers: -1.7,1.5,-0.2,36,12".to_owned()),
        }
    }
}

impl Place {
    /// The transform of the sensor's entity.
    pub(crate) fn transform(&self) -> Transform {
        Transform::from_translation(self.at).with_rotation(
            Quat::from_rotation_y(-self.turn.to_radians())
                * Quat::from_rotation_x(-self.tilt.to_radians()),
        )
    }

    /// The same for a simulated sensor.
    pub(crate) fn mount(&self) -> Mount {
        Mount {
            height: self.at.y,
            tilt_degrees: self.tilt,
            yaw_degrees: self.turn,
            x: self.at.x,
            z: self.at.z,
            ..Mount::default()
        }
    }
}
