//! The compute pass that fills point buffers. Runs when a cloud's depth, colour or settings are newer than its points.

use bevy::asset::{AssetServer, load_embedded_asset};
use bevy::ecs::entity::{EntityHashMap, EntityHashSet};
use bevy::prelude::*;
use bevy::render::Extract;
use bevy::render::render_asset::RenderAssets;
use bevy::render::render_resource::binding_types::{
    storage_buffer_sized, texture_2d, uniform_buffer,
};
use bevy::render::render_resource::{
    BindGroup, BindGroupEntries, BindGroupLayoutDescriptor, BindGroupLayoutEntries, BufferId,
    CachedComputePipelineId, ComputePassDescriptor, ComputePipelineDescriptor, PipelineCache,
    ShaderStages, ShaderType, TextureFormat, TextureSampleType, TextureView, TextureViewId,
    UniformBuffer,
};
use bevy::render::renderer::{RenderContext, RenderDevice, RenderQueue};
use bevy::render::storage::{GpuShaderBuffer, ShaderBuffer};
use kinect_azure::Calibration;
use kinect_azure::calibration::{LensModel, Sensor};

use super::{PointCloud, PointCloudBuffer, PointColor, sensor_of};
use crate::image_output::ImageTiming;
use crate::image_output::operating_range;
use crate::sensor::{KinectSensor, SensorStream};
use crate::stream::{ExtractedSensors, RawImage, SensorTextures, StreamKey, stand_in};

/// Side of a workgroup; keep in sync with `unproject.wgsl`.
const WORKGROUP: u32 = 8;

/// A point cloud as the render world sees it.
pub(super) struct ExtractedCloud {
    entity: Entity,
    key: StreamKey,
    color: PointColor,
    buffer: AssetId<ShaderBuffer>,
    size: UVec2,
    depth_range: (f32, f32),
}

#[derive(Resource, Default)]
pub(super) struct ExtractedClouds(Vec<ExtractedCloud>);

pub(super) fn extract_clouds(
    mut extracted: ResMut<ExtractedClouds>,
    clouds: Extract<Query<(Entity, &PointCloud, &PointCloudBuffer)>>,
    sensors: Extract<Query<(), With<KinectSensor>>>,
    parents: Extract<Query<&ChildOf>>,
    streams: Extract<Query<&SensorStream>>,
) {
    extracted.0.clear();
    for (entity, cloud, buffer) in &clouds {
        if let Some(sensor) = sensor_of(entity, &sensors, &parents) {
            let mode = streams
                .get(sensor)
                .map(|stream| stream.info.depth_mode)
                .unwrap_or_default();
            extracted.0.push(ExtractedCloud {
                entity,
                key: StreamKey {
                    sensor,
                    timing: ImageTiming::Live,
                },
                color: cloud.color,
                buffer: buffer.buffer.id(),
                size: UVec2::new(buffer.width, buffer.height),
                depth_range: operating_range(mode),
            });
        }
    }
}

/// Keep in sync with `Params` in `unproject.wgsl`, which also says what each field is.
#[derive(ShaderType, Clone, Copy, Debug, Default, PartialEq)]
struct Params {
    rotation_x: Vec3,
    tangential: f32,
    rotation_y: Vec3,
    metric_radius_squared: f32,
    rotation_z: Vec3,
    color_source: u32,
    translation: Vec3,
    unseen: u32,
    focal_length: Vec2,
    principal_point: Vec2,
    numerator: Vec3,
    flat_color: u32,
    denominator: Vec3,
    color_is_linear: u32,
    center_of_distortion: Vec2,
    p: Vec2,
    range: Vec2,
    size: UVec2,
}

impl Params {
    fn new(
        cloud: &ExtractedCloud,
        calibration: Option<&Calibration>,
        ir_range: (u16, u16),
    ) -> Self {
        let mut params = Self {
            size: cloud.size,
            range: cloud.depth_range.into(),
            ..default()
        };
        params.color_source = match cloud.color {
            PointColor::Camera { unseen } => {
                params.unseen = pack(unseen);
                0
            }
            PointColor::Infrared => {
                params.range = Vec2::new(f32::from(ir_range.0), f32::from(ir_range.1));
                1
            }
            PointColor::DepthRamp => 2,
            PointColor::Flat(color) => {
                params.flat_color = pack(color);
                3
            }
        };
        let camera = calibration.and_then(|c| {
            c.color_camera
                .as_ref()
                .zip(c.extrinsics(Sensor::Depth, Sensor::Color))
        });
        if let Some((camera, extrinsics)) = camera {
            let i = &camera.intrinsics;
            let r = &extrinsics.rotation;
            params.rotation_x = Vec3::new(r[0], r[3], r[6]);
            params.rotation_y = Vec3::new(r[1], r[4], r[7]);
            params.rotation_z = Vec3::new(r[2], r[5], r[8]);
            params.translation = extrinsics.translation.into();
            params.tangential = match i.model {
                LensModel::BrownConrady => 2.0,
                _ => 1.0,
            };
            params.metric_radius_squared = camera.metric_radius * camera.metric_radius;
            params.focal_length = Vec2::new(i.fx, i.fy);
            params.principal_point = Vec2::new(i.cx, i.cy);
            params.numerator = Vec3::new(i.k1, i.k2, i.k3);
            params.denominator = Vec3::new(i.k4, i.k5, i.k6);
            params.center_of_distortion = Vec2::new(i.codx, i.cody);
            params.p = Vec2::new(i.p1, i.p2);
        } else if params.color_source == 0 {
            // No colour camera, or nothing known about it: no point is seen by it.
            params.metric_radius_squared = -1.0;
        }
        params
    }
}

/// A colour as `pack4x8unorm` of its sRGB encoding.
fn pack(color: Color) -> u32 {
    u32::from_le_bytes(color.to_srgba().to_u8_array())
}

/// What all clouds share, and the state of each.
#[derive(Resource)]
pub(super) struct Unproject {
    layout: BindGroupLayoutDescriptor,
    pipeline: CachedComputePipelineId,
    no_image: TextureView,
    no_color: TextureView,
    clouds: EntityHashMap<CloudPass>,
    alive: EntityHashSet,
}

/// What of the inputs a cloud's points were computed from: depth, infrared, colour.
type Versions = [u64; 3];

struct CloudPass {
    params: UniformBuffer<Params>,
    inputs: ([TextureViewId; 4], BufferId),
    bind_group: BindGroup,
    size: UVec2,
    computed: Option<Versions>,
    wanted: Versions,
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
                texture_2d(TextureSampleType::Uint),
                texture_2d(TextureSampleType::Uint),
                texture_2d(TextureSampleType::Float { filterable: true }),
                texture_2d(TextureSampleType::Float { filterable: false }),
                uniform_buffer::<Params>(false),
                storage_buffer_sized(false, None),
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
        no_image: stand_in(&device, TextureFormat::R16Uint),
        no_color: stand_in(&device, TextureFormat::Bgra8Unorm),
        clouds: EntityHashMap::default(),
        alive: EntityHashSet::default(),
    });
}

pub(super) fn prepare(
    unproject: Option<ResMut<Unproject>>,
    clouds: Res<ExtractedClouds>,
    sensors: Res<ExtractedSensors>,
    textures: Res<SensorTextures>,
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
        // No depth (yet), or still that of a former mode: no points.
        let depth = set
            .get(RawImage::Depth)
            .filter(|depth| depth.size() == cloud.size);
        let views = [
            depth.map_or(&unproject.no_image, |s| &s.view),
            set.get(RawImage::Infrared)
                .map_or(&unproject.no_image, |s| &s.view),
            set.get(RawImage::Color)
                .map_or(&unproject.no_color, |s| &s.view),
            &rays.view,
        ];
        let inputs = (views.map(|view| view.id()), buffer.buffer.id());
        let ir_range = sensor.frame.as_ref().map_or((0, 1), |f| f.ir_range);
        let mut params = Params::new(cloud, sensor.calibration.as_deref(), ir_range);
        params.color_is_linear = u32::from(set.get(RawImage::Color).is_some_and(|c| c.is_linear));
        let old = unproject.clouds.remove(&cloud.entity);
        let mut pass = match old.filter(|pass| pass.inputs == inputs) {
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
                let bind_group = device.create_bind_group(
                    "kinect points",
                    &cache.get_bind_group_layout(&unproject.layout),
                    &BindGroupEntries::sequential((
                        views[0],
                        views[1],
                        views[2],
                        views[3],
                        &uniform,
                        buffer.buffer.as_entire_binding(),
                    )),
                );
                CloudPass {
                    params: uniform,
                    inputs,
                    bind_group,
                    size: cloud.size,
                    computed: None,
                    wanted: Versions::default(),
                }
            }
        };
        pass.wanted = [
            set.version(RawImage::Depth),
            match cloud.color {
                PointColor::Infrared => set.version(RawImage::Infrared),
                _ => 0,
            },
            match cloud.color {
                PointColor::Camera { .. } => set.version(RawImage::Color),
                _ => 0,
            },
        ];
        unproject.clouds.insert(cloud.entity, pass);
    }
    let alive = &unproject.alive;
    unproject.clouds.retain(|entity, _| alive.contains(entity));
}

pub(super) fn run(
    mut context: RenderContext,
    unproject: Option<ResMut<Unproject>>,
    cache: Res<PipelineCache>,
) {
    let Some(mut unproject) = unproject else {
        return;
    };
    let unproject = &mut *unproject;
    let Some(pipeline) = cache.get_compute_pipeline(unproject.pipeline) else {
        return;
    };
    for pass in unproject.clouds.values_mut() {
        if pass.computed == Some(pass.wanted) {
            continue;
        }
        let mut compute_pass =
            context
                .command_encoder()
                .begin_compute_pass(&ComputePassDescriptor {
                    label: Some("kinect points"),
                    timestamp_writes: None,
                });
        compute_pass.set_pipeline(pipeline);
        compute_pass.set_bind_group(0, &pass.bind_group, &[]);
        compute_pass.dispatch_workgroups(
            pass.size.x.div_ceil(WORKGROUP),
            pass.size.y.div_ceil(WORKGROUP),
            1,
        );
        drop(compute_pass);
        pass.computed = Some(pass.wanted);
    }
}
