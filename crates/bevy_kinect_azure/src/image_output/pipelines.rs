//! The pipelines that outputs are drawn with.

use bevy::asset::{AssetServer, load_embedded_asset};
use bevy::core_pipeline::FullscreenShader;
use bevy::platform::collections::HashMap;
use bevy::prelude::*;
use bevy::render::render_resource::binding_types::{texture_2d, uniform_buffer};
use bevy::render::render_resource::{
    BindGroupLayoutDescriptor, BindGroupLayoutEntries, CachedRenderPipelineId, ColorTargetState,
    ColorWrites, FragmentState, PipelineCache, RenderPipelineDescriptor, ShaderStages,
    TextureFormat, TextureSampleType, TextureView,
};
use bevy::render::renderer::RenderDevice;
use bevy::shader::{Shader, ShaderDefVal};

use super::pass_info::PassInfo;
use super::source::Params;
use super::{ImageKind, OutputFilter};
use crate::stream::placeholder;

/// Pipelines, created when they are first needed, and their layouts.
#[derive(Resource)]
pub(super) struct Pipelines {
    /// Bindings of `output.wgsl`.
    pub(super) output_layout: BindGroupLayoutDescriptor,
    /// Bindings of `filters.wgsl` and of the app's shaders.
    pub(super) pass_layout: BindGroupLayoutDescriptor,
    pub(super) fullscreen: FullscreenShader,
    /// Placeholder for textures that a shader does not read.
    pub(super) no_integers: TextureView,
    pub(super) no_floats: TextureView,
    output_shader: Handle<Shader>,
    filter_shader: Handle<Shader>,
    outputs: HashMap<OutputKey, CachedRenderPipelineId>,
    filters: HashMap<(&'static str, TextureFormat), CachedRenderPipelineId>,
}

/// The key of the pipeline that draws an output.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct OutputKey {
    pub(super) kind: ImageKind,
    /// Whether it reads a working image.
    pub(super) is_working_image: bool,
    /// Whether pixels are blended in scaling.
    pub(super) is_blended: bool,
    pub(super) format: TextureFormat,
    pub(super) channels: ColorWrites,
}

pub(super) fn init(
    mut commands: Commands,
    assets: Res<AssetServer>,
    fullscreen: Res<FullscreenShader>,
    device: Res<RenderDevice>,
) {
    let floats = || texture_2d(TextureSampleType::Float { filterable: false });
    let output_layout = BindGroupLayoutDescriptor::new(
        "kinect image output",
        &BindGroupLayoutEntries::sequential(
            ShaderStages::FRAGMENT,
            (
                texture_2d(TextureSampleType::Uint),
                floats(),
                floats(),
                uniform_buffer::<Params>(false),
            ),
        ),
    );
    let pass_layout = BindGroupLayoutDescriptor::new(
        "kinect output pass",
        &BindGroupLayoutEntries::sequential(
            ShaderStages::FRAGMENT,
            (floats(), uniform_buffer::<PassInfo>(false), floats()),
        ),
    );
    commands.insert_resource(Pipelines {
        output_layout,
        pass_layout,
        fullscreen: fullscreen.clone(),
        no_integers: placeholder(&device, TextureFormat::R16Uint),
        no_floats: placeholder(&device, TextureFormat::Rg32Float),
        output_shader: load_embedded_asset!(assets.as_ref(), "output.wgsl"),
        filter_shader: load_embedded_asset!(assets.as_ref(), "filters.wgsl"),
        outputs: HashMap::default(),
        filters: HashMap::default(),
    });
}

impl Pipelines {
    pub(super) fn output(
        &mut self,
        key: OutputKey,
        cache: &PipelineCache,
    ) -> CachedRenderPipelineId {
        if let Some(&id) = self.outputs.get(&key) {
            return id;
        }
        let shader_defs = vec![
            ShaderDefVal::UInt("KIND".into(), key.kind.number()),
            ShaderDefVal::Bool("IS_WORKING_IMAGE".into(), key.is_working_image),
            ShaderDefVal::Bool("IS_BLENDED".into(), key.is_blended),
        ];
        let id = cache.queue_render_pipeline(RenderPipelineDescriptor {
            label: Some("kinect image output".into()),
            layout: vec![self.output_layout.clone()],
            vertex: self.fullscreen.to_vertex_state(),
            fragment: Some(FragmentState {
                shader: self.output_shader.clone(),
                shader_defs,
                entry_point: Some("draw".into()),
                targets: targets(key.format, key.channels),
            }),
            ..default()
        });
        self.outputs.insert(key, id);
        id
    }

    /// The pipeline of a built-in filter; `None` for the app's shaders.
    pub(super) fn filter(
        &mut self,
        filter: &OutputFilter,
        format: TextureFormat,
        cache: &PipelineCache,
    ) -> Option<CachedRenderPipelineId> {
        let entry_point = match filter {
            OutputFilter::HoleFill { .. } => "hole_fill",
            OutputFilter::Temporal { .. } => "temporal",
            OutputFilter::Bilateral { .. } => "bilateral",
            OutputFilter::Custom { .. } => return None,
        };
        if let Some(&id) = self.filters.get(&(entry_point, format)) {
            return Some(id);
        }
        let descriptor = self.pass(self.filter_shader.clone(), entry_point, format);
        let id = cache.queue_render_pipeline(descriptor);
        self.filters.insert((entry_point, format), id);
        Some(id)
    }

    /// A pipeline of one pass.
    pub(super) fn pass(
        &self,
        shader: Handle<Shader>,
        entry_point: &'static str,
        format: TextureFormat,
    ) -> RenderPipelineDescriptor {
        RenderPipelineDescriptor {
            label: Some("kinect output pass".into()),
            layout: vec![self.pass_layout.clone()],
            vertex: self.fullscreen.to_vertex_state(),
            fragment: Some(FragmentState {
                shader,
                entry_point: Some(entry_point.into()),
                targets: targets(format, ColorWrites::ALL),
                ..default()
            }),
            ..default()
        }
    }
}

fn targets(format: TextureFormat, channels: ColorWrites) -> Vec<Option<ColorTargetState>> {
    vec![Some(ColorTargetState {
        format,
        blend: None,
        write_mask: channels,
    })]
}
