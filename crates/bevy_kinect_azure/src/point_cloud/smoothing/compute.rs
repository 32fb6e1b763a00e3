//! The compute passes that smooth a cloud's depth, and the history that they keep from image to image.

use bevy::asset::{AssetServer, load_embedded_asset};
use bevy::ecs::entity::{EntityHashMap, EntityHashSet};
use bevy::prelude::*;
use bevy::render::Extract;
use bevy::render::diagnostic::RecordDiagnostics;
use bevy::render::render_resource::binding_types::{
    storage_buffer_read_only_sized, storage_buffer_sized, texture_2d, uniform_buffer,
};
use bevy::render::render_resource::{
    BindGroup, BindGroupEntries, BindGroupLayoutDescriptor, BindGroupLayoutEntries, Buffer,
    BufferDescriptor, BufferUsages, CachedComputePipelineId, CommandEncoder, ComputePassDescriptor,
    ComputePipeline, ComputePipelineDescriptor, PipelineCache, ShaderStages, ShaderType,
    TextureSampleType, TextureViewId, UniformBuffer,
};
use bevy::render::renderer::{RenderContext, RenderDevice, RenderQueue};

use super::super::point_source::PointSource;
use super::super::settings::DepthSmoothing;
use crate::stream::{ExtractedSensors, RawImage, SensorTextures, TextureKey};

/// Side of a workgroup; keep in sync with `smooth.wgsl`.
const WORKGROUP: u32 = 8;
/// Bytes of a pixel's history, and of its smoothed depth; keep in sync with `smooth.wgsl`.
const HISTORY_BYTES: u64 = 8;
const DEPTH_BYTES: u64 = 4;

/// Keep in sync with `Params` in `smooth.wgsl`, which documents the fields.
#[derive(ShaderType, Clone, Copy, Debug, Default, PartialEq)]
struct Params {
    size: UVec2,
    noise: Vec2,
    images: f32,
    radius: i32,
    holes: i32,
    padding: u32,
}

impl Params {
    fn new(settings: &DepthSmoothing, size: UVec2) -> Self {
        let length = |metres: f32| {
            if metres.is_finite() {
                metres.max(0.0)
            } else {
                0.0
            }
        };
        Self {
            size,
            // Millimetres, and millimetres for each square millimetre.
            noise: Vec2::new(
                length(settings.noise_floor) * 1e3,
                length(settings.noise_growth) * 1e-3,
            ),
            images: settings.images.clamp(1, 64) as f32,
            radius: settings.radius.min(8) as i32,
            holes: settings.holes.min(8) as i32,
            padding: 0,
        }
    }
}

/// The clouds whose depth is smoothed, the images of each, and how.
#[derive(Resource, Default)]
pub(in super::super) struct ExtractedSmoothing(Vec<(Entity, TextureKey, DepthSmoothing)>);

pub(super) fn extract(
    mut extracted: ResMut<ExtractedSmoothing>,
    clouds: Extract<Query<(Entity, &PointSource)>>,
) {
    extracted.0.clear();
    for (entity, source) in &clouds {
        if source.smoothing.is_on() {
            let key = TextureKey {
                sensor: source.sensor,
                timing: source.timing,
            };
            extracted.0.push((entity, key, source.smoothing));
        }
    }
}

/// The pipelines that all clouds share, and the state of each cloud whose depth is smoothed.
#[derive(Resource)]
pub(in super::super) struct Smooth {
    layout: BindGroupLayoutDescriptor,
    average: CachedComputePipelineId,
    flatten: CachedComputePipelineId,
    clouds: EntityHashMap<State>,
    alive: EntityHashSet,
}

impl Smooth {
    /// The smoothed depth of a cloud, in millimetres, 0 = no depth; with a number that increases whenever the depth changes.
    /// `None` where depth is not smoothed.
    pub(in super::super) fn depth(&self, cloud: Entity) -> Option<(&Buffer, u64)> {
        let state = self.clouds.get(&cloud)?;
        Some((&state.smoothed, state.version))
    }

    /// Whether the smoothed depth of a cloud is that of the newest depth image.
    pub(in super::super) fn is_current(&self, cloud: Entity) -> bool {
        self.clouds
            .get(&cloud)
            .is_some_and(|state| !state.is_stale())
    }
}

/// One cloud's history and results.
struct State {
    belongs_to: Belonging,
    params: UniformBuffer<Params>,
    /// Each pixel's average and the number of images in it; one is read while the other is written.
    history: [Buffer; 2],
    smoothed: Buffer,
    /// The first bind group reads the first history and writes the second one; the second bind group does the reverse.
    bind_groups: [BindGroup; 2],
    /// The history that is the newest.
    newest: usize,
    /// Versions of the depth image: in the history, and on the GPU.
    averaged: u64,
    wanted: u64,
    /// Device time of the depth image.
    usec: u64,
    /// Whether the history must be cleared before the next image is added.
    is_restarted: bool,
    /// Whether the settings have changed since the depth was smoothed.
    is_changed: bool,
    version: u64,
}

/// Identifies the depth images that a history may hold: those of one source in one mode.
#[derive(PartialEq)]
struct Belonging {
    key: TextureKey,
    generation: u64,
    depth: TextureViewId,
    size: UVec2,
}

impl State {
    fn is_stale(&self) -> bool {
        self.is_changed || self.averaged != self.wanted
    }
}

pub(super) fn init(mut commands: Commands, assets: Res<AssetServer>, cache: Res<PipelineCache>) {
    let layout = BindGroupLayoutDescriptor::new(
        "kinect smoothing",
        &BindGroupLayoutEntries::sequential(
            ShaderStages::COMPUTE,
            (
                uniform_buffer::<Params>(false),
                texture_2d(TextureSampleType::Uint),
                storage_buffer_read_only_sized(false, None),
                storage_buffer_sized(false, None),
                storage_buffer_sized(false, None),
            ),
        ),
    );
    let shader = load_embedded_asset!(assets.as_ref(), "smooth.wgsl");
    let pipeline = |entry_point: &'static str| {
        cache.queue_compute_pipeline(ComputePipelineDescriptor {
            label: Some(format!("kinect {entry_point}").into()),
            layout: vec![layout.clone()],
            shader: shader.clone(),
            entry_point: Some(entry_point.into()),
            ..default()
        })
    };
    commands.insert_resource(Smooth {
        average: pipeline("average"),
        flatten: pipeline("flatten"),
        layout,
        clouds: EntityHashMap::default(),
        alive: EntityHashSet::default(),
    });
}

pub(in super::super) fn prepare(
    smooth: Option<ResMut<Smooth>>,
    clouds: Res<ExtractedSmoothing>,
    sensors: Res<ExtractedSensors>,
    textures: Res<SensorTextures>,
    cache: Res<PipelineCache>,
    device: Res<RenderDevice>,
    queue: Res<RenderQueue>,
) {
    let Some(mut smooth) = smooth else {
        return;
    };
    let smooth = &mut *smooth;
    smooth.alive.clear();
    for &(cloud, key, ref settings) in &clouds.0 {
        let (Some(set), Some(sensor)) = (textures.0.get(&key), sensors.0.get(&key)) else {
            continue;
        };
        let Some(depth) = set.get(RawImage::Depth) else {
            continue;
        };
        smooth.alive.insert(cloud);
        let belongs_to = Belonging {
            key,
            generation: sensor.generation,
            depth: depth.view.id(),
            size: depth.size(),
        };
        let params = Params::new(settings, depth.size());
        let old = smooth.clouds.remove(&cloud);
        let mut state = match old {
            Some(state) if state.belongs_to == belongs_to => state,
            old => {
                let pixels = u64::from(depth.size().x) * u64::from(depth.size().y);
                let storage = |label, bytes| {
                    device.create_buffer(&BufferDescriptor {
                        label: Some(label),
                        size: bytes,
                        usage: BufferUsages::STORAGE | BufferUsages::COPY_DST,
                        mapped_at_creation: false,
                    })
                };
                let history = [0, 1].map(|_| storage("kinect history", pixels * HISTORY_BYTES));
                let smoothed = storage("kinect smoothed depth", pixels * DEPTH_BYTES);
                let mut uniform = UniformBuffer::from(params);
                uniform.write_buffer(&device, &queue);
                let layout = cache.get_bind_group_layout(&smooth.layout);
                let bind_groups = [[0, 1], [1, 0]].map(|[before, after]: [usize; 2]| {
                    device.create_bind_group(
                        "kinect smoothing",
                        &layout,
                        &BindGroupEntries::sequential((
                            &uniform,
                            &depth.view,
                            history[before].as_entire_binding(),
                            history[after].as_entire_binding(),
                            smoothed.as_entire_binding(),
                        )),
                    )
                });
                State {
                    belongs_to,
                    params: uniform,
                    history,
                    smoothed,
                    bind_groups,
                    newest: 0,
                    averaged: 0,
                    wanted: 0,
                    usec: 0,
                    is_restarted: false,
                    is_changed: false,
                    version: old.map_or(0, |old| old.version),
                }
            }
        };
        if *state.params.get() != params {
            state.params.set(params);
            state.params.write_buffer(&device, &queue);
            state.is_changed = true;
            state.version += 1;
        }
        let wanted = set.version(RawImage::Depth);
        if wanted != state.wanted {
            state.wanted = wanted;
            state.version += 1;
            let frame = sensor.frame.as_ref();
            if let Some(image) = frame.and_then(|frame| frame.capture.depth.as_ref()) {
                let usec = image.device_timestamp_usec;
                state.is_restarted |= usec < state.usec;
                state.usec = usec;
            }
        }
        smooth.clouds.insert(cloud, state);
    }
    let alive = &smooth.alive;
    smooth.clouds.retain(|entity, _| alive.contains(entity));
}

pub(in super::super) fn run(
    mut context: RenderContext,
    smooth: Option<ResMut<Smooth>>,
    cache: Res<PipelineCache>,
) {
    let Some(mut smooth) = smooth else {
        return;
    };
    let smooth = &mut *smooth;
    let pipelines = [smooth.average, smooth.flatten].map(|id| cache.get_compute_pipeline(id));
    let [Some(average), Some(flatten)] = pipelines else {
        return;
    };
    if !smooth.clouds.values().any(State::is_stale) {
        return;
    }
    let recorder = context.diagnostic_recorder();
    let recorder = recorder.as_deref();
    let span = recorder.time_span(context.command_encoder(), "kinect/smoothing");
    for state in smooth.clouds.values_mut().filter(|state| state.is_stale()) {
        state.compute(context.command_encoder(), average, flatten);
    }
    span.end(context.command_encoder());
}

impl State {
    fn compute(
        &mut self,
        encoder: &mut CommandEncoder,
        average: &ComputePipeline,
        flatten: &ComputePipeline,
    ) {
        if core::mem::take(&mut self.is_restarted) {
            encoder.clear_buffer(&self.history[self.newest], 0, None);
        }
        let has_new_image = self.averaged != self.wanted;
        if has_new_image {
            self.newest = 1 - self.newest;
        }
        // The group that writes the newest history.
        let bind_group = &self.bind_groups[1 - self.newest];
        let groups = self.params.get().size.map(|n| n.div_ceil(WORKGROUP));
        let mut dispatch = |label, pipeline| {
            let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor {
                label: Some(label),
                timestamp_writes: None,
            });
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, bind_group, &[]);
            pass.dispatch_workgroups(groups.x, groups.y, 1);
        };
        if has_new_image {
            dispatch("kinect average", average);
        }
        dispatch("kinect flatten", flatten);
        self.averaged = self.wanted;
        self.is_changed = false;
    }
}
