//! The full-screen passes that turn raw images into outputs. Each runs when its input is newer than what it last drew.

use bevy::asset::{AssetServer, load_embedded_asset};
use bevy::core_pipeline::FullscreenShader;
use bevy::ecs::entity::{EntityHashMap, EntityHashSet};
use bevy::platform::collections::HashMap;
use bevy::prelude::*;
use bevy::render::Extract;
use bevy::render::render_asset::RenderAssets;
use bevy::render::render_resource::binding_types::{texture_2d, uniform_buffer_sized};
use bevy::render::render_resource::{
    BindGroup, BindGroupEntries, BindGroupLayoutDescriptor, BindGroupLayoutEntries, Buffer,
    BufferDescriptor, BufferUsages, CachedRenderPipelineId, ColorTargetState, ColorWrites,
    FragmentState, LoadOp, Operations, PipelineCache, RenderPassColorAttachment,
    RenderPassDescriptor, RenderPipelineDescriptor, ShaderStages, StoreOp, TextureFormat,
    TextureSampleType, TextureView, TextureViewId,
};
use bevy::render::renderer::{RenderContext, RenderDevice, RenderQueue};
use bevy::render::texture::GpuImage;
use bevy::shader::Shader;

use super::{FalseColor, ImageKind, ImageOutput, ImageOutputOf, OutputImage, operating_range};
use crate::sensor::SensorStream;
use crate::stream::{ExtractedSensors, RawImage, SensorTextures, StreamKey, TextureSet, stand_in};

/// An output that needs a pass, as the render world sees it.
pub(super) struct ExtractedOutput {
    entity: Entity,
    key: StreamKey,
    output: ImageOutput,
    image: AssetId<Image>,
    format: TextureFormat,
    /// The range of depth that `Auto` means, in metres.
    auto_depth: (f32, f32),
}

#[derive(Resource, Default)]
pub(super) struct ExtractedOutputs(Vec<ExtractedOutput>);

pub(super) fn extract_outputs(
    mut extracted: ResMut<ExtractedOutputs>,
    outputs: Extract<Query<(Entity, &ImageOutput, &ImageOutputOf, &OutputImage)>>,
    sensors: Extract<Query<&SensorStream>>,
) {
    extracted.0.clear();
    for (entity, output, sensor, image) in &outputs {
        if let Some(format) = image.format().filter(|_| output.kind != ImageKind::Color) {
            let mode = sensors
                .get(sensor.0)
                .map(|stream| stream.info.depth_mode)
                .unwrap_or_default();
            extracted.0.push(ExtractedOutput {
                entity,
                key: StreamKey {
                    sensor: sensor.0,
                    timing: output.timing,
                },
                output: output.clone(),
                image: image.image.id(),
                format,
                auto_depth: operating_range(mode),
            });
        }
    }
}

/// What all passes share, and the state of each.
#[derive(Resource)]
pub(super) struct Passes {
    layout: BindGroupLayoutDescriptor,
    shader: Handle<Shader>,
    fullscreen: FullscreenShader,
    /// Stand-ins for images a sensor does not have.
    no_image: TextureView,
    no_rays: TextureView,
    pipelines: HashMap<(&'static str, TextureFormat), CachedRenderPipelineId>,
    outputs: EntityHashMap<Pass>,
    alive: EntityHashSet,
}

/// The pass of one output.
struct Pass {
    params: Buffer,
    range: (f32, f32),
    inputs: [TextureViewId; 3],
    bind_group: BindGroup,
    pipeline: CachedRenderPipelineId,
    target: TextureView,
    /// What is in the output's texture.
    drawn: Option<u64>,
    /// What is to be drawn now.
    wanted: u64,
}

pub(super) fn init(
    mut commands: Commands,
    assets: Res<AssetServer>,
    fullscreen: Res<FullscreenShader>,
    device: Res<RenderDevice>,
) {
    let layout = BindGroupLayoutDescriptor::new(
        "kinect image output",
        &BindGroupLayoutEntries::sequential(
            ShaderStages::FRAGMENT,
            (
                texture_2d(TextureSampleType::Uint),
                texture_2d(TextureSampleType::Uint),
                texture_2d(TextureSampleType::Float { filterable: false }),
                uniform_buffer_sized(false, core::num::NonZeroU64::new(PARAMS_BYTES)),
            ),
        ),
    );
    commands.insert_resource(Passes {
        layout,
        shader: load_embedded_asset!(assets.as_ref(), "passes.wgsl"),
        fullscreen: fullscreen.clone(),
        no_image: stand_in(&device, TextureFormat::R16Uint),
        no_rays: stand_in(&device, TextureFormat::Rg32Float),
        pipelines: HashMap::default(),
        outputs: EntityHashMap::default(),
        alive: EntityHashSet::default(),
    });
}

/// `Params` in `passes.wgsl`, padded to the 16 bytes that uniforms come in everywhere.
const PARAMS_BYTES: u64 = 16;

pub(super) fn prepare(
    passes: Option<ResMut<Passes>>,
    outputs: Res<ExtractedOutputs>,
    sensors: Res<ExtractedSensors>,
    textures: Res<SensorTextures>,
    images: Res<RenderAssets<GpuImage>>,
    cache: Res<PipelineCache>,
    device: Res<RenderDevice>,
    queue: Res<RenderQueue>,
) {
    let Some(mut passes) = passes else {
        return;
    };
    let passes = &mut *passes;
    passes.alive.clear();
    for output in &outputs.0 {
        passes.alive.insert(output.entity);
        let (Some(set), Some(sensor), Some(image)) = (
            textures.0.get(&output.key),
            sensors.0.get(&output.key),
            images.get(output.image),
        ) else {
            continue;
        };
        let (entry_point, version) = entry_point(&output.output, set);
        let range = match (output.output.false_color, output.output.kind) {
            (None, _) => (0.0, 1.0),
            (Some(FalseColor::Range { min, max }), _) if min.is_finite() && max > min => (min, max),
            (Some(_), ImageKind::Infrared) => {
                let (low, high) = sensor.frame.as_ref().map_or((0, 1), |f| f.ir_range);
                (f32::from(low) / 65535.0, f32::from(high) / 65535.0)
            }
            (Some(_), _) => output.auto_depth,
        };
        let views = [
            set.get(RawImage::Depth)
                .map_or(&passes.no_image, |s| &s.view),
            set.get(RawImage::Infrared)
                .map_or(&passes.no_image, |s| &s.view),
            set.get(RawImage::Rays).map_or(&passes.no_rays, |s| &s.view),
        ];
        let inputs = views.map(|view| view.id());
        let pipeline = *passes
            .pipelines
            .entry((entry_point, output.format))
            .or_insert_with(|| {
                cache.queue_render_pipeline(RenderPipelineDescriptor {
                    label: Some(format!("kinect {entry_point}").into()),
                    layout: vec![passes.layout.clone()],
                    vertex: passes.fullscreen.to_vertex_state(),
                    fragment: Some(FragmentState {
                        shader: passes.shader.clone(),
                        entry_point: Some(entry_point.into()),
                        targets: vec![Some(ColorTargetState {
                            format: output.format,
                            blend: None,
                            write_mask: ColorWrites::ALL,
                        })],
                        ..default()
                    }),
                    ..default()
                })
            });
        let old = passes.outputs.remove(&output.entity);
        let is_same = |pass: &Pass| {
            pass.inputs == inputs
                && pass.pipeline == pipeline
                && pass.target.id() == image.texture_view.id()
        };
        let mut pass = match old.filter(is_same) {
            Some(pass) => pass,
            None => {
                let params = device.create_buffer(&BufferDescriptor {
                    label: Some("kinect image output"),
                    size: PARAMS_BYTES,
                    usage: BufferUsages::UNIFORM | BufferUsages::COPY_DST,
                    mapped_at_creation: false,
                });
                let bind_group = device.create_bind_group(
                    "kinect image output",
                    &cache.get_bind_group_layout(&passes.layout),
                    &BindGroupEntries::sequential((
                        views[0],
                        views[1],
                        views[2],
                        params.as_entire_binding(),
                    )),
                );
                Pass {
                    params,
                    range: (f32::NAN, f32::NAN),
                    inputs,
                    bind_group,
                    pipeline,
                    target: image.texture_view.clone(),
                    drawn: None,
                    wanted: version,
                }
            }
        };
        if pass.range != range {
            pass.range = range;
            pass.drawn = None;
            let bytes = [range.0, range.1, 0.0, 0.0];
            queue.write_buffer(&pass.params, 0, bytemuck::cast_slice(&bytes));
        }
        pass.wanted = version;
        passes.outputs.insert(output.entity, pass);
    }
    let alive = &passes.alive;
    passes.outputs.retain(|entity, _| alive.contains(entity));
}

/// Which shader draws the output, and the version of the image it draws. An image that a sensor does not have (yet) is
/// drawn, too, as nothing: what a former source left must not stay.
fn entry_point(output: &ImageOutput, set: &TextureSet) -> (&'static str, u64) {
    match (output.kind, output.false_color.is_some()) {
        // Colour needs no pass and does not come here.
        (ImageKind::Color | ImageKind::Depth, false) => {
            ("depth_metres", set.version(RawImage::Depth))
        }
        (ImageKind::Color | ImageKind::Depth, true) => {
            ("depth_false_color", set.version(RawImage::Depth))
        }
        (ImageKind::Infrared, false) => ("infrared_unorm", set.version(RawImage::Infrared)),
        (ImageKind::Infrared, true) => ("infrared_false_color", set.version(RawImage::Infrared)),
        (ImageKind::PointCloud, false) => ("point_cloud", set.version(RawImage::Depth)),
        (ImageKind::PlayerIndex, _) => ("player_index", set.version(RawImage::Players)),
        (ImageKind::PointCloud, true) => ("point_cloud_false_color", set.version(RawImage::Depth)),
    }
}

pub(super) fn run(
    mut context: RenderContext,
    passes: Option<ResMut<Passes>>,
    cache: Res<PipelineCache>,
) {
    let Some(mut passes) = passes else {
        return;
    };
    for pass in passes.outputs.values_mut() {
        if pass.drawn == Some(pass.wanted) {
            continue;
        }
        let Some(pipeline) = cache.get_render_pipeline(pass.pipeline) else {
            continue;
        };
        let mut render_pass = context.begin_tracked_render_pass(RenderPassDescriptor {
            label: Some("kinect image output"),
            color_attachments: &[Some(RenderPassColorAttachment {
                view: &pass.target,
                depth_slice: None,
                resolve_target: None,
                ops: Operations {
                    load: LoadOp::Clear(default()),
                    store: StoreOp::Store,
                },
            })],
            ..default()
        });
        render_pass.set_render_pipeline(pipeline);
        render_pass.set_bind_group(0, &pass.bind_group, &[]);
        render_pass.draw(0..3, 0..1);
        drop(render_pass);
        pass.drawn = Some(pass.wanted);
    }
}
