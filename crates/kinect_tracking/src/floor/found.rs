//! A floor that was found, or the reason why there is none.

use core::fmt;

use crate::ground::Ground;

/// A floor in a depth image, with the errors to expect.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct FoundFloor {
    /// The floor's plane in the depth camera's axes.
    pub ground: Ground,
    /// The standard deviation to expect of the camera's height, in mm.
    pub height_error_mm: f32,
    /// The standard deviation to expect of the upward direction, in degrees.
    pub tilt_error_degrees: f32,
    /// How much of the floor is seen, in m².
    pub area_m2: f32,
}

impl FoundFloor {
    /// How far the floor can be trusted, 0 to 1: 1 if height and direction are expected within 2 mm and 0.05°, 0.5 at 10 mm or
    /// 0.3°, and less beyond.
    pub fn confidence(&self) -> f32 {
        let height = (self.height_error_mm - 2.0) / 8.0;
        let tilt = (self.tilt_error_degrees - 0.05) / 0.25;
        let worst = height.max(tilt).max(0.0);
        1.0 / (1.0 + worst)
    }
}

/// Why there is no floor in a depth image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
#[non_exhaustive]
pub enum NoFloor {
    /// There is no depth image, it has another size than the camera's images, or nearly nothing was measured in it.
    NoDepth,
    /// No level surface is seen below the camera.
    NoLevelSurface,
    /// A level surface is seen, but so little of it, or so far away, that height and tilt would be guesses.
    TooLittle,
    /// The lowest level surface has other surfaces below it: it is a table, a seat or a step.
    SomethingBelow,
}

impl fmt::Display for NoFloor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoDepth => {
                "the depth image shows nearly nothing; check that the depth camera is on and not covered"
            }
            Self::NoLevelSurface => {
                "no level surface is seen below the sensor; tilt the sensor down until it sees the floor"
            }
            Self::TooLittle => {
                "too little of the floor is seen; tilt the sensor down, or clear the floor before it"
            }
            Self::SomethingBelow => {
                "the lowest level surface that is seen has something below it, as a table has; let the sensor see the floor"
            }
        })
    }
}

impl core::error::Error for NoFloor {}
