//! The inputs of an output, and the parameters of its shader.

use bevy::prelude::*;
use bevy::render::render_resource::ShaderType;
use bevy::render::texture::GpuImage;
use kinect_azure::calibration::{Extrinsics, Sensor};

use super::extract::{ExtractedOutput, images_of};
use super::shape::full_scale;
use super::{ImageKind, ImageOutput};
use crate::stream::{ExtractedSensor, RawImage, Stored, TextureSet};

/// Versions of the image shown and of the rays that go with it; the generation of the sensor's source.
pub(super) type Versions = [u64; 3];

/// The inputs of an output.
pub(super) struct Source<'a> {
    pub(super) shown: &'a Stored,
    pub(super) rays: Option<&'a Stored>,
    /// From the space of the rays to the depth camera's.
    placement: Extrinsics,
    range: (f32, f32),
    pub(super) versions: Versions,
}

impl<'a> Source<'a> {
    pub(super) fn of(
        output: &ExtractedOutput,
        set: &'a TextureSet,
        sensor: &ExtractedSensor,
        image: &GpuImage,
    ) -> Option<Self> {
        let [shown_image, rays_image] = images_of(&output.output);
        let shown_image = shown_image?;
        let shown = set.get(shown_image)?;
        // Until now colour was uploaded directly into this image, so it is still the sensor's colour texture; the next upload goes
        // to another texture.
        if shown.texture.id() == image.texture.id() {
            return None;
        }
        let rays = match rays_image {
            Some(rays) => Some(set.get(rays).filter(|rays| rays.size() == shown.size())?),
            None => None,
        };
        let placement = match (output.output.kind, output.output.aligned) {
            (ImageKind::PointCloud, true) => {
                let calibration = sensor.calibration.as_ref()?;
                *calibration.extrinsics(Sensor::Color, Sensor::Depth)?
            }
            _ => Extrinsics::IDENTITY,
        };
        let automatic = || match output.output.kind {
            ImageKind::Infrared => {
                let (low, high) = sensor.frame.as_ref().map_or((0, 1), |f| f.ir_range);
                (f32::from(low) / 65535.0, f32::from(high) / 65535.0)
            }
            _ => output.auto_depth,
        };
        let range = output
            .output
            .false_color
            .map_or((0.0, 1.0), |range| range.fixed().unwrap_or_else(automatic));
        let versions = [
            set.version(shown_image),
            rays_image.map_or(0, |rays| set.version(rays)),
            sensor.generation,
        ];
        Some(Self {
            shown,
            rays,
            placement,
            range,
            versions,
        })
    }
}

/// Whether a missing image will be computed soon, because the sensor has all its inputs.
pub(super) fn is_coming(output: &ImageOutput, set: &TextureSet, sensor: &ExtractedSensor) -> bool {
    let has = |image: RawImage| match image {
        RawImage::ColorRays => sensor.calibration.is_some(),
        RawImage::AlignedDepth => set.can_align && set.get(RawImage::Depth).is_some(),
        RawImage::AlignedInfrared => set.can_align && set.get(RawImage::Infrared).is_some(),
        RawImage::AlignedPlayers => set.can_align && set.get(RawImage::Players).is_some(),
        RawImage::AlignedColor | RawImage::AlignedVisibleColor => {
            set.can_align && set.get(RawImage::Color).is_some()
        }
        native => set.get(native).is_some(),
    };
    images_of(output).into_iter().flatten().all(has)
}

/// Keep in sync with `Params` in `output.wgsl`, which documents the fields.
#[derive(ShaderType, Clone, Copy, Debug, PartialEq)]
pub(super) struct Params {
    rotation_x: Vec3,
    data_scale: f32,
    rotation_y: Vec3,
    flags: u32,
    rotation_z: Vec3,
    padding: u32,
    translation: Vec3,
    padding_too: u32,
    range: Vec2,
    size: UVec2,
    /// Divided on the CPU, because the last bit, which may decide which pixel is nearest, differs between GPUs.
    scale: Vec2,
}

/// Bits of `Params::flags`; keep in sync with `output.wgsl`.
const MIRROR: u32 = 1;
const PICTURE: u32 = 2;
const FALSE_COLOR: u32 = 4;
const COLOR_IS_LINEAR: u32 = 8;

impl Params {
    /// Copies data from an image of one size into an image of another size.
    pub(super) fn plain(source: &Source, from: UVec2, size: UVec2) -> Self {
        let Extrinsics {
            rotation: r,
            translation,
        } = source.placement;
        Self {
            rotation_x: Vec3::new(r[0], r[3], r[6]),
            data_scale: 1.0,
            rotation_y: Vec3::new(r[1], r[4], r[7]),
            flags: if source.shown.is_linear {
                COLOR_IS_LINEAR
            } else {
                0
            },
            rotation_z: Vec3::new(r[2], r[5], r[8]),
            padding: 0,
            translation: Vec3::from(translation) * 0.001,
            padding_too: 0,
            range: source.range.into(),
            size,
            scale: from.as_vec2() / size.as_vec2(),
        }
    }

    /// Draws the image that an output shows.
    pub(super) fn published(output: &ExtractedOutput, source: &Source) -> Self {
        let settings = &output.output;
        let mut params = Self {
            data_scale: full_scale(output.shape.format).recip(),
            ..Self::plain(source, source.shown.size(), output.shape.size)
        };
        params.set(MIRROR, settings.mirror);
        params.set(PICTURE, settings.is_picture());
        let false_color = settings.false_color.is_some() && settings.kind != ImageKind::Color;
        params.set(FALSE_COLOR, false_color);
        params
    }

    /// Draws a mip level from the level before.
    pub(super) fn mip(output: &ImageOutput, source: &Source, [from, size]: [UVec2; 2]) -> Self {
        let mut params = Self::plain(source, from, size);
        params.set(PICTURE, output.is_picture());
        params
    }

    fn set(&mut self, flag: u32, is_set: bool) {
        if is_set {
            self.flags |= flag;
        }
    }
}
