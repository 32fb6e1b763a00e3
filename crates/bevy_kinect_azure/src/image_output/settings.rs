//! What can be set for an image output.

use bevy::prelude::*;
use bevy::shader::Shader;

/// Which moment an output shows (I13).
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ImageTiming {
    /// The newest frame.
    #[default]
    Live,
    /// The frame that the sensor's newest skeletons were found in, see [`BodyTime`](crate::body_index::BodyTime): what is
    /// drawn on it from joints fits, although finding people takes time. While it is used, up to
    /// [`FRAME_HISTORY`](crate::sensor::FRAME_HISTORY) frames are held.
    Bodies,
}

/// How large an output's image is (I15). All are multiplied by [`OutputScale`], rounded, at least 1 pixel and at most what
/// the GPU's textures can be.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq)]
pub enum OutputResolution {
    /// As large as what it shows: the colour camera's or the depth camera's images.
    #[default]
    Native,
    /// An eighth of that in both directions.
    Eighth,
    /// A quarter of that.
    Quarter,
    /// Half of that.
    Half,
    /// Twice that.
    Double,
    /// Four times that.
    Quadruple,
    /// Eight times that.
    Octuple,
    /// The largest size with the native aspect that fits into these pixels.
    Fit(UVec2),
    /// Native, but made smaller to fit into these pixels where it is larger.
    Limit(UVec2),
    /// Exactly these pixels; the image is stretched.
    Custom(UVec2),
}

/// Multiplies the resolution of every output (I15): 0.5 halves them all in both directions. Not finite or ≤ 0 counts as 1.
#[derive(Resource, Reflect, Clone, Copy, Debug, PartialEq)]
#[reflect(Resource, Default, Debug, PartialEq)]
pub struct OutputScale(pub f32);

impl Default for OutputScale {
    fn default() -> Self {
        Self(1.0)
    }
}

/// The shape that an output's image is meant to be shown in (I16), in [`OutputDiagnostics::aspect`](super::OutputDiagnostics);
/// [`KinectImageNode`](crate::ui::KinectImageNode) keeps to it. It does not change the image itself.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq)]
pub enum OutputAspect {
    /// The shape of what the sensor delivers, whatever the resolution.
    #[default]
    Native,
    /// Width through height of the output's resolution.
    Resolution,
    /// Width divided by height. Not finite or ≤ 0 counts as native.
    Custom(f32),
}

/// How an output is scaled to its resolution, and how its published image is sampled (I17).
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OutputSampling {
    /// Linear for pictures (colour, infrared, false colours), nearest for data (depth, points, player index).
    #[default]
    Auto,
    /// Each pixel takes the nearest one.
    Nearest,
    /// Neighbours are blended. Depth and points blend only neighbours that were measured and lie on one surface, and
    /// the player index is never blended.
    Linear,
    /// Likewise, with a chain of smaller images for viewers that show it small.
    Mipmap,
}

/// The pixel format of an output's image (I19).
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PixelFormat {
    /// The kind's own, see [`ImageKind`](super::ImageKind).
    #[default]
    Auto,
    /// 8-bit RGBA, linear.
    Rgba8,
    /// 8-bit RGBA, sRGB-encoded.
    Rgba8Srgb,
    /// 16-bit RGBA, 0–1.
    Rgba16,
    /// 16-bit floating-point RGBA.
    Rgba16Float,
    /// 32-bit floating-point RGBA.
    Rgba32Float,
    /// 10 bits each of red, green and blue, 2 of alpha.
    Rgb10A2,
    /// 11-bit floating-point red and green, 10-bit blue, no alpha.
    Rg11B10Float,
    /// 8-bit red.
    R8,
    /// 16-bit red, 0–1.
    R16,
    /// 16-bit floating-point red.
    R16Float,
    /// 32-bit floating-point red.
    R32Float,
    /// 8-bit red and green.
    Rg8,
    /// 16-bit red and green, 0–1.
    Rg16,
    /// 16-bit floating-point red and green.
    Rg16Float,
    /// 32-bit floating-point red and green.
    Rg32Float,
    /// 8-bit alpha alone. wgpu has no such format: refused, the nearest is [`R8`](Self::R8).
    A8,
    /// 16-bit alpha alone: refused, the nearest is [`R16`](Self::R16).
    A16,
    /// 16-bit floating-point alpha alone: refused, the nearest is [`R16Float`](Self::R16Float).
    A16Float,
    /// 32-bit floating-point alpha alone: refused, the nearest is [`R32Float`](Self::R32Float).
    A32Float,
    /// 8-bit grey and alpha: refused, the nearest is [`Rg8`](Self::Rg8).
    MonoA8,
    /// 16-bit grey and alpha: refused, the nearest is [`Rg16`](Self::Rg16).
    MonoA16,
    /// 16-bit floating-point grey and alpha: refused, the nearest is [`Rg16Float`](Self::Rg16Float).
    MonoA16Float,
    /// 32-bit floating-point grey and alpha: refused, the nearest is [`Rg32Float`](Self::Rg32Float).
    MonoA32Float,
}

/// Which channels an output writes (I20). Those it does not are 0.
#[derive(Reflect, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChannelMask {
    /// Red.
    pub red: bool,
    /// Green.
    pub green: bool,
    /// Blue.
    pub blue: bool,
    /// Alpha.
    pub alpha: bool,
}

impl Default for ChannelMask {
    fn default() -> Self {
        Self::ALL
    }
}

impl ChannelMask {
    /// Every channel.
    pub const ALL: Self = Self {
        red: true,
        green: true,
        blue: true,
        alpha: true,
    };
}

/// What happens to background that a near object hides from the colour camera, where colour is put onto depth.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum HiddenColor {
    /// It takes the near object's colour, as in the vendor's library.
    #[default]
    Bleed,
    /// It has no colour: no data in images, [`unseen`](crate::point_cloud::PointColor::Camera) in point clouds.
    Hide,
}

/// One shader applied to an output's image (I21).
#[derive(Reflect, Clone, Debug, PartialEq)]
pub struct OutputPass {
    /// What it does.
    pub filter: OutputFilter,
    /// How many times, each on the result of the one before; 0 leaves it out.
    pub repeat: u32,
}

/// What a pass does.
#[derive(Reflect, Clone, Debug, PartialEq)]
pub enum OutputFilter {
    /// Fills pixels without data from measured neighbours up to so many pixels away.
    HoleFill {
        /// Largest distance in pixels, 1 to 8.
        radius: u32,
    },
    /// Blends each pixel with what it was before, unless it has changed by more than `threshold`.
    Temporal {
        /// How much of the past stays, 0 to 1.
        keep: f32,
        /// A change (metres for depth and points, 0–1 for others) that is taken at once.
        threshold: f32,
    },
    /// Smooths surfaces and keeps edges.
    Bilateral {
        /// Radius in pixels, 1 to 8.
        radius: u32,
        /// A difference (metres for depth and points, 0–1 for others) that counts as an edge.
        threshold: f32,
    },
    /// A shader of the app.
    Custom {
        /// WGSL with the fragment entry point `pass_main`.
        shader: Handle<Shader>,
        /// Eight numbers for it.
        params: [Vec4; 2],
    },
}
