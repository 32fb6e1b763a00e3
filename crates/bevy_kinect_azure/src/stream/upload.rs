//! Writes new frames into GPU textures, each image once.

use std::sync::Arc;
use std::time::Instant;

use bevy::prelude::*;
use bevy::render::render_asset::RenderAssets;
use bevy::render::render_resource::{
    DownlevelFlags, Extent3d, Origin3d, TexelCopyBufferLayout, TexelCopyTextureInfo, Texture,
    TextureAspect, TextureDescriptor, TextureDimension, TextureFormat, TextureUsages, TextureView,
    TextureViewDescriptor,
};
use bevy::render::renderer::{RenderAdapter, RenderDevice, RenderQueue};
use bevy::render::texture::GpuImage;
use kinect_azure::calibration::XyTable;

use super::ExtractedSensors;
use super::images::{DirectColor, RawImage, SensorTextures, Stored, TextureSet};
use crate::body::ImageTiming;
use crate::sensor::Frame;

/// Marks pixels without a ray; keep in sync with `common.wgsl`. WGSL may assume that there are no NaNs, so this value replaces the
/// NaNs of the table.
const NO_RAY: f32 = -1.0e6;

/// A new GPU does not have the textures of the old one: starts again without any.
pub(super) fn reset(mut commands: Commands) {
    commands.insert_resource(SensorTextures::default());
}

pub(super) fn upload(
    sensors: Res<ExtractedSensors>,
    mut textures: ResMut<SensorTextures>,
    images: Res<RenderAssets<GpuImage>>,
    device: Res<RenderDevice>,
    adapter: Res<RenderAdapter>,
    queue: Res<RenderQueue>,
) {
    let views = has_view_formats(&adapter);
    textures.0.retain(|key, _| sensors.0.contains_key(key));
    for (&key, sensor) in &sensors.0 {
        let set = textures.0.entry(key).or_default();
        if set.generation != sensor.generation {
            // Images of the former source must not be shown as the new one's.
            set.forget(sensor.generation);
            for image in sensor
                .direct_color
                .iter()
                .filter_map(|direct| images.get(direct.image))
            {
                clear(&queue, &image.texture);
            }
        }
        set.keep_rays(RawImage::Rays, &sensor.xy_table, &device, &queue);
        set.keep_rays(RawImage::ColorRays, &sensor.color_table, &device, &queue);
        match &sensor.players {
            Some(players) if players.id() != set.uploaded_players => {
                set.uploaded_players = players.id();
                let size = (players.width(), players.height());
                set.write(RawImage::Players, size, players.pixels(), &device, &queue);
            }
            Some(_) => {}
            None => set.set(RawImage::Players, None),
        }
        let Some(frame) = sensor.frame.as_ref().filter(|frame| fits(frame, &device)) else {
            continue;
        };
        if frame.id != set.uploaded {
            set.uploaded = frame.id;
            set.to_measure = Some(frame.captured_at);
            set.written.clear();
            if let Some(depth) = &frame.capture.depth {
                let size = (depth.width, depth.height);
                set.write(RawImage::Depth, size, depth.bytes(), &device, &queue);
            }
            if let Some(ir) = &frame.capture.ir {
                let size = (ir.width, ir.height);
                set.write(RawImage::Infrared, size, ir.bytes(), &device, &queue);
            }
        }
        if !frame.color_bgra().is_empty() {
            set.write_color(frame, &sensor.direct_color, &images, &device, &queue, views);
        }
    }
}

/// Whether every image of the frame is small enough for a texture of this GPU.
fn fits(frame: &Frame, device: &RenderDevice) -> bool {
    let limit = device.limits().max_texture_dimension_2d;
    let sizes = [
        Some(frame.color_size),
        frame.capture.depth.as_ref().map(|i| (i.width, i.height)),
        frame.capture.ir.as_ref().map(|i| (i.width, i.height)),
    ];
    let fits = sizes
        .iter()
        .flatten()
        .all(|&(width, height)| width <= limit && height <= limit);
    if !fits {
        warn_once!(
            "a sensor's images are larger than this GPU's textures can be ({limit} pixels): they are not shown. \
             Choose a lower resolution"
        );
    }
    fits
}

/// Measures how long the frame took from its source to here; runs after the frame was submitted to the GPU.
pub(super) fn measure_latency(
    sensors: Res<ExtractedSensors>,
    mut textures: ResMut<SensorTextures>,
) {
    for (key, set) in &mut textures.0 {
        // Frames that were held for bodies are late on purpose: they are not measured.
        if let (Some(captured_at), Some(sensor)) = (set.to_measure.take(), sensors.0.get(key))
            && key.timing == ImageTiming::Live
        {
            sensor.latency.record(captured_at.elapsed());
        }
    }
}

impl TextureSet {
    /// Drops every image of a former source. Versions go on counting, so that results computed from these images become stale.
    fn forget(&mut self, generation: u64) {
        for image in RawImage::ALL {
            self.set(image, None);
        }
        self.tables = [None, None];
        self.generation = generation;
        self.uploaded = 0;
        self.uploaded_players = 0;
        self.written.clear();
        self.to_measure = None;
    }

    /// Uploads a table of rays into its texture, if it is not there yet.
    fn keep_rays(
        &mut self,
        image: RawImage,
        table: &Option<Arc<XyTable>>,
        device: &RenderDevice,
        queue: &RenderQueue,
    ) {
        let of_color = usize::from(image == RawImage::ColorRays);
        let is_same = match (&self.tables[of_color], table) {
            (Some(old), Some(new)) => Arc::ptr_eq(old, new),
            (None, None) => true,
            _ => false,
        };
        if !is_same {
            self.tables[of_color].clone_from(table);
            let rays = table
                .as_ref()
                .and_then(|table| upload_rays(table, device, queue));
            self.set(image, rays);
        }
    }

    /// Writes an image of integers into its texture, which is created again when the size has changed.
    fn write(
        &mut self,
        image: RawImage,
        size: (u32, u32),
        bytes: &[u8],
        device: &RenderDevice,
        queue: &RenderQueue,
    ) {
        let has_size = |stored: &Stored| (stored.texture.width(), stored.texture.height()) == size;
        if !self.get(image).is_some_and(has_size) {
            let (label, format) = match image {
                RawImage::Players => ("kinect body index", TextureFormat::R8Uint),
                RawImage::Infrared => ("kinect infrared", TextureFormat::R16Uint),
                _ => ("kinect depth", TextureFormat::R16Uint),
            };
            let limit = device.limits().max_texture_dimension_2d;
            if size.0.max(size.1) > limit || size.0.min(size.1) == 0 {
                return;
            }
            let texture = create(device, label, size, format, &[]);
            self.set(image, Some(Stored::new(texture)));
        }
        if let Some(stored) = self.get(image) {
            write(queue, &stored.texture, size, bytes);
            self.touch(image);
        }
    }

    /// Writes the colour image into the texture of every direct image that does not have it yet, or into the sensor's own texture
    /// if there is no direct image.
    fn write_color(
        &mut self,
        frame: &Frame,
        direct: &[DirectColor],
        images: &RenderAssets<GpuImage>,
        device: &RenderDevice,
        queue: &RenderQueue,
        views: bool,
    ) {
        let size = frame.color_size;
        let fits = |texture: &Texture| (texture.width(), texture.height()) == size;
        let mut first = None;
        for direct in direct {
            // A direct image that is not on the GPU yet is written in a later frame.
            let Some(image) = images.get(direct.image) else {
                continue;
            };
            if fits(&image.texture) {
                first = first.or(Some(&image.texture));
                let began = Instant::now();
                if self.write_once(&image.texture, frame, queue) {
                    direct.report.fill(began.elapsed());
                }
            }
        }
        match first {
            Some(texture) => {
                if self
                    .get(RawImage::Color)
                    .is_none_or(|color| color.texture.id() != texture.id())
                {
                    let color = Stored::color(texture.clone(), views);
                    self.set(RawImage::Color, Some(color));
                    self.color_is_own = false;
                }
            }
            // A direct image will soon be on the GPU: do not create a texture of the sensor for the meantime.
            None if direct
                .iter()
                .any(|direct| images.get(direct.image).is_none()) => {}
            None => {
                // The former direct texture now belongs to its output alone, which draws into it: it cannot serve as the sensor's
                // image.
                if !self.color_is_own
                    || self
                        .get(RawImage::Color)
                        .is_none_or(|color| !fits(&color.texture))
                {
                    let texture = create(
                        device,
                        "kinect colour",
                        size,
                        TextureFormat::Bgra8UnormSrgb,
                        color_view_formats(views),
                    );
                    self.set(RawImage::Color, Some(Stored::color(texture, views)));
                    self.color_is_own = true;
                }
                if let Some(texture) = self.get(RawImage::Color).map(|c| c.texture.clone()) {
                    self.write_once(&texture, frame, queue);
                }
            }
        }
    }

    /// Writes a frame's colour into a texture that does not have it yet; returns whether it did.
    fn write_once(&mut self, texture: &Texture, frame: &Frame, queue: &RenderQueue) -> bool {
        if self.written.contains(&texture.id()) {
            return false;
        }
        write(queue, texture, frame.color_size, frame.color_bgra());
        self.written.push(texture.id());
        self.touch(RawImage::Color);
        true
    }
}

impl Stored {
    pub(crate) fn new(texture: Texture) -> Self {
        let view = texture.create_view(&TextureViewDescriptor::default());
        Self {
            texture,
            view,
            is_linear: false,
        }
    }

    /// A colour texture whose view gives the stored values, without conversion to linear light, if the driver supports that.
    fn color(texture: Texture, views: bool) -> Self {
        if !views {
            return Self {
                is_linear: true,
                ..Self::new(texture)
            };
        }
        let view = texture.create_view(&TextureViewDescriptor {
            format: Some(TextureFormat::Bgra8Unorm),
            usage: Some(TextureUsages::TEXTURE_BINDING),
            ..default()
        });
        Self {
            texture,
            view,
            is_linear: false,
        }
    }
}

/// Whether this GPU's driver supports texture views in another format than the texture's. Old OpenGL does not.
pub(crate) fn has_view_formats(adapter: &RenderAdapter) -> bool {
    adapter
        .get_downlevel_capabilities()
        .flags
        .contains(DownlevelFlags::VIEW_FORMATS)
}

/// The formats that a colour texture is read in beside its own: the stored values, without a round trip through linear
/// light.
pub(crate) fn color_view_formats(views: bool) -> &'static [TextureFormat] {
    if views {
        &[TextureFormat::Bgra8Unorm]
    } else {
        &[]
    }
}

/// The rays as a texture; `None` if they exceed the GPU's largest texture.
fn upload_rays(table: &XyTable, device: &RenderDevice, queue: &RenderQueue) -> Option<Stored> {
    let size = (table.width(), table.height());
    if size.0.max(size.1) > device.limits().max_texture_dimension_2d {
        return None;
    }
    let rays: Vec<[f32; 2]> = table
        .rays()
        .iter()
        .map(|&[x, y]| if x.is_nan() { [NO_RAY; 2] } else { [x, y] })
        .collect();
    let texture = create(device, "kinect rays", size, TextureFormat::Rg32Float, &[]);
    write(queue, &texture, size, bytemuck::cast_slice(&rays));
    Some(Stored::new(texture))
}

fn create(
    device: &RenderDevice,
    label: &'static str,
    (width, height): (u32, u32),
    format: TextureFormat,
    view_formats: &[TextureFormat],
) -> Texture {
    device.create_texture(&TextureDescriptor {
        label: Some(label),
        size: extent((width, height)),
        mip_level_count: 1,
        sample_count: 1,
        dimension: TextureDimension::D2,
        format,
        usage: TextureUsages::TEXTURE_BINDING | TextureUsages::COPY_DST | TextureUsages::COPY_SRC,
        view_formats,
    })
}

/// Fills a texture with zeros.
fn clear(queue: &RenderQueue, texture: &Texture) {
    let size = (texture.width(), texture.height());
    let pixel = texture.format().block_copy_size(None).unwrap_or(0) as usize;
    write(
        queue,
        texture,
        size,
        &vec![0; size.0 as usize * size.1 as usize * pixel],
    );
}

/// A texture of one zero pixel, bound in place of an image that the sensor does not have.
pub(crate) fn placeholder(device: &RenderDevice, format: TextureFormat) -> TextureView {
    create(device, "kinect no image", (1, 1), format, &[])
        .create_view(&TextureViewDescriptor::default())
}

/// Writes a whole, tightly packed image.
fn write(queue: &RenderQueue, texture: &Texture, size: (u32, u32), bytes: &[u8]) {
    let bytes_per_row = texture.format().block_copy_size(None).unwrap_or(0) * size.0;
    // An image whose bytes do not match its size must not end the renderer.
    if bytes.len() as u64 != u64::from(bytes_per_row) * u64::from(size.1) {
        return;
    }
    queue.write_texture(
        TexelCopyTextureInfo {
            texture,
            mip_level: 0,
            origin: Origin3d::ZERO,
            aspect: TextureAspect::All,
        },
        bytes,
        TexelCopyBufferLayout {
            offset: 0,
            bytes_per_row: Some(bytes_per_row),
            rows_per_image: None,
        },
        extent(size),
    );
}

pub(crate) fn extent((width, height): (u32, u32)) -> Extent3d {
    Extent3d {
        width,
        height,
        depth_or_array_layers: 1,
    }
}
