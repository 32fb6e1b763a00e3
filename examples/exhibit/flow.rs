//! The particles' buffer, and the compute pass that moves them (`assets/shaders/exhibit/flow.wgsl`).

use bevy::asset::RenderAssetUsages;
use bevy::core_pipeline::schedule::camera_driver;
use bevy::prelude::*;
use bevy::render::extract_resource::{ExtractResource, ExtractResourcePlugin};
use bevy::render::render_asset::RenderAssets;
use bevy::render::render_resource::binding_types::{
    storage_buffer_read_only_sized, storage_buffer_sized, uniform_buffer,
};
use bevy::render::render_resource::{
    BindGroup, BindGroupEntries, BindGroupLayoutDescriptor, BindGroupLayoutEntries, Buffer,
    BufferDescriptor, BufferUsages, CachedComputePipelineId, ComputePassDescriptor,
    ComputePipelineDescriptor, PipelineCache, ShaderStages, ShaderType, UniformBuffer,
};
use bevy::render::renderer::{RenderContext, RenderDevice, RenderGraph, RenderQueue};
use bevy::render::storage::{GpuShaderBuffer, ShaderBuffer};
use bevy::render::{Render, RenderApp, RenderStartup, RenderSystems};

/// The most people who are told apart, and the most joints that carry particles along.
pub(crate) const PEOPLE: usize = 6;
pub(crate) const MOVERS: usize = 60;
/// Dancers of the attract loop, and bones of each body.
pub(crate) const FIGURES: usize = 3;
pub(crate) const BONES: usize = 24;
/// Bytes of a particle; keep in sync with `particle.wgsl`.
const PARTICLE_BYTES: usize = 48;
/// Particles of a workgroup.
const WORKGROUP: u32 = 64;

/// Moves the particles once in every frame.
pub(crate) struct FlowPlugin;

impl Plugin for FlowPlugin {
    fn build(&self, app: &mut App) {
        app.add_plugins(ExtractResourcePlugin::<Flow>::default());
        let Some(render_app) = app.get_sub_app_mut(RenderApp) else {
            return;
        };
        render_app
            .add_systems(RenderStartup, init)
            .add_systems(Render, prepare.in_set(RenderSystems::PrepareBindGroups))
            .add_systems(RenderGraph, advance.before(camera_driver));
    }
}

/// A joint that carries particles along.
#[derive(ShaderType, Clone, Copy, Debug, Default)]
pub(crate) struct Mover {
    /// Where it is in the mirror world; w: how far its pull reaches, in metres.
    pub(crate) position: Vec4,
    /// How fast it moves, in m/s.
    pub(crate) velocity: Vec4,
}

/// A bone of a figure.
#[derive(ShaderType, Clone, Copy, Debug, Default)]
pub(crate) struct Bone {
    /// An end in the mirror world; w: the radius there.
    pub(crate) start: Vec4,
    /// The other end and its radius.
    pub(crate) end: Vec4,
    /// x: the share of the figure's surface up to and with this bone. y: the number of the colour.
    pub(crate) share: Vec4,
}

/// One step of the particles; keep in sync with `Flow` in `flow.wgsl`.
#[derive(ShaderType, Clone, Debug)]
pub(crate) struct Step {
    pub(crate) world_from_sensor: Mat4,
    pub(crate) grid: UVec2,
    pub(crate) particles: u32,
    pub(crate) step: u32,
    pub(crate) time: f32,
    pub(crate) duration: f32,
    pub(crate) attract: f32,
    pub(crate) share: f32,
    pub(crate) people: u32,
    pub(crate) movers: u32,
    pub(crate) figures: u32,
    pub(crate) width: f32,
    pub(crate) trunks: [Vec4; PEOPLE],
    pub(crate) moves: [Mover; MOVERS],
    /// Of people, then of dancers.
    pub(crate) bones: [Bone; (PEOPLE + FIGURES) * BONES],
    pub(crate) low: [Vec4; PEOPLE],
    pub(crate) high: [Vec4; PEOPLE],
}

impl Step {
    /// Lets a joint carry particles along, as long as there is room.
    pub(crate) fn carry(&mut self, mover: Mover) {
        if let Some(room) = self.moves.get_mut(self.movers as usize) {
            *room = mover;
            self.movers += 1;
        }
    }
}

/// The particles, and their next step.
#[derive(Resource, ExtractResource, Clone)]
pub(crate) struct Flow {
    /// The particles' buffer.
    pub(crate) particles: Handle<ShaderBuffer>,
    /// The cloud's buffer.
    pub(crate) points: Option<Handle<ShaderBuffer>>,
    pub(crate) step: Step,
}

impl Flow {
    /// Particles for a graphics card with these limits: as many as wanted, or as fit into one buffer.
    pub(crate) fn new(
        wanted: u32,
        device: &RenderDevice,
        buffers: &mut Assets<ShaderBuffer>,
    ) -> Self {
        let limits = device.limits();
        let room = limits
            .max_storage_buffer_binding_size
            .min(limits.max_buffer_size);
        let most = (room / PARTICLE_BYTES as u64).min(u64::from(u32::MAX));
        let groups = u64::from(limits.max_compute_workgroups_per_dimension);
        let most = most.min(groups * u64::from(WORKGROUP)) as u32;
        if wanted > most {
            warn!("this graphics card has room for {most} of {wanted} particles");
        }
        let particles = wanted.clamp(1, most.max(1));
        let bytes = particles as usize * PARTICLE_BYTES;
        Self {
            particles: buffers.add(ShaderBuffer::with_size(
                bytes,
                RenderAssetUsages::RENDER_WORLD,
            )),
            points: None,
            step: Step {
                world_from_sensor: Mat4::IDENTITY,
                grid: UVec2::ZERO,
                particles,
                step: 0,
                time: 0.0,
                duration: 0.0,
                attract: 0.0,
                share: 0.0,
                people: 0,
                movers: 0,
                figures: 0,
                width: 4.0,
                trunks: [Vec4::ZERO; PEOPLE],
                moves: [Mover::default(); MOVERS],
                bones: [Bone::default(); (PEOPLE + FIGURES) * BONES],
                low: [Vec4::ZERO; PEOPLE],
                high: [Vec4::ZERO; PEOPLE],
            },
        }
    }
}

#[derive(Resource)]
struct Pipeline {
    layout: BindGroupLayoutDescriptor,
    id: CachedComputePipelineId,
    /// Bound while there is no cloud.
    no_points: Buffer,
    bound: Option<(BindGroup, u32)>,
}

fn init(
    mut commands: Commands,
    assets: Res<AssetServer>,
    cache: Res<PipelineCache>,
    device: Res<RenderDevice>,
) {
    let layout = BindGroupLayoutDescriptor::new(
        "exhibit flow",
        &BindGroupLayoutEntries::sequential(
            ShaderStages::COMPUTE,
            (
                uniform_buffer::<Step>(false),
                storage_buffer_read_only_sized(false, None),
                storage_buffer_sized(false, None),
            ),
        ),
    );
    let id = cache.queue_compute_pipeline(ComputePipelineDescriptor {
        label: Some("exhibit flow".into()),
        layout: vec![layout.clone()],
        shader: assets.load("shaders/exhibit/flow.wgsl"),
        entry_point: Some("advance".into()),
        ..default()
    });
    commands.insert_resource(Pipeline {
        layout,
        id,
        no_points: device.create_buffer(&BufferDescriptor {
            label: Some("exhibit no points"),
            size: 16,
            usage: BufferUsages::STORAGE,
            mapped_at_creation: false,
        }),
        bound: None,
    });
}

fn prepare(
    flow: Option<Res<Flow>>,
    pipeline: Option<ResMut<Pipeline>>,
    buffers: Res<RenderAssets<GpuShaderBuffer>>,
    cache: Res<PipelineCache>,
    device: Res<RenderDevice>,
    queue: Res<RenderQueue>,
) {
    let (Some(flow), Some(mut pipeline)) = (flow, pipeline) else {
        return;
    };
    pipeline.bound = None;
    let Some(particles) = buffers.get(&flow.particles) else {
        return;
    };
    let points = flow.points.as_ref().and_then(|points| buffers.get(points));
    let mut step = flow.step.clone();
    if points.is_none() {
        step.grid = UVec2::ZERO;
    }
    let groups = step.particles.div_ceil(WORKGROUP);
    let mut uniform = UniformBuffer::from(step);
    uniform.write_buffer(&device, &queue);
    let bind_group = device.create_bind_group(
        "exhibit flow",
        &cache.get_bind_group_layout(&pipeline.layout),
        &BindGroupEntries::sequential((
            &uniform,
            points
                .map_or(&pipeline.no_points, |points| &points.buffer)
                .as_entire_binding(),
            particles.buffer.as_entire_binding(),
        )),
    );
    pipeline.bound = Some((bind_group, groups));
}

fn advance(mut context: RenderContext, pipeline: Option<Res<Pipeline>>, cache: Res<PipelineCache>) {
    let Some((id, (bind_group, groups))) = pipeline
        .as_ref()
        .and_then(|pipeline| Some((pipeline.id, pipeline.bound.as_ref()?)))
    else {
        return;
    };
    let Some(compute) = cache.get_compute_pipeline(id) else {
        return;
    };
    let mut pass = context
        .command_encoder()
        .begin_compute_pass(&ComputePassDescriptor {
            label: Some("exhibit flow"),
            timestamp_writes: None,
        });
    pass.set_pipeline(compute);
    pass.set_bind_group(0, bind_group, &[]);
    pass.dispatch_workgroups(*groups, 1, 1);
}
