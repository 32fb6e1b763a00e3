//! Writes new frames into GPU textures, each image once.

use std::sync::Arc;

use bevy::ecs::entity::EntityHashMap;
use bevy::prelude::*;
use bevy::render::render_asset::RenderAssets;
use bevy::render::render_resource::{
    DownlevelFlags, Extent3d, Origin3d, TexelCopyBufferLayout, TexelCopyTextureInfo, Texture,
    TextureAspect, TextureDescriptor, TextureDimension, TextureFormat, TextureId, TextureUsages,
    TextureView, TextureViewDescriptor,
};
use bevy::render::renderer::{RenderAdapter, RenderDevice, RenderQueue};
use bevy::render::texture::GpuImage;
use kinect_azure::calibration::XyTable;

use super::ExtractedSensors;
use crate::sensor::Frame;

/// Marks rays that the lens does not have; keep in sync with `common.wgsl`. WGSL may assume that there are no NaNs,
/// so the table's are replaced.
const NO_RAY: f32 = -1.0e6;

/// The textures of every sensor, by its entity in the main world.
#[derive(Resource, Default)]
pub(crate) struct SensorTextures(pub(crate) EntityHashMap<TextureSet>);

/// One sensor's images on the GPU.
#[derive(Default)]
pub(crate) struct TextureSet {
    /// Depth in mm, `R16Uint`.
    pub(crate) depth: Option<Stored>,
    /// Infrared, `R16Uint`.
    pub(crate) ir: Option<Stored>,
    /// Colour, `Bgra8UnormSrgb`, with a view of the stored values.
    pub(crate) color: Option<ColorTexture>,
    /// Rays of the depth camera, `Rg32Float`.
    pub(crate) rays: Option<(Arc<XyTable>, Stored)>,
    /// The source the images are from.
    generation: u64,
    /// The frame that is in the textures.
    uploaded: u64,
    /// Textures that have its colour image.
    written: Vec<TextureId>,
    /// Counts the uploads of each kind of image: what was computed from them is stale when they move.
    pub(crate) depth_version: u64,
    pub(crate) ir_version: u64,
    pub(crate) color_version: u64,
    /// The frame whose latency is to be measured once it is submitted.
    to_measure: Option<std::time::Instant>,
}

/// A texture with the view that shaders read.
pub(crate) struct Stored {
    pub(crate) texture: Texture,
    pub(crate) view: TextureView,
}

/// Where the colour image lies.
pub(crate) struct ColorTexture {
    texture: Texture,
    /// The stored values, not converted to linear light, where the driver can.
    pub(crate) stored_view: TextureView,
    /// Whether the driver cannot.
    pub(crate) is_linear: bool,
}

/// A new GPU knows nothing of the old one's textures.
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
    textures
        .0
        .retain(|entity, _| sensors.0.contains_key(entity));
    for (&entity, sensor) in &sensors.0 {
        let set = textures.0.entry(entity).or_default();
        if set.generation != sensor.generation {
            // What the former source left is not shown as the new one's.
            *set = TextureSet {
                generation: sensor.generation,
                ..default()
            };
            for image in sensor.color_outputs.iter().filter_map(|&id| images.get(id)) {
                clear(&queue, &image.texture);
            }
        }
        match &sensor.xy_table {
            None => set.rays = None,
            Some(table) => {
                if set
                    .rays
                    .as_ref()
                    .is_none_or(|(old, _)| !Arc::ptr_eq(old, table))
                {
                    set.rays = Some((Arc::clone(table), upload_rays(table, &device, &queue)));
                }
            }
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
                let stored = reuse(&mut set.depth, "kinect depth", size, &device);
                write(&queue, &stored.texture, size, depth.bytes());
                set.depth_version += 1;
            }
            if let Some(ir) = &frame.capture.ir {
                let size = (ir.width, ir.height);
                let stored = reuse(&mut set.ir, "kinect infrared", size, &device);
                write(&queue, &stored.texture, size, ir.bytes());
                set.ir_version += 1;
            }
        }
        if !frame.color_bgra.is_empty() {
            set.write_color(
                frame,
                &sensor.color_outputs,
                &images,
                &device,
                &queue,
                views,
            );
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

/// After the frame was submitted: how long it took from the source to here.
pub(super) fn measure_latency(
    sensors: Res<ExtractedSensors>,
    mut textures: ResMut<SensorTextures>,
) {
    for (entity, set) in &mut textures.0 {
        if let (Some(captured_at), Some(sensor)) = (set.to_measure.take(), sensors.0.get(entity)) {
            sensor.latency.record(captured_at.elapsed());
        }
    }
}

impl TextureSet {
    /// Writes the colour image into the texture of every colour output that does not have it yet, or into one of the
    /// sensor's own where there is no such output.
    fn write_color(
        &mut self,
        frame: &Frame,
        outputs: &[AssetId<Image>],
        images: &RenderAssets<GpuImage>,
        device: &RenderDevice,
        queue: &RenderQueue,
        views: bool,
    ) {
        let size = frame.color_size;
        let fits = |texture: &Texture| (texture.width(), texture.height()) == size;
        let mut first = None;
        for &output in outputs {
            // An image that is not on the GPU yet is written next time.
            let Some(image) = images.get(output) else {
                continue;
            };
            if fits(&image.texture) {
                first = first.or(Some(&image.texture));
                self.write_once(&image.texture, frame, queue);
            }
        }
        match first {
            Some(texture) => {
                if self
                    .color
                    .as_ref()
                    .is_none_or(|c| c.texture.id() != texture.id())
                {
                    self.color = Some(ColorTexture::new(texture.clone(), views));
                    self.color_version += 1;
                }
            }
            // Outputs whose images come soon need no texture beside them.
            None if outputs.iter().any(|&output| images.get(output).is_none()) => {}
            None => {
                if self
                    .color
                    .as_ref()
                    .is_none_or(|color| !fits(&color.texture))
                {
                    self.color = Some(ColorTexture::new(
                        create(
                            device,
                            "kinect colour",
                            size,
                            TextureFormat::Bgra8UnormSrgb,
                            color_view_formats(views),
                        ),
                        views,
                    ));
                }
                if let Some(texture) = self.color.as_ref().map(|color| color.texture.clone()) {
                    self.write_once(&texture, frame, queue);
                }
            }
        }
    }

    /// Writes a frame's colour into a texture that does not have it yet.
    fn write_once(&mut self, texture: &Texture, frame: &Frame, queue: &RenderQueue) {
        if !self.written.contains(&texture.id()) {
            write(queue, texture, frame.color_size, &frame.color_bgra);
            self.written.push(texture.id());
            self.color_version += 1;
        }
    }
}

impl ColorTexture {
    fn new(texture: Texture, views: bool) -> Self {
        let stored_view = texture.create_view(&if views {
            TextureViewDescriptor {
                format: Some(TextureFormat::Bgra8Unorm),
                usage: Some(TextureUsages::TEXTURE_BINDING),
                ..default()
            }
        } else {
            TextureViewDescriptor::default()
        });
        Self {
            texture,
            stored_view,
            is_linear: !views,
        }
    }
}

/// Whether this GPU's driver lets a texture be read in another format than its own. Old OpenGL does not.
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

fn upload_rays(table: &XyTable, device: &RenderDevice, queue: &RenderQueue) -> Stored {
    let size = (table.width(), table.height());
    let rays: Vec<[f32; 2]> = table
        .rays()
        .iter()
        .map(|&[x, y]| if x.is_nan() { [NO_RAY; 2] } else { [x, y] })
        .collect();
    let texture = create(device, "kinect rays", size, TextureFormat::Rg32Float, &[]);
    write(queue, &texture, size, bytemuck::cast_slice(&rays));
    let view = texture.create_view(&TextureViewDescriptor::default());
    Stored { texture, view }
}

/// The texture in `slot`, made anew when the size has changed.
fn reuse<'a>(
    slot: &'a mut Option<Stored>,
    label: &'static str,
    size: (u32, u32),
    device: &RenderDevice,
) -> &'a Stored {
    let fits = |stored: &Stored| (stored.texture.width(), stored.texture.height()) == size;
    let old = slot.take().filter(fits);
    slot.insert(old.unwrap_or_else(|| {
        let texture = create(device, label, size, TextureFormat::R16Uint, &[]);
        let view = texture.create_view(&TextureViewDescriptor::default());
        Stored { texture, view }
    }))
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

/// Makes a texture black.
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

/// One black pixel, bound where a sensor lacks an image that a shader could read.
pub(crate) fn stand_in(device: &RenderDevice, format: TextureFormat) -> TextureView {
    create(device, "kinect no image", (1, 1), format, &[])
        .create_view(&TextureViewDescriptor::default())
}

/// Writes a whole, tightly packed image.
fn write(queue: &RenderQueue, texture: &Texture, size: (u32, u32), bytes: &[u8]) {
    let bytes_per_row = texture.format().block_copy_size(None).unwrap_or(0) * size.0;
    // A source that lies about its size must not bring the renderer down.
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

fn extent((width, height): (u32, u32)) -> Extent3d {
    Extent3d {
        width,
        height,
        depth_or_array_layers: 1,
    }
}
