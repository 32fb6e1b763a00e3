//! The rules for size and format of an output's image, and for refused settings. Functions without state.

use bevy::prelude::*;
use bevy::render::render_resource::{
    TextureFormat, TextureFormatFeatureFlags, TextureFormatFeatures, TextureUsages, WgpuFeatures,
};
use bevy::render::renderer::{RenderAdapter, RenderDevice};

use super::image_shape::ImageShape;
use super::notice::{MOST_BYTES, Notice, Reason};
use super::settings::{OutputAspect, OutputResolution, OutputSampling, PixelFormat};
use super::{ImageKind, ImageOutput};

/// The capabilities of the GPU.
pub(super) struct Gpu<'a> {
    /// The largest width and height of a texture.
    pub(super) most_pixels: u32,
    pub(super) features: WgpuFeatures,
    /// The adapter, if the device may use its format features beyond those that WebGPU guarantees.
    pub(super) adapter: Option<&'a RenderAdapter>,
}

impl<'a> Gpu<'a> {
    pub(super) fn new(device: &RenderDevice, adapter: &'a RenderAdapter) -> Self {
        let features = device.features();
        Self {
            most_pixels: device.limits().max_texture_dimension_2d,
            features,
            adapter: features
                .contains(WgpuFeatures::TEXTURE_ADAPTER_SPECIFIC_FORMAT_FEATURES)
                .then_some(adapter),
        }
    }

    fn format(&self, format: TextureFormat) -> Option<TextureFormatFeatures> {
        if !self.features.contains(format.required_features()) {
            return None;
        }
        Some(match self.adapter {
            Some(adapter) => adapter.get_texture_format_features(format),
            None => format.guaranteed_format_features(self.features),
        })
    }

    /// Whether textures of the format can be drawn into, sampled and copied.
    fn can_draw(&self, format: TextureFormat) -> bool {
        self.format(format).is_some_and(|features| {
            features.allowed_usages.contains(
                TextureUsages::RENDER_ATTACHMENT
                    | TextureUsages::TEXTURE_BINDING
                    | TextureUsages::COPY_SRC,
            )
        })
    }

    fn can_filter(&self, format: TextureFormat) -> bool {
        let is_wide = matches!(
            format,
            TextureFormat::R32Float | TextureFormat::Rg32Float | TextureFormat::Rgba32Float
        );
        let flag = TextureFormatFeatureFlags::FILTERABLE;
        self.format(format).is_some_and(|f| f.flags.contains(flag))
            && (!is_wide || self.features.contains(WgpuFeatures::FLOAT32_FILTERABLE))
    }
}

/// The shape of an output's texture, with a notice if it differs from the settings; or why the settings are refused. `native` is
/// the native size of the image that it shows.
pub(super) fn shape(
    output: &ImageOutput,
    native: UVec2,
    scale: f32,
    gpu: &Gpu,
) -> Result<(ImageShape, Option<Notice>), Notice> {
    let format = texture_format(output, gpu)?;
    let asked = resolve(output.resolution, scale, native);
    let size = fitted(asked, gpu.most_pixels);
    let mut notice = (asked != size).then_some(Notice::Smaller { asked, size });
    let filterable =
        output.is_picture() && output.sampling != OutputSampling::Nearest && gpu.can_filter(format);
    let asks_for_filtering = matches!(
        output.sampling,
        OutputSampling::Linear | OutputSampling::Mipmap
    );
    if output.is_picture() && asks_for_filtering && !filterable {
        notice = notice.or(Some(Notice::NotFiltered(format)));
    }
    let shape = ImageShape {
        size,
        format,
        filterable,
        mips: match output.sampling {
            OutputSampling::Mipmap => size.max_element().ilog2() + 1,
            _ => 1,
        },
    };
    if shape.bytes() > MOST_BYTES {
        let bytes = shape.bytes();
        return Err(Notice::TooMuchMemory { size, bytes });
    }
    Ok((shape, notice))
}

/// The size that a rule gives, before the GPU's limit.
pub(super) fn resolve(rule: OutputResolution, scale: f32, native: UVec2) -> UVec2 {
    let size = native.as_dvec2();
    let into = |pixels: UVec2| (pixels.as_dvec2() / size).min_element();
    let resolved = match rule {
        OutputResolution::Native => size,
        OutputResolution::Eighth => size / 8.0,
        OutputResolution::Quarter => size / 4.0,
        OutputResolution::Half => size / 2.0,
        OutputResolution::Double => size * 2.0,
        OutputResolution::Quadruple => size * 4.0,
        OutputResolution::Octuple => size * 8.0,
        OutputResolution::Fit(pixels) => size * into(pixels),
        OutputResolution::Limit(pixels) => size * into(pixels).min(1.0),
        OutputResolution::Custom(pixels) => pixels.as_dvec2(),
    };
    let scale = if scale.is_finite() && scale > 0.0 {
        f64::from(scale)
    } else {
        1.0
    };
    (resolved * scale).round().as_uvec2().max(UVec2::ONE)
}

/// A size reduced, with the same aspect, to at most this many pixels in each direction.
fn fitted(size: UVec2, most_pixels: u32) -> UVec2 {
    if size.max_element() <= most_pixels {
        return size;
    }
    let scale = f64::from(most_pixels) / f64::from(size.max_element());
    (size.as_dvec2() * scale)
        .round()
        .as_uvec2()
        .clamp(UVec2::ONE, UVec2::splat(most_pixels))
}

/// Width divided by height of the shape in which the image should be shown.
pub(super) fn aspect(rule: OutputAspect, native: UVec2, size: UVec2) -> f32 {
    let of = |size: UVec2| size.x as f32 / size.y as f32;
    match rule {
        OutputAspect::Custom(aspect) if aspect.is_finite() && aspect > 0.0 => aspect,
        OutputAspect::Native | OutputAspect::Custom(_) => of(native),
        OutputAspect::Resolution => of(size),
    }
}

fn texture_format(output: &ImageOutput, gpu: &Gpu) -> Result<TextureFormat, Notice> {
    let asked = output.format;
    if asked == PixelFormat::Auto {
        return Ok(automatic(output, gpu));
    }
    let is_signed = output.kind == ImageKind::PointCloud && output.false_color.is_none();
    let fault = |pixel: PixelFormat| {
        let Some(format) = in_wgpu(pixel) else {
            return Some(Reason::NotInWgpu);
        };
        if is_signed && (full_scale(format) != 1.0 || format == TextureFormat::Rg11b10Ufloat) {
            Some(Reason::HasNoSigns)
        } else if !gpu.can_draw(format) {
            Some(Reason::NotOnThisGpu)
        } else {
            None
        }
    };
    match (fault(asked), in_wgpu(asked)) {
        (None, Some(format)) => Ok(format),
        (reason, _) => {
            let mut nearest = asked;
            // Every chain of nearest formats ends in a format that all GPUs support.
            for _ in 0..4 {
                if fault(nearest).is_none() {
                    break;
                }
                nearest = nearest_to(nearest);
            }
            Err(Notice::Refused {
                asked,
                reason: reason.unwrap_or(Reason::NotInWgpu),
                nearest,
            })
        }
    }
}

/// The format of an output with `PixelFormat::Auto`.
fn automatic(output: &ImageOutput, gpu: &Gpu) -> TextureFormat {
    match output.kind {
        ImageKind::Color => TextureFormat::Bgra8UnormSrgb,
        _ if output.false_color.is_some() => TextureFormat::Rgba8UnormSrgb,
        ImageKind::Depth => TextureFormat::R32Float,
        ImageKind::PointCloud => TextureFormat::Rgba32Float,
        ImageKind::PlayerIndex => TextureFormat::R8Unorm,
        ImageKind::Infrared if gpu.can_draw(TextureFormat::R16Unorm) => TextureFormat::R16Unorm,
        ImageKind::Infrared => TextureFormat::R32Float,
    }
}

fn in_wgpu(format: PixelFormat) -> Option<TextureFormat> {
    Some(match format {
        PixelFormat::Rgba8 => TextureFormat::Rgba8Unorm,
        PixelFormat::Rgba8Srgb => TextureFormat::Rgba8UnormSrgb,
        PixelFormat::Rgba16 => TextureFormat::Rgba16Unorm,
        PixelFormat::Rgba16Float => TextureFormat::Rgba16Float,
        PixelFormat::Rgba32Float => TextureFormat::Rgba32Float,
        PixelFormat::Rgb10A2 => TextureFormat::Rgb10a2Unorm,
        PixelFormat::Rg11B10Float => TextureFormat::Rg11b10Ufloat,
        PixelFormat::R8 => TextureFormat::R8Unorm,
        PixelFormat::R16 => TextureFormat::R16Unorm,
        PixelFormat::R16Float => TextureFormat::R16Float,
        PixelFormat::R32Float => TextureFormat::R32Float,
        PixelFormat::Rg8 => TextureFormat::Rg8Unorm,
        PixelFormat::Rg16 => TextureFormat::Rg16Unorm,
        PixelFormat::Rg16Float => TextureFormat::Rg16Float,
        PixelFormat::Rg32Float => TextureFormat::Rg32Float,
        PixelFormat::Auto
        | PixelFormat::Rgb16Float
        | PixelFormat::Rgb32Float
        | PixelFormat::A8
        | PixelFormat::A16
        | PixelFormat::A16Float
        | PixelFormat::A32Float
        | PixelFormat::MonoA8
        | PixelFormat::MonoA16
        | PixelFormat::MonoA16Float
        | PixelFormat::MonoA32Float => return None,
    })
}

/// The replacement for a format that does not work: as many channels, no less precision.
fn nearest_to(format: PixelFormat) -> PixelFormat {
    match format {
        PixelFormat::A8 => PixelFormat::R8,
        PixelFormat::A16 => PixelFormat::R16,
        PixelFormat::A16Float => PixelFormat::R16Float,
        PixelFormat::A32Float | PixelFormat::R16 | PixelFormat::R8 | PixelFormat::R16Float => {
            PixelFormat::R32Float
        }
        PixelFormat::MonoA8 => PixelFormat::Rg8,
        PixelFormat::MonoA16 => PixelFormat::Rg16,
        PixelFormat::MonoA16Float => PixelFormat::Rg16Float,
        PixelFormat::MonoA32Float
        | PixelFormat::Rg8
        | PixelFormat::Rg16
        | PixelFormat::Rg16Float => PixelFormat::Rg32Float,
        PixelFormat::Rg11B10Float | PixelFormat::Rgb16Float => PixelFormat::Rgba16Float,
        _ => PixelFormat::Rgba32Float,
    }
}

/// The depth in metres that is stored as 1 in a format.
pub(super) fn full_scale(format: TextureFormat) -> f32 {
    match format {
        TextureFormat::R16Unorm | TextureFormat::Rg16Unorm | TextureFormat::Rgba16Unorm => 65.535,
        TextureFormat::Rgb10a2Unorm => 10.23,
        TextureFormat::R8Unorm
        | TextureFormat::Rg8Unorm
        | TextureFormat::Rgba8Unorm
        | TextureFormat::Rgba8UnormSrgb => 10.2,
        _ => 1.0,
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests say what is wrong by panicking"
)]
mod tests {
    use super::*;

    /// What WebGPU guarantees everywhere.
    const PLAIN: Gpu = Gpu {
        most_pixels: 8192,
        features: WgpuFeatures::empty(),
        adapter: None,
    };

    fn depth(format: PixelFormat) -> ImageOutput {
        ImageOutput {
            kind: ImageKind::Depth,
            format,
            ..default()
        }
    }

    #[test]
    fn every_rule_gives_its_size() {
        use OutputResolution::*;
        let native = UVec2::new(1280, 720);
        for (rule, expected) in [
            (Native, [1280, 720]),
            (Eighth, [160, 90]),
            (Quarter, [320, 180]),
            (Half, [640, 360]),
            (Double, [2560, 1440]),
            (Quadruple, [5120, 2880]),
            (Octuple, [10240, 5760]),
            (Fit(UVec2::new(500, 500)), [500, 281]),
            (Fit(UVec2::new(4000, 1440)), [2560, 1440]),
            (Fit(UVec2::ZERO), [1, 1]),
            (Limit(UVec2::new(640, 4000)), [640, 360]),
            (Limit(UVec2::new(4000, 4000)), [1280, 720]),
            (Custom(UVec2::new(33, 77)), [33, 77]),
            (Custom(UVec2::ZERO), [1, 1]),
        ] {
            assert_eq!(
                resolve(rule, 1.0, native),
                UVec2::from(expected),
                "{rule:?}"
            );
        }
        assert_eq!(resolve(Native, 0.5, native), UVec2::new(640, 360));
        assert_eq!(resolve(Custom(UVec2::new(3, 1)), 0.1, native), UVec2::ONE);
        for odd in [0.0, -1.0, f32::NAN, f32::INFINITY] {
            assert_eq!(resolve(Native, odd, native), native, "{odd}");
        }
        // The odd depth image of 320 × 288 halved three times stays in shape.
        assert_eq!(
            resolve(Eighth, 1.0, UVec2::new(320, 288)),
            UVec2::new(40, 36)
        );
    }

    #[test]
    fn what_textures_cannot_be_is_made_smaller_in_its_shape() {
        let output = ImageOutput {
            resolution: OutputResolution::Octuple,
            format: PixelFormat::R8,
            ..default()
        };
        let (shape, notice) = shape(&output, UVec2::new(1280, 720), 1.0, &PLAIN).unwrap();
        assert_eq!(shape.size, UVec2::new(8192, 4608));
        let said = notice.unwrap().to_string();
        assert!(
            said.contains("10240 × 5760") && said.contains("8192 × 4608"),
            "{said}"
        );
    }

    #[test]
    fn what_would_take_the_memory_is_refused() {
        let output = ImageOutput {
            resolution: OutputResolution::Custom(UVec2::splat(8192)),
            format: PixelFormat::Rgba32Float,
            sampling: OutputSampling::Mipmap,
            ..default()
        };
        let said = shape(&output, UVec2::new(1280, 720), 1.0, &PLAIN)
            .unwrap_err()
            .to_string();
        assert!(said.contains("1365 MiB"), "{said}");
    }

    #[test]
    fn refusals_name_the_nearest_format_that_works() {
        let refused = |output: &ImageOutput, gpu: &Gpu| match texture_format(output, gpu) {
            Err(Notice::Refused {
                nearest, reason, ..
            }) => (reason, nearest),
            other => panic!("{other:?}"),
        };
        let not_in_wgpu = [
            (PixelFormat::A8, PixelFormat::R8),
            (PixelFormat::A16Float, PixelFormat::R16Float),
            (PixelFormat::A32Float, PixelFormat::R32Float),
            (PixelFormat::MonoA8, PixelFormat::Rg8),
            (PixelFormat::MonoA16Float, PixelFormat::Rg16Float),
            (PixelFormat::MonoA32Float, PixelFormat::Rg32Float),
            (PixelFormat::Rgb16Float, PixelFormat::Rgba16Float),
            (PixelFormat::Rgb32Float, PixelFormat::Rgba32Float),
            // On a GPU without 16-bit formats, the usual replacement does not work either.
            (PixelFormat::A16, PixelFormat::R32Float),
            (PixelFormat::MonoA16, PixelFormat::Rg32Float),
        ];
        for (asked, nearest) in not_in_wgpu {
            assert_eq!(
                refused(&depth(asked), &PLAIN),
                (Reason::NotInWgpu, nearest),
                "{asked:?}"
            );
        }
        let not_here = [
            (PixelFormat::R16, PixelFormat::R32Float),
            (PixelFormat::Rg16, PixelFormat::Rg32Float),
            (PixelFormat::Rgba16, PixelFormat::Rgba32Float),
            (PixelFormat::Rg11B10Float, PixelFormat::Rgba16Float),
        ];
        for (asked, nearest) in not_here {
            assert_eq!(
                refused(&depth(asked), &PLAIN),
                (Reason::NotOnThisGpu, nearest),
                "{asked:?}"
            );
        }
        let points = |format| ImageOutput {
            kind: ImageKind::PointCloud,
            format,
            ..default()
        };
        for (asked, nearest) in [
            (PixelFormat::R8, PixelFormat::R32Float),
            (PixelFormat::Rg8, PixelFormat::Rg32Float),
            (PixelFormat::Rgba8Srgb, PixelFormat::Rgba32Float),
            (PixelFormat::Rgb10A2, PixelFormat::Rgba32Float),
            (PixelFormat::Rg11B10Float, PixelFormat::Rgba16Float),
        ] {
            assert_eq!(
                refused(&points(asked), &PLAIN),
                (Reason::HasNoSigns, nearest),
                "{asked:?}"
            );
        }
        let said = texture_format(&depth(PixelFormat::A8), &PLAIN)
            .unwrap_err()
            .to_string();
        assert!(
            said.contains("A8") && said.contains("nearest is R8"),
            "{said}"
        );
    }

    #[test]
    fn formats_that_are_optional_work_where_they_are() {
        let gpu = Gpu {
            features: WgpuFeatures::RG11B10UFLOAT_RENDERABLE,
            ..PLAIN
        };
        assert_eq!(
            texture_format(&depth(PixelFormat::Rg11B10Float), &gpu),
            Ok(TextureFormat::Rg11b10Ufloat)
        );
    }

    #[test]
    fn the_aspect_follows_its_rule() {
        let (native, size) = (UVec2::new(1280, 720), UVec2::new(100, 100));
        assert_eq!(aspect(OutputAspect::Native, native, size), 1280.0 / 720.0);
        assert_eq!(aspect(OutputAspect::Resolution, native, size), 1.0);
        assert_eq!(aspect(OutputAspect::Custom(2.5), native, size), 2.5);
        for odd in [0.0, -2.0, f32::NAN] {
            let aspect = aspect(OutputAspect::Custom(odd), native, size);
            assert_eq!(aspect, 1280.0 / 720.0);
        }
    }

    #[test]
    fn only_pictures_are_published_with_a_filtering_sampler() {
        let native = UVec2::new(640, 576);
        let of = |kind, sampling, format| {
            let output = ImageOutput {
                kind,
                sampling,
                format,
                ..default()
            };
            let (shape, notice) = shape(&output, native, 1.0, &PLAIN).unwrap();
            (shape.filterable, shape.mips, notice.is_some())
        };
        use ImageKind::*;
        use OutputSampling::*;
        use PixelFormat::{Auto as Any, R16Float, R32Float};
        assert_eq!(of(Color, Auto, Any), (true, 1, false));
        assert_eq!(of(Color, Nearest, Any), (false, 1, false));
        assert_eq!(of(Color, Mipmap, Any), (true, 10, false));
        assert_eq!(of(Depth, Linear, R16Float), (false, 1, false));
        assert_eq!(of(Depth, Mipmap, Any), (false, 10, false));
        assert_eq!(of(Infrared, Auto, R32Float), (false, 1, false));
        assert_eq!(of(Infrared, Linear, R32Float), (false, 1, true));
        assert_eq!(of(Infrared, Linear, R16Float), (true, 1, false));
    }
}
