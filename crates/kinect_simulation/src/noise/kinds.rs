//! The errors of a simulated sensor.

/// A simulated sensor's imperfections. The default is a real sensor's; [`Noise::none`] a perfect one's.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
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
    /// The share of captures that reach the host 10 to 90 ms late, 0 to 1; in real time, captures that are overdue by
    /// then are left out. Timestamps are those of the exposure, so recordings do not show the delay.
    pub late_captures: f32,
    /// Timestamps scatter by a few µs, and the times of the two cameras scatter against each other by some more.
    pub timestamps: bool,
    /// Inertial samples scatter and have a bias that wanders.
    pub imu: bool,
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
        }
    }
}
