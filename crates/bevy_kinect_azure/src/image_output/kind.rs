//! The kinds of image that an output can show.

use bevy::prelude::*;

/// The kind of image that an output shows.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ImageKind {
    /// The colour image, 8 bits a channel: `Bgra8UnormSrgb`, the colour camera's resolution. Aligned, it has the depth mode's
    /// resolution, and all four channels are 0 where there is no data.
    #[default]
    Color,
    /// Distance along the optical axis in metres, 0 where nothing was measured: `R32Float`, the depth mode's
    /// resolution, never filtered.
    Depth,
    /// Infrared brightness, 0–1 for the sensor's 0–65535: `R16Unorm`, or `R32Float` on GPUs without 16-bit
    /// normalised textures; the depth mode's resolution.
    Infrared,
    /// Position of every depth pixel in the sensor's space, metres, alpha 1; all 0 where nothing was measured: `Rgba32Float`, the
    /// depth mode's resolution, never filtered. Aligned, it has a position for each pixel of the colour image, still in the
    /// sensor's (the depth camera's) space.
    PointCloud,
    /// Which player covers each depth pixel: 25 for the first, 50 for the second, …; 0 = no player. `R8Unorm`, the depth mode's
    /// resolution, never filtered. It is empty until the sensor has a [`BodyIndexMap`](crate::body::BodyIndexMap).
    PlayerIndex,
}

impl ImageKind {
    /// The number of the kind in shaders; keep in sync with `output.wgsl` and `output_pass.wgsl`.
    pub(super) fn number(self) -> u32 {
        match self {
            Self::Color => 0,
            Self::Depth => 1,
            Self::Infrared => 2,
            Self::PointCloud => 3,
            Self::PlayerIndex => 4,
        }
    }
}
