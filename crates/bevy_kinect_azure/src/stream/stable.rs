//! Image handles that last: reserved before the size is known, kept as long as the size stays.

use bevy::asset::RenderAssetUsages;
use bevy::image::{Image, ImageSampler};
use bevy::prelude::*;
use bevy::render::render_resource::{Extent3d, TextureDimension, TextureFormat, TextureUsages};

use super::upload::color_view_formats;

/// What decides whether a GPU texture can stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ImageShape {
    pub(crate) size: UVec2,
    pub(crate) format: TextureFormat,
    /// Whether neighbouring pixels may be blended. Never for depth and positions: 0 means "no data".
    pub(crate) filterable: bool,
    /// How many images there are: the whole, half of it, and so on.
    pub(crate) mips: u32,
}

impl ImageShape {
    /// Memory of the texture in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        let pixel = self.format.block_copy_size(None).unwrap_or(0);
        (0..self.mips)
            .map(|level| self.level_size(level))
            .map(|size| u64::from(size.x) * u64::from(size.y) * u64::from(pixel))
            .sum()
    }

    /// Width and height of an image of the chain; 0 is the whole.
    pub(crate) fn level_size(&self, level: u32) -> UVec2 {
        self.size.map(|n| (n >> level).max(1))
    }

    fn image(&self, views: bool) -> Image {
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

/// A handle whose image is made, and made anew, when its shape becomes known or changes.
#[derive(Clone, Debug, Default)]
pub(crate) struct StableImage {
    shape: Option<ImageShape>,
}

impl StableImage {
    /// Gives `handle` an image of that shape (`views`: colour may also be read as it is stored). Where it already has
    /// one of another shape, materials hold on to the old texture: then `handle` becomes a new one, and the old one is returned.
    pub(crate) fn ensure(
        &mut self,
        handle: &mut Handle<Image>,
        shape: ImageShape,
        views: bool,
        images: &mut Assets<Image>,
    ) -> Option<Handle<Image>> {
        if self.shape == Some(shape) {
            return None;
        }
        let image = shape.image(views);
        let is_first = self.shape.replace(shape).is_none() && *handle != Handle::default();
        if is_first && images.insert(handle.id(), image.clone()).is_ok() {
            return None;
        }
        Some(core::mem::replace(handle, images.add(image)))
    }

    pub(crate) fn shape(&self) -> Option<ImageShape> {
        self.shape
    }
}
