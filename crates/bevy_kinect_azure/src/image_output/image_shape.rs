//! The shape of an output's texture: size, format, sampling and mip levels.

use bevy::asset::RenderAssetUsages;
use bevy::image::{Image, ImageSampler};
use bevy::prelude::*;
use bevy::render::render_resource::{Extent3d, TextureDimension, TextureFormat, TextureUsages};

use crate::stream::color_view_formats;

/// The properties of a GPU texture: while they are the same, the texture is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ImageShape {
    pub(super) size: UVec2,
    pub(super) format: TextureFormat,
    /// Whether neighbouring pixels may be blended. Depth and positions are never blended, because 0 means "no data".
    pub(super) filterable: bool,
    /// Number of mip levels.
    pub(super) mips: u32,
}

impl ImageShape {
    /// Memory of the texture in bytes.
    pub(super) fn bytes(&self) -> u64 {
        let pixel = self.format.block_copy_size(None).unwrap_or(0);
        (0..self.mips)
            .map(|level| self.level_size(level))
            .map(|size| u64::from(size.x) * u64::from(size.y) * u64::from(pixel))
            .sum()
    }

    /// Width and height of a mip level; level 0 is the full size.
    pub(super) fn level_size(&self, level: u32) -> UVec2 {
        self.size.map(|n| (n >> level).max(1))
    }

    /// An image of this shape without data, for the render world only (`views`: whether the driver supports views of the stored
    /// values).
    pub(super) fn image(&self, views: bool) -> Image {
        let mut image = Image::new_uninit(
            Extent3d {
                width: self.size.x,
                height: self.size.y,
                depth_or_array_layers: 1,
            },
            TextureDimension::D2,
            self.format,
            RenderAssetUsages::RENDER_WORLD,
        );
        image.texture_descriptor.label = Some("kinect output");
        image.texture_descriptor.usage |= TextureUsages::RENDER_ATTACHMENT;
        image.texture_descriptor.mip_level_count = self.mips;
        if self.format == TextureFormat::Bgra8UnormSrgb {
            image.texture_descriptor.view_formats = color_view_formats(views);
        }
        image.sampler = if self.filterable {
            ImageSampler::linear()
        } else {
            ImageSampler::nearest()
        };
        image
    }
}
