//! The compute pass that fills point buffers. It runs when a cloud's images or settings have changed since its points were
//! computed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bevy::asset::{AssetServer, load_embedded_asset};
use bevy::ecs::entity::{EntityHashMap, EntityHashSet};
use bevy::math::Affine3A;
use bevy::prelude::*;
use bevy::render::Extract;
use bevy::render::diagnostic::RecordDiagnostics;
use bevy::render::render_asset::RenderAssets;
use bevy::render::render_resource::binding_types::{
    storage_buffer_read_only_sized, storage_buffer_sized, texture_2d, uniform_buffer,
};
use bevy::render::render_resource::{
    BindGroup, BindGroupEntries, BindGroupLayoutDescriptor, BindGroupLayoutEntries, Buffer,
    BufferDescriptor, BufferId, BufferUsages, CachedComputePipelineId, ComputePassDescriptor,
    ComputePipelineDescriptor, PipelineCache, ShaderStages, TextureFormat, TextureSampleType,
    TextureView, TextureViewId, UniformBuffer,
};
use bevy::render::renderer::{RenderContext, RenderDevice, RenderQueue};
use bevy::render::storage::{GpuShaderBuffer, ShaderBuffer};

use super::params::{Params, flag};
use super::point_source::PointSource;
use super::smoothing::Smooth;
use super::{PlayerFilter, PointCloudBuffer, PointColor};
use crate::coloring::{HiddenColor, operating_range};
use crate::sensor::SensorStream;
use crate::stream::{
    ExtractedSensors, RawImage, SensorTextures, TextureKey, TextureSet, placeholder,
};

/// Side of a workgroup; keep in sync with `unproject.wgsl`.
const WORKGROUP: u32 = 8;

/// A point cloud in the render world.
pub(super) struct ExtractedCloud {
    entity: Entity,
    key: TextureKey,
    source: PointSource,
    world_from_points: Affine3A,
    buffer: AssetId<ShaderBuffer>,
    filled: Arc<AtomicBool>,
    size: UVec2,
    operating_range: (f32, f32),
}

#[derive(Resource, Default)]
pub(super) struct ExtractedClouds(Vec<ExtractedCloud>);

/// The images beside depth and its rays that a cloud's points depend on.
fn inputs(source: &PointSource) -> impl Iterator<Item = RawImage> {
    let color = match source.color {
        PointColor::Camera {
            hidden: HiddenColor::Bleed,
            ..
        } => Some(RawImage::AlignedColor),
        PointColor::Camera {
            hidden: HiddenColor::Hide,
            ..
        } => Some(RawImage::AlignedVisibleColor),
        PointColor::Infrared => Some(RawImage::Infrared),
        _ => None,
    };
    let has_players = matches!(source.color, PointColor::Player { .. })
        || source.filter.players != PlayerFilter::All;
    color
        .into_iter()
        .chain(has_players.then_some(RawImage::Players))
}

pub(super) fn extract_clouds(
    mut extracted: ResMut<ExtractedClouds>,
    mut extracted_sensors: ResMut<ExtractedSensors>,
    clouds: Extract<Query<(Entity, &PointSource, &PointCloudBuffer, &GlobalTransform)>>,
    streams: Extract<Query<&SensorStream>>,
) {
    extracted.0.clear();
    for (entity, source, buffer, transform) in &clouds {
        let key = TextureKey {
            sensor: source.sensor,
            timing: source.timing,
        };
        if let Some(sensor) = extracted_sensors.0.get_mut(&key) {
            sensor.demand.insert(RawImage::Depth);
            sensor.demand.insert(RawImage::Rays);
            inputs(source).for_each(|image| sensor.demand.insert(image));
        }
        let mode = streams
            .get(source.sensor)
            .map(|stream| stream.info.depth_mode)
            .unwrap_or_default();
        extracted.0.push(ExtractedCloud {
            entity,
            key,
            source: source.clone(),
            world_from_points: transform.affine(),
            buffer: buffer.buffer.id(),
            filled: buffer.filled(),
            size: UVec2::new(buffer.width, buffer.height),
            operating_range: operating_range(mode),
        });
    }
}

/// The pipelines that all clouds share, and the state of each cloud.
#[derive(Resource)]
pub(super) struct Unproject {
    layout: BindGroupLayoutDescriptor,
    pipeline: CachedComputePipelineId,
    no_image: TextureView,
    no_color: TextureView,
    no_depth: Buffer,
    clouds: EntityHashMap<CloudPass>,
    alive: EntityHashSet,
}

impl Unproject {
    /// How many times the points of a cloud were computed into this buffer; 0 = never.
    pub(super) fn runs(&self, cloud: Entity, buffer: BufferId) -> u64 {
        self.clouds
            .get(&cloud)
            .filter(|pass| pass.inputs.1[0] == buffer)
            .map_or(0, |pass| pass.runs)
    }
}

/// Versions of the inputs that a cloud's points were computed from: the images in the order of [`RawImage::ALL`], and smoothed depth;
/// 0 = the input is not used.
#[derive(Clone, Copy, Default, PartialEq)]
struct Versions {
    images: [u64; RawImage::ALL.len()],
    smoothed: u64,
}

struct CloudPass {
    params: UniformBuffer<Params>,
    /// The images, the points' buffer and the smoothed depth.
    inputs: ([TextureViewId; 5], [BufferId; 2]),
    bind_group: BindGroup,
    size: UVec2,
    computed: Option<Versions>,
    wanted: Versions,
    runs: u64,
    has_depth: bool,
    is_smoothed: bool,
    filled: Arc<AtomicBool>,
}

pub(super) fn init(
    mut commands: Commands,
    assets: Res<AssetServer>,
    cache: Res<PipelineCache>,
    device: Res<RenderDevice>,
) {
    let layout = BindGroupLayoutDescriptor::new(
        "kinect points",
        &BindGroupLayoutEntries::sequential(
            ShaderStages::COMPUTE,
            (
                uniform_buffer::<Params>(false),
                texture_2d(TextureSampleType::Uint),
                texture_2d(TextureSampleType::Float { filterable: false }),
                texture_2d(TextureSampleType::Uint),
                texture_2d(TextureSampleType::Float { filterable: false }),
                texture_2d(TextureSampleType::Uint),
                storage_buffer_sized(false, None),
                storage_buffer_read_only_sized(false, None),
            ),
        ),
    );
    let pipeline = cache.queue_compute_pipeline(ComputePipelineDescriptor {
        label: Some("kinect points".into()),
        layout: vec![layout.clone()],
        shader: load_embedded_asset!(assets.as_ref(), "unproject.wgsl"),
        entry_point: Some("unproject".into()),
        ..default()
    });
    commands.insert_resource(Unproject {
        layout,
        pipeline,
        no_image: placeholder(&device, TextureFormat::R16Uint),
        no_color: placeholder(&device, TextureFormat::Rgba8Unorm),
        no_depth: device.create_buffer(&BufferDescriptor {
            label: Some("kinect no smoothed depth"),
            size: 16,
            usage: BufferUsages::STORAGE,
            mapped_at_creation: false,
        }),
        clouds: EntityHashMap::default(),
        alive: EntityHashSet::default(),
    });
}

pub(super) fn prepare(
    unproject: Option<ResMut<Unproject>>,
    clouds: Res<ExtractedClouds>,
    sensors: Res<ExtractedSensors>,
    textures: Res<SensorTextures>,
    smooth: Option<Res<Smooth>>,
    buffers: Res<RenderAssets<GpuShaderBuffer>>,
    cache: Res<PipelineCache>,
    device: Res<RenderDevice>,
    queue: Res<RenderQueue>,
) {
    let Some(mut unproject) = unproject else {
        return;
    };
    let unproject = &mut *unproject;
    unproject.alive.clear();
    for cloud in &clouds.0 {
        unproject.alive.insert(cloud.entity);
        let (Some(set), Some(sensor), Some(buffer)) = (
            textures.0.get(&cloud.key),
            sensors.0.get(&cloud.key),
            buffers.get(cloud.buffer),
        ) else {
            continue;
        };
        let Some(rays) = set.get(RawImage::Rays) else {
            continue;
        };
        // The buffer still has the size of a former mode: wait for the new buffer.
        if cloud.source.filter.grid(rays.size().x, rays.size().y) != cloud.size {
            continue;
        }
        let looks_at = |image| {
            set.get(image)
                .filter(|_| inputs(&cloud.source).any(|input| input == image))
        };
        // There is no depth (yet), or a depth image of a former mode: compute no points.
        let of_depth_size = |size: UVec2| size == rays.size();
        let depth = set
            .get(RawImage::Depth)
            .filter(|depth| of_depth_size(depth.size()));
        let infrared = looks_at(RawImage::Infrared).filter(|image| of_depth_size(image.size()));
        let players = looks_at(RawImage::Players).filter(|image| of_depth_size(image.size()));
        let color = looks_at(RawImage::AlignedColor)
            .or(looks_at(RawImage::AlignedVisibleColor))
            .filter(|image| of_depth_size(image.size()));

        let ir_range = sensor.frame.as_ref().map_or((0, 1), |f| f.ir_range);
        let mut params = Params::new(
            &cloud.source.color,
            &cloud.source.filter,
            &cloud.world_from_points,
            cloud.size,
            ir_range,
            cloud.operating_range,
        );
        params.set(flag::HAS_PLAYERS, players.is_some());
        let smoothed = smooth
            .as_ref()
            .and_then(|smooth| smooth.depth(cloud.entity))
            .filter(|_| depth.is_some());
        params.set(flag::IS_SMOOTHED, smoothed.is_some());
        let (smoothed_depth, smoothed_version) = smoothed.unwrap_or((&unproject.no_depth, 0));

        let no_image = &unproject.no_image;
        let views = [
            depth.map_or(no_image, |s| &s.view),
            &rays.view,
            infrared.map_or(no_image, |s| &s.view),
            color.map_or(&unproject.no_color, |s| &s.view),
            players.map_or(no_image, |s| &s.view),
        ];
        let bound = (
            views.map(|view| view.id()),
            [buffer.buffer.id(), smoothed_depth.id()],
        );
        let old = unproject.clouds.remove(&cloud.entity);
        let runs = old.as_ref().map_or(0, |pass| pass.runs);
        let mut pass = match old.filter(|pass| pass.inputs == bound) {
            Some(mut pass) => {
                if *pass.params.get() != params {
                    pass.params.set(params);
                    pass.params.write_buffer(&device, &queue);
                    pass.computed = None;
                }
                pass
            }
            None => {
                let mut uniform = UniformBuffer::from(params);
                uniform.write_buffer(&device, &queue);
                let [depth, rays, infrared, color, players] = views;
                let bind_group = device.create_bind_group(
                    "kinect points",
                    &cache.get_bind_group_layout(&unproject.layout),
                    &BindGroupEntries::sequential((
                        &uniform,
                        depth,
                        rays,
                        infrared,
                        color,
                        players,
                        buffer.buffer.as_entire_binding(),
                        smoothed_depth.as_entire_binding(),
                    )),
                );
                CloudPass {
                    params: uniform,
                    inputs: bound,
                    bind_group,
                    size: cloud.size,
                    computed: None,
                    wanted: Versions::default(),
                    runs,
                    has_depth: false,
                    is_smoothed: false,
                    filled: Arc::clone(&cloud.filled),
                }
            }
        };
        pass.wanted = Versions {
            images: versions(set, &cloud.source),
            smoothed: smoothed_version,
        };
        pass.is_smoothed = smoothed.is_some();
        pass.has_depth = depth.is_some();
        unproject.clouds.insert(cloud.entity, pass);
    }
    let alive = &unproject.alive;
    unproject.clouds.retain(|entity, _| alive.contains(entity));
}

fn versions(set: &TextureSet, source: &PointSource) -> [u64; RawImage::ALL.len()] {
    let mut versions = [0; RawImage::ALL.len()];
    for image in [RawImage::Depth].into_iter().chain(inputs(source)) {
        if let Some(version) = versions.get_mut(image as usize) {
            *version = set.version(image);
        }
    }
    versions
}

pub(super) fn run(
    mut context: RenderContext,
    unproject: Option<ResMut<Unproject>>,
    smooth: Option<Res<Smooth>>,
    cache: Res<PipelineCache>,
) {
    let Some(mut unproject) = unproject else {
        return;
    };
    let unproject = &mut *unproject;
    let Some(pipeline) = cache.get_compute_pipeline(unproject.pipeline) else {
        return;
    };
    // Smoothed depth is missing while its pipelines are being compiled.
    let is_due = |cloud: &Entity, pass: &CloudPass| {
        let waits = pass.is_smoothed
            && !smooth
                .as_ref()
                .is_some_and(|smooth| smooth.is_current(*cloud));
        pass.computed != Some(pass.wanted) && !waits
    };
    let mut passes = unproject.clouds.iter();
    if !passes.any(|(cloud, pass)| is_due(cloud, pass)) {
        return;
    }
    let recorder = context.diagnostic_recorder();
    let recorder = recorder.as_deref();
    let span = recorder.time_span(context.command_encoder(), "kinect/points");
    for (_, pass) in unproject
        .clouds
        .iter_mut()
        .filter(|(cloud, pass)| is_due(cloud, pass))
    {
        let mut compute_pass =
            context
                .command_encoder()
                .begin_compute_pass(&ComputePassDescriptor {
                    label: Some("kinect points"),
                    timestamp_writes: None,
                });
        compute_pass.set_pipeline(pipeline);
        compute_pass.set_bind_group(0, &pass.bind_group, &[]);
        let groups = pass.size.map(|n| n.div_ceil(WORKGROUP));
        compute_pass.dispatch_workgroups(groups.x, groups.y, 1);
        drop(compute_pass);
        pass.computed = Some(pass.wanted);
        pass.runs += 1;
        // A buffer that was only cleared, because there is no depth yet, does not count as filled.
        if pass.has_depth {
            pass.filled.store(true, Ordering::Relaxed);
        }
    }
    span.end(context.command_encoder());
}
