//! The settings of image outputs.

use bevy::prelude::*;
use bevy::shader::Shader;

/// The resolution of an output's image. All resolutions are multiplied by [`OutputScale`] (unless
/// [`ignore_output_scale`](super::ImageOutput::ignore_output_scale) is set) and rounded, and are at least 1 pixel. A size beyond
/// the GPU's largest texture is made smaller, with the same aspect, with a warning in
/// [`OutputDiagnostics`](super::OutputDiagnostics); images of more than 1 GiB are refused.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq)]
pub enum OutputResolution {
    /// Native: the size of the colour camera's or the depth camera's images.
    #[default]
    Native,
    /// An eighth of the native size in both directions.
    Eighth,
    /// A quarter of the native size in both directions.
    Quarter,
    /// Half of the native size in both directions.
    Half,
    /// Twice the native size in both directions.
    Double,
    /// Four times the native size in both directions.
    Quadruple,
    /// Eight times the native size in both directions.
    Octuple,
    /// The largest size with the native aspect that fits into these pixels.
    Fit(UVec2),
    /// The native size, or the largest size with the native aspect that fits into these pixels if native is larger.
    Limit(UVec2),
    /// Exactly these pixels; the image is stretched.
    Custom(UVec2),
}

/// Multiplies the resolution of every output: 0.5 halves them all in both directions. Values that are not finite or ≤ 0 count as 1.
#[derive(Resource, Reflect, Clone, Copy, Debug, PartialEq)]
#[type_path = "bevy_kinect_azure::image_output"]
#[reflect(Resource, Default, Debug, PartialEq)]
pub struct OutputScale(pub f32);

impl Default for OutputScale {
    fn default() -> Self {
        Self(1.0)
    }
}

/// The aspect ratio in which an output's image should be shown; published in
/// [`OutputDiagnostics::aspect`](super::OutputDiagnostics) and used by `KinectImageNode` (feature `ui`). The image itself does not
/// change.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq)]
pub enum OutputAspect {
    /// The aspect ratio of the sensor's image, with any resolution of the output.
    #[default]
    Native,
    /// Width divided by height of the output's resolution.
    Resolution,
    /// This width divided by height. Values that are not finite or ≤ 0 count as native.
    Custom(f32),
}

/// How an output is scaled to its resolution.
///
/// Pictures (colour, infrared, false colours) are enlarged bilinearly, in linear light. When a picture is reduced, each pixel is
/// the average of the area that it covers (of 16 × 16 evenly spread pixels if the area is larger), so that nothing flickers. A
/// pixel without data is transparent and does not affect the colour of its neighbours.
///
/// Depth and points are data: 0 means "not measured". They are blended over the same areas, but only among pixels that were
/// measured and lie on the same surface as the nearest pixel (depths within 4.69 % of each other, the limit of the vendor's
/// transformations); if the nearest pixel was not measured, the output's pixel is 0, too. The player index is never blended.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OutputScaling {
    /// Linear for pictures, nearest for data.
    #[default]
    Auto,
    /// Each pixel takes the value of the nearest source pixel.
    Nearest,
    /// Neighbouring pixels are blended.
    Linear,
}

/// The sampler of an output's `Image` asset. Data is always sampled nearest, because a GPU's sampler would blend it with holes.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OutputSampling {
    /// Linear for pictures in formats that the GPU can filter, else nearest.
    #[default]
    Auto,
    /// A sample has the colour of the nearest pixel.
    Nearest,
    /// Neighbouring pixels are blended. A picture in a format that the GPU cannot filter is sampled nearest, with a warning in
    /// [`OutputDiagnostics`](super::OutputDiagnostics).
    Linear,
    /// Like `Linear`, with mipmaps down to one pixel, for images that are displayed small. Mipmaps are blended as in
    /// [`OutputScaling::Linear`], unless [`scaling`](super::ImageOutput::scaling) is `Nearest`.
    Mipmap,
}

/// The pixel format of an output's image.
///
/// Formats with fewer than four channels hold the first ones. A shader samples the same values from every format,
/// except for the precision: colours as linear light, which sRGB formats encode; infrared and the player index as 0–1.
/// Depth is in metres in floating-point formats, and a fraction of a full scale in the others:
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
/// A format that wgpu or this GPU does not support is refused: the output shows nothing, and
/// [`OutputDiagnostics::warning`](super::OutputDiagnostics::warning) names the nearest format that works. 16-bit formats without
/// floating point, and drawing into [`Rg11B10Float`](Self::Rg11B10Float), are optional features of GPUs.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PixelFormat {
    /// The native format of the kind, see [`ImageKind`](super::ImageKind).
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
    /// 16-bit floating-point red, green and blue without alpha. wgpu does not have this format, so it is refused; the
    /// nearest format is [`Rgba16Float`](Self::Rgba16Float).
    Rgb16Float,
    /// 32-bit floating-point red, green and blue without alpha: refused, the nearest is [`Rgba32Float`](Self::Rgba32Float).
    Rgb32Float,
    /// 8-bit alpha alone. wgpu does not have this format, so it is refused; the nearest format is [`R8`](Self::R8).
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

/// The channels that an output writes. The other channels are 0.
#[derive(Reflect, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[reflect(Default, Debug, PartialEq)]
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
#[reflect(Default, Debug, PartialEq)]
pub struct OutputPass {
    /// The filter or shader.
    pub filter: OutputFilter,
    /// How many times the pass runs; each run uses the result of the run before. 0 leaves the pass out; more than
    /// [`MOST`](Self::MOST) count as `MOST`.
    pub repeat: u32,
}

impl OutputPass {
    /// The most repetitions of one pass.
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

/// The filter or shader of a pass. Filters process the data before false colours: depth in metres, positions, infrared as 0–1,
/// colour as linear light. Measured pixels are never blended with pixels without a measurement, and the player index is left as it
/// is.
#[derive(Reflect, Clone, Debug, PartialEq)]
pub enum OutputFilter {
    /// Fills pixels without data from measured neighbours within a radius: with the nearest one, blended with those on the same
    /// surface.
    HoleFill {
        /// Largest distance in pixels, 1 to 8; values outside are clamped.
        radius: u32,
    },
    /// Blends each pixel with its former value, unless it has changed by more than `threshold`.
    Temporal {
        /// Weight of the former value, 0 to 1; values that are not finite count as 0.
        keep: f32,
        /// The largest change that is smoothed, in metres for depth and points, 0–1 for infrared and for sRGB-encoded colours.
        /// Values that are not finite count as 0.
        threshold: f32,
    },
    /// Smooths surfaces and keeps edges.
    Bilateral {
        /// Radius in pixels, 1 to 8; values outside are clamped.
        radius: u32,
        /// The difference from which two pixels count as separated by an edge, in the units of `Temporal`. If it is not finite or ≤
        /// 0, nothing is smoothed.
        threshold: f32,
    },
    /// A shader of the app. It runs on each new image, reads the result of the pass before, and writes an image of the same size.
    /// The WGSL module `kinect_azure::output_pass` has its bindings and a function to read them:
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
    /// A pass whose shader does not compile or does not match these bindings is left out, with a warning in
    /// [`OutputDiagnostics`](super::OutputDiagnostics); while the shader is loading, the output keeps its last image.
    Custom {
        /// WGSL with the fragment entry point `pass_main`.
        shader: Handle<Shader>,
        /// Eight numbers for the shader: `pass_info.params`.
        params: [Vec4; 2],
    },
}

/// `bsn!` takes components that are `Default` and `Clone` as they are only if they are `Unpin`, which Bevy's handles are not.
impl Unpin for OutputFilter {}

impl Default for OutputFilter {
    fn default() -> Self {
        Self::HoleFill { radius: 2 }
    }
}
