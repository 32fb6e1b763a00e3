//! The floor that was found, or the reason why there is none.

use bevy::prelude::*;
use kinect_azure::units;
use kinect_tracking::Ground;
use kinect_tracking::floor::{FoundFloor, NoFloor};

/// The floor under a sensor, on the entity with the [`FloorDetection`](super::FloorDetection). Read only.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq)]
#[type_path = "bevy_kinect_azure::floor"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct FloorState {
    /// The floor, averaged over the images that showed it. `None` until it is found, and when it is lost: when no image has shown it
    /// for 10 s, or when the sensor was turned away from it.
    pub floor: Option<SensorFloor>,
    /// Why the newest image shows no floor; `None` if it does, and before the first image. While people cover the floor there may
    /// be a floor and a problem. Its `Display` says what to do.
    pub problem: Option<NoFloor>,
    /// Whether inertial samples give the direction of gravity. Without them the sensor is assumed to stand upright.
    pub has_gravity: bool,
}

/// The floor under a sensor.
#[derive(Reflect, Clone, Copy, Debug, PartialEq)]
pub struct SensorFloor {
    /// How far the depth camera is above the floor, in metres.
    pub height: f32,
    /// The angle by which the sensor is tilted down, in degrees, −90 to 90; 90 looks straight down.
    pub tilt_degrees: f32,
    /// The angle by which the sensor is rolled about its line of sight, clockwise seen from behind it, in degrees, −180 to 180: 90 and
    /// −90 stand on their side. 0 for a sensor that looks straight down.
    pub roll_degrees: f32,
    /// The floor's normal in the sensor's space: a unit vector upwards.
    pub up: Vec3,
    /// The error to expect of the height, in metres, as a standard deviation.
    pub height_error: f32,
    /// The error to expect of the normal, in degrees, as a standard deviation.
    pub tilt_error_degrees: f32,
    /// How far the floor can be trusted, 0 to 1; 0.5 stands for errors of 10 mm or 0.3°.
    pub confidence: f32,
    /// How much of the floor is seen, in m².
    pub area: f32,
}

impl SensorFloor {
    /// The height of a point of the sensor's space (metres) above the floor, in metres.
    pub fn height_of(&self, point: Vec3) -> f32 {
        self.up.dot(point) + self.height
    }

    /// The floor in the vendor's units and axes, for [`kinect_tracking`].
    pub fn ground(&self) -> Ground {
        Ground {
            // The conversion to the camera's axes is its own inverse.
            up: units::direction_to_world(self.up.to_array()),
            camera_height_mm: self.height / units::METRES_PER_MILLIMETRE,
        }
    }
}

impl From<&FoundFloor> for SensorFloor {
    fn from(found: &FoundFloor) -> Self {
        let ground = &found.ground;
        Self {
            height: ground.camera_height_mm * units::METRES_PER_MILLIMETRE,
            tilt_degrees: ground.tilt_degrees(),
            roll_degrees: ground.roll_degrees(),
            up: units::direction_to_world(ground.up).into(),
            height_error: found.height_error_mm * units::METRES_PER_MILLIMETRE,
            tilt_error_degrees: found.tilt_error_degrees,
            confidence: found.confidence(),
            area: found.area_m2,
        }
    }
}
