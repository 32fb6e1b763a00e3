//! What an image output can show.

use bevy::prelude::*;

/// What an image output shows.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ImageKind {
    /// The colour image, 8 bits a channel: `Bgra8UnormSrgb`, the colour camera's resolution. Aligned, at the depth
    /// mode's: alpha is 0, and so is everything else, where there is no data.
    #[default]
    Color,
    /// Distance along the optical axis in metres, 0 where nothing was measured: `R32Float`, the depth mode's
    /// resolution, never filtered.
    Depth,
    /// Infrared brightness, 0–1 for the sensor's 0–65535: `R16Unorm`, or `R32Float` on GPUs without 16-bit
    /// normalised textures; the depth mode's resolution.
    Infrared,
    /// Position of every depth pixel in the sensor's space, metres, alpha 1; all 0 where nothing was measured:
    /// `Rgba32Float`, the depth mode's resolution, never filtered. Aligned, each pixel of the colour image has the place of
    /// what it shows, in the same space: the depth camera's, not the colour camera's.
    PointCloud,
    /// Which player covers each depth pixel: 25 for the first, 50 for the second, …; 0 = nobody. `R8Unorm`, the depth
    /// mode's resolution, never filtered. It shows something as soon as the sensor has a
    /// [`BodyIndexMap`](crate::body::BodyIndexMap).
    PlayerIndex,
}

impl ImageKind {
    /// The kind as shaders know it; keep in sync with `output.wgsl` and `output_pass.wgsl`.
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
