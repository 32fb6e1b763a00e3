//! The errors of a simulated sensor.

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;

/// The errors of a simulated sensor. The default is those of a real sensor; [`Noise::none`] has no errors.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct Noise {
    /// Depth scatters by σ = 1.5 mm + 1 mm · z² (z in metres), at most 17 mm.
    pub depth: bool,
    /// Depth is off by up to ±11 mm, in a fixed, smooth pattern over image and distance.
    pub bias: bool,
    /// At edges of more than 5 cm pixels lie between front and back, or are missing.
    pub flying_pixels: bool,
    /// Pixels that return little light are missing: dark hair, grazing surfaces.
    pub drop_out: bool,
    /// Corners of walls and floor look up to 3 cm deeper, because light also comes by way of other surfaces.
    pub multipath: bool,
    /// Infrared scatters by shot and read noise.
    pub infrared: bool,
    /// Colour scatters, more in the dark.
    pub color: bool,
    /// The share of captures that are lost, 0 to 1.
    pub dropped_captures: f32,
    /// The share of captures without a colour image, 0 to 1.
    pub dropped_color: f32,
    /// The share of captures that reach the host 10 to 90 ms late, 0 to 1; in real time, a capture is left out if the
    /// next one is due by then. Timestamps are those of the exposure, so recordings do not show the delay.
    pub late_captures: f32,
    /// Timestamps scatter by a few µs, and the times of the two cameras scatter against each other by some more.
    pub timestamps: bool,
    /// Inertial samples scatter and have a bias that wanders.
    pub imu: bool,
    /// The strength of those errors of depth that are on.
    pub strength: NoiseStrength,
}

/// A factor for each error of depth. 1, the default, gives the error of a real sensor; 0 gives no error. Negative
/// factors and factors that are not finite count as 1, factors above 10 as 10.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct NoiseStrength {
    /// Factor of the standard deviation of depth.
    pub scatter: f32,
    /// Factor of the fixed error of depth.
    pub bias: f32,
    /// Factor of the share of pixels at edges whose depth is missing or lies between front and back. With a factor of
    /// 2.2 nearly every pixel at an edge has this error.
    pub flying_pixels: f32,
    /// Factor of the light that a surface must return to be measured.
    pub drop_out: f32,
    /// Factor of the additional depth of corners.
    pub multipath: f32,
}

impl Default for NoiseStrength {
    fn default() -> Self {
        Self::REAL
    }
}

impl NoiseStrength {
    /// A real sensor's errors.
    pub const REAL: Self = Self {
        scatter: 1.0,
        bias: 1.0,
        flying_pixels: 1.0,
        drop_out: 1.0,
        multipath: 1.0,
    };

    /// The factors in their range.
    pub(crate) fn limited(self) -> Self {
        let within = |factor: f32| {
            if factor.is_finite() && factor >= 0.0 {
                factor.min(10.0)
            } else {
                1.0
            }
        };
        Self {
            scatter: within(self.scatter),
            bias: within(self.bias),
            flying_pixels: within(self.flying_pixels),
            drop_out: within(self.drop_out),
            multipath: within(self.multipath),
        }
    }
}

impl Default for Noise {
    fn default() -> Self {
        Self {
            depth: true,
            bias: true,
            flying_pixels: true,
            drop_out: true,
            multipath: true,
            infrared: true,
            color: true,
            dropped_captures: 0.0005,
            dropped_color: 0.001,
            late_captures: 0.001,
            timestamps: true,
            imu: true,
            strength: NoiseStrength::REAL,
        }
    }
}

impl Noise {
    /// A perfect sensor, whose only error is that depth is rounded to millimetres.
    pub const fn none() -> Self {
        Self {
            depth: false,
            bias: false,
            flying_pixels: false,
            drop_out: false,
            multipath: false,
            infrared: false,
            color: false,
            dropped_captures: 0.0,
            dropped_color: 0.0,
            late_captures: 0.0,
            timestamps: false,
            imu: false,
            strength: NoiseStrength::REAL,
        }
    }
}
