//! What can be set for an image output.

use bevy::prelude::*;
use bevy::shader::Shader;

/// How large an output's image is. All are multiplied by [`OutputScale`] (unless
/// [`ignore_output_scale`](super::ImageOutput::ignore_output_scale) is set) and rounded, and are at least 1 pixel. A size that the
/// GPU's textures cannot have is made smaller, in its shape, with a warning in
/// [`OutputDiagnostics`](super::OutputDiagnostics); images of more than 1 GiB are refused.
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

/// Multiplies the resolution of every output: 0.5 halves them all in both directions. Not finite or ≤ 0 counts as 1.
#[derive(Resource, Reflect, Clone, Copy, Debug, PartialEq)]
#[reflect(Resource, Default, Debug, PartialEq)]
pub struct OutputScale(pub f32);

impl Default for OutputScale {
    fn default() -> Self {
        Self(1.0)
    }
}

/// The shape that an output's image is meant to be shown in, in [`OutputDiagnostics::aspect`](super::OutputDiagnostics);
/// `KinectImageNode` (feature `ui`) keeps to it. It does not change the image itself.
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

/// How an output is scaled to its resolution.
///
/// Pictures (colour, infrared, false colours) that are made larger are blended bilinearly, in linear light; made smaller,
/// each pixel is the average of the area it covers (of 16 × 16 pixels in it, evenly spread, where it covers more), so
/// that nothing flickers. A pixel without data is transparent and lends its neighbours no colour.
///
/// Depth and points are data: 0 means "not measured". They are blended over the same areas, but only with pixels that were
/// measured and lie on one surface with the nearest pixel (depths within 4.69 % of each other, the limit of the vendor's
/// transformations); where the nearest pixel was not measured, neither is the output's. The player index is never
/// blended.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OutputScaling {
    /// Linear for pictures, nearest for data.
    #[default]
    Auto,
    /// Each pixel takes the nearest one.
    Nearest,
    /// Neighbours are blended.
    Linear,
}

/// How an output's published image is sampled by whatever shows it. Data is always sampled nearest, because a GPU's
/// sampler would blend it with holes.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OutputSampling {
    /// Linear for pictures in formats that the GPU can filter, else nearest.
    #[default]
    Auto,
    /// Each place has the colour of the nearest pixel.
    Nearest,
    /// Neighbours are blended. A picture in a format that the GPU cannot filter is sampled nearest, with a warning in
    /// [`OutputDiagnostics`](super::OutputDiagnostics).
    Linear,
    /// As `Linear`, with a chain of smaller images down to one pixel for viewers that show it small. They are blended as
    /// [`OutputScaling::Linear`] does it, unless [`scaling`](super::ImageOutput::scaling) is `Nearest`.
    Mipmap,
}

/// The pixel format of an output's image.
///
/// Formats with fewer channels hold the first ones. What a shader samples is the same in every format, but for its
/// precision: colours are linear light, which sRGB formats encode; infrared and the player index are 0–1. Depth, which is
/// in metres in floating-point formats, is a share of a full scale in the others:
///
/// | format | full scale | step |
/// | --- | --- | --- |
/// | 8 bits | 10.2 m | 40 mm |
/// | 10 bits | 10.23 m | 10 mm |
/// | 16 bits | 65.535 m | 1 mm: the stored integer is the sensor's |
///
/// Positions have signs, so point clouds (without false colours) need a floating-point format other than
/// [`Rg11B10Float`](Self::Rg11B10Float).
///
/// What wgpu or this GPU cannot do is refused: the output shows nothing, and
/// [`OutputDiagnostics::warning`](super::OutputDiagnostics::warning) names the nearest format that works. 16-bit formats that are not floating-point
/// are an optional feature of GPUs, drawing into [`Rg11B10Float`](Self::Rg11B10Float) is another.
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
    /// 10 bits each of red, green and blue, 2 of alpha, linear.
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
    /// 16-bit floating-point red, green and blue without alpha. wgpu has no such format: refused, the nearest is
    /// [`Rgba16Float`](Self::Rgba16Float).
    Rgb16Float,
    /// 32-bit floating-point red, green and blue without alpha: refused, the nearest is [`Rgba32Float`](Self::Rgba32Float).
    Rgb32Float,
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

/// Which channels an output writes. Those it does not are 0.
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

/// One shader applied to an output's image.
#[derive(Reflect, Clone, Debug, PartialEq)]
pub struct OutputPass {
    /// What it does.
    pub filter: OutputFilter,
    /// How many times, each on the result of the one before; 0 leaves it out, and [`MOST`](Self::MOST) are done.
    pub repeat: u32,
}

impl OutputPass {
    /// Repetitions of one pass at most.
    pub const MOST: u32 = 64;

    /// A filter that is applied once.
    pub fn once(filter: OutputFilter) -> Self {
        Self { filter, repeat: 1 }
    }
}

impl Default for OutputPass {
    fn default() -> Self {
        Self::once(OutputFilter::default())
    }
}

impl From<OutputFilter> for OutputPass {
    fn from(filter: OutputFilter) -> Self {
        Self::once(filter)
    }
}

/// What a pass does. Filters work on the data, before false colours: metres, places, 0–1, linear light. Data is never
/// blended with what was not measured, and the player index is left as it is.
#[derive(Reflect, Clone, Debug, PartialEq)]
pub enum OutputFilter {
    /// Fills pixels without data from measured neighbours up to so many pixels away: the nearest one, blended with
    /// those on one surface with it.
    HoleFill {
        /// Largest distance in pixels, 1 to 8; others count as the nearest of them.
        radius: u32,
    },
    /// Blends each pixel with what it was before, unless it has changed by more than `threshold`.
    Temporal {
        /// How much of the past stays, 0 to 1; not finite counts as 0.
        keep: f32,
        /// A change that is not taken at once: metres for depth and points; 0–1 for infrared, and for colours as they
        /// are encoded. Not finite counts as 0.
        threshold: f32,
    },
    /// Smooths surfaces and keeps edges.
    Bilateral {
        /// Radius in pixels, 1 to 8; others count as the nearest of them.
        radius: u32,
        /// A difference that counts as an edge, as in `Temporal`. Not finite or ≤ 0: nothing is smoothed.
        threshold: f32,
    },
    /// A shader of the app. It runs when there is a new image, reads the result of the pass before, and writes one of
    /// the same size. What it can read, and a helper to do so, are in the module `kinect_azure::output_pass`:
    ///
    /// ```wgsl
    /// #import kinect_azure::output_pass::{fetch, pass_info}
    ///
    /// @fragment
    /// fn pass_main(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    ///     let value = fetch(vec2<i32>(position.xy));
    ///     return vec4(value.rgb * pass_info.params[0].x, value.a);
    /// }
    /// ```
    ///
    /// | group 0 | type | is |
    /// | --- | --- | --- |
    /// | binding 0 | `texture_2d<f32>` | the image so far, `Rgba16Float` for colour, else `Rgba32Float`; for `textureLoad` |
    /// | binding 1 | uniform `PassInfo` | `params: array<vec4<f32>, 2>`, `size: vec2<u32>` in pixels, `kind: u32` (0 colour, 1 depth, 2 infrared, 3 point cloud, 4 player index), `number: u32` of the pass from 0, `time: f32` in seconds since the app started, `frame: u32` counting images |
    ///
    /// A shader that does not compile or does not fit is left out, with a warning in
    /// [`OutputDiagnostics`](super::OutputDiagnostics); while it is loading, the output stays as it is.
    Custom {
        /// WGSL with the fragment entry point `pass_main`.
        shader: Handle<Shader>,
        /// Eight numbers for it.
        params: [Vec4; 2],
    },
}

impl Default for OutputFilter {
    fn default() -> Self {
        Self::HoleFill { radius: 2 }
    }
}
