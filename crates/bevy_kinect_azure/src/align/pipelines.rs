//! Shared by all sensors: layouts, pipelines, and the placeholders that are bound for missing images.

use bevy::asset::load_embedded_asset;
use bevy::core_pipeline::FullscreenShader;
use bevy::platform::collections::HashMap;
use bevy::prelude::*;
use bevy::render::render_resource::binding_types::{
    storage_buffer_read_only_sized, storage_buffer_sized, texture_2d, uniform_buffer,
};
use bevy::render::render_resource::{
    BindGroupLayoutDescriptor, BindGroupLayoutEntries, Buffer, BufferDescriptor, BufferUsages,
    CachedComputePipelineId, CachedRenderPipelineId, ColorTargetState, ColorWrites,
    ComputePipelineDescriptor, FragmentState, PipelineCache, RenderPipelineDescriptor,
    ShaderStages, ShaderType, TextureFormat, TextureSampleType, TextureView,
};
use bevy::render::renderer::RenderDevice;

use super::camera::ColorCamera;
use super::recipe::{RECIPES, Recipe};
use crate::stream::{RawImage, placeholder};

/// Keep in sync with `Params` in `rasterize.wgsl` and `resolve.wgsl`.
#[derive(ShaderType, Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Params {
    pub(super) camera: ColorCamera,
    pub(super) size: UVec2,
}

/// The pipelines of alignment.
#[derive(Resource)]
pub(super) struct Pipelines {
    pub(super) compute_layout: BindGroupLayoutDescriptor,
    pub(super) resolve_layout: BindGroupLayoutDescriptor,
    pub(super) place: CachedComputePipelineId,
    pub(super) rasterize: CachedComputePipelineId,
    pub(super) find_patches: CachedComputePipelineId,
    /// The key is the image, and whether colour is read as linear light.
    resolve: HashMap<(RawImage, bool), CachedRenderPipelineId>,
    pub(super) no_image: TextureView,
    pub(super) no_color: TextureView,
    pub(super) no_buffer: Buffer,
}

pub(super) fn init(
    mut commands: Commands,
    assets: Res<AssetServer>,
    cache: Res<PipelineCache>,
    device: Res<RenderDevice>,
    fullscreen: Res<FullscreenShader>,
) {
    let compute_layout = BindGroupLayoutDescriptor::new(
        "kinect alignment",
        &BindGroupLayoutEntries::sequential(
            ShaderStages::COMPUTE,
            (
                uniform_buffer::<Params>(false),
                texture_2d(TextureSampleType::Uint),
                texture_2d(TextureSampleType::Float { filterable: false }),
                storage_buffer_sized(false, None),
                storage_buffer_sized(false, None),
                storage_buffer_sized(false, None),
            ),
        ),
    );
    let resolve_layout = BindGroupLayoutDescriptor::new(
        "kinect aligned image",
        &BindGroupLayoutEntries::sequential(
            ShaderStages::FRAGMENT,
            (
                uniform_buffer::<Params>(false),
                texture_2d(TextureSampleType::Uint),
                texture_2d(TextureSampleType::Uint),
                texture_2d(TextureSampleType::Float { filterable: false }),
                storage_buffer_read_only_sized(false, None),
                storage_buffer_read_only_sized(false, None),
                storage_buffer_read_only_sized(false, None),
            ),
        ),
    );
    let compute_shader = load_embedded_asset!(assets.as_ref(), "rasterize.wgsl");
    let resolve_shader = load_embedded_asset!(assets.as_ref(), "resolve.wgsl");
    let compute = |entry_point: &'static str| {
        cache.queue_compute_pipeline(ComputePipelineDescriptor {
            label: Some(format!("kinect {entry_point}").into()),
            layout: vec![compute_layout.clone()],
            shader: compute_shader.clone(),
            entry_point: Some(entry_point.into()),
            ..default()
        })
    };
    let mut resolve = HashMap::default();
    for Recipe {
        image,
        entry_point,
        format,
        ..
    } in RECIPES
    {
        for is_linear in [false, true] {
            let pipeline = cache.queue_render_pipeline(RenderPipelineDescriptor {
                label: Some(format!("kinect {entry_point}").into()),
                layout: vec![resolve_layout.clone()],
                vertex: fullscreen.to_vertex_state(),
                fragment: Some(FragmentState {
                    shader: resolve_shader.clone(),
                    shader_defs: if is_linear {
                        vec!["COLOR_IS_LINEAR".into()]
                    } else {
                        Vec::new()
                    },
                    entry_point: Some(entry_point.into()),
                    targets: vec![Some(ColorTargetState {
                        format,
                        blend: None,
                        write_mask: ColorWrites::ALL,
                    })],
                }),
                ..default()
            });
            resolve.insert((image, is_linear), pipeline);
        }
    }
    commands.insert_resource(Pipelines {
        place: compute("place_vertices"),
        rasterize: compute("rasterize"),
        find_patches: compute("find_patches"),
        resolve,
        no_image: placeholder(&device, TextureFormat::R16Uint),
        no_color: placeholder(&device, TextureFormat::Rgba8Unorm),
        no_buffer: storage(&device, 16),
        compute_layout,
        resolve_layout,
    });
}

impl Pipelines {
    /// The pipeline that draws an image; `None` while it, or one of the compute pipelines before it, is being compiled.
    pub(super) fn resolve(
        &self,
        recipe: &Recipe,
        color_is_linear: bool,
        cache: &PipelineCache,
    ) -> Option<CachedRenderPipelineId> {
        let shows_color = recipe.shows == Some(RawImage::Color);
        let pipeline = *self
            .resolve
            .get(&(recipe.image, color_is_linear && shows_color))?;
        let is_ready = |id| cache.get_compute_pipeline(id).is_some();
        let is_complete = is_ready(self.place)
            && (!recipe.needs_nearest_depth || is_ready(self.rasterize))
            && (!recipe.needs_patches || is_ready(self.find_patches))
            && cache.get_render_pipeline(pipeline).is_some();
        is_complete.then_some(pipeline)
    }
}

/// A storage buffer that shaders write.
pub(super) fn storage(device: &RenderDevice, bytes: u64) -> Buffer {
    device.create_buffer(&BufferDescriptor {
        label: Some("kinect alignment"),
        size: bytes,
        usage: BufferUsages::STORAGE | BufferUsages::COPY_DST,
        mapped_at_creation: false,
    })
}
