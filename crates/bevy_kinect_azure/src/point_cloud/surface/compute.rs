//! The compute pass that makes triangles and copies them into the mesh. It runs when the points have changed.

use bevy::asset::{AssetServer, load_embedded_asset};
use bevy::ecs::entity::{EntityHashMap, EntityHashSet};
use bevy::prelude::*;
use bevy::render::Extract;
use bevy::render::diagnostic::RecordDiagnostics;
use bevy::render::mesh::allocator::MeshAllocator;
use bevy::render::render_asset::RenderAssets;
use bevy::render::render_resource::binding_types::{
    storage_buffer_read_only_sized, storage_buffer_sized, uniform_buffer,
};
use bevy::render::render_resource::{
    BindGroup, BindGroupEntries, BindGroupLayoutDescriptor, BindGroupLayoutEntries, Buffer,
    BufferId, CachedComputePipelineId, CommandEncoder, ComputePassDescriptor,
    ComputePipelineDescriptor, PipelineCache, ShaderStages, ShaderType, UniformBuffer,
};
use bevy::render::renderer::{RenderContext, RenderDevice, RenderQueue};
use bevy::render::storage::{GpuShaderBuffer, ShaderBuffer};

use super::super::compute::Unproject;
use super::super::{PointCloud, PointCloudBuffer};
use super::{SURFACE_VERTEX_BYTES, SurfaceBuffers, SurfaceMesh};

/// Side of a workgroup; keep in sync with `triangulate.wgsl`.
const WORKGROUP: u32 = 8;

/// A surface in the render world.
pub(in super::super) struct ExtractedSurface {
    entity: Entity,
    points: AssetId<ShaderBuffer>,
    vertices: AssetId<ShaderBuffer>,
    indices: AssetId<ShaderBuffer>,
    draw: AssetId<ShaderBuffer>,
    mesh: AssetId<Mesh>,
    params: Params,
}

#[derive(Resource, Default)]
pub(in super::super) struct ExtractedSurfaces(Vec<ExtractedSurface>);

/// Keep in sync with `Params` in `triangulate.wgsl`, which documents the fields.
#[derive(ShaderType, Clone, Copy, Debug, Default, PartialEq)]
struct Params {
    size: UVec2,
    cut: f32,
    normal_radius: i32,
}

pub(in super::super) fn extract_surfaces(
    mut extracted: ResMut<ExtractedSurfaces>,
    surfaces: Extract<
        Query<
            (
                Entity,
                &SurfaceMesh,
                &PointCloudBuffer,
                &SurfaceBuffers,
                &Mesh3d,
            ),
            Without<PointCloud>,
        >,
    >,
) {
    extracted.0.clear();
    for (entity, surface, points, buffers, mesh) in &surfaces {
        if (points.width, points.height) != (buffers.width, buffers.height) {
            continue;
        }
        extracted.0.push(ExtractedSurface {
            entity,
            points: points.buffer.id(),
            vertices: buffers.vertices.id(),
            indices: buffers.indices.id(),
            draw: buffers.draw.id(),
            mesh: mesh.id(),
            params: Params {
                size: UVec2::new(buffers.width, buffers.height),
                cut: if surface.cut.is_finite() {
                    surface.cut.max(0.0)
                } else {
                    -1.0
                },
                normal_radius: normal_radius(surface),
            },
        });
    }
}

/// The reach of normals in points; see [`SurfaceMesh::normal_radius`].
fn normal_radius(surface: &SurfaceMesh) -> i32 {
    match surface.normal_radius.min(8) {
        0 => 0,
        pixels => pixels.div_ceil(surface.filter.step()) as i32,
    }
}

/// The pipelines that all surfaces share, and the state of each surface.
#[derive(Resource)]
pub(in super::super) struct Triangulate {
    layout: BindGroupLayoutDescriptor,
    pipeline: CachedComputePipelineId,
    surfaces: EntityHashMap<SurfacePass>,
    alive: EntityHashSet,
}

struct SurfacePass {
    params: UniformBuffer<Params>,
    bound: [BufferId; 4],
    bind_group: BindGroup,
    vertices: Buffer,
    indices: Buffer,
    draw: Buffer,
    mesh: AssetId<Mesh>,
    /// The number of the computation of points whose result is to be triangulated.
    wanted: u64,
    computed: u64,
    /// The place in Bevy's mesh memory to which the triangles were copied.
    copied: Option<[(BufferId, u32); 2]>,
}

pub(in super::super) fn init(
    mut commands: Commands,
    assets: Res<AssetServer>,
    cache: Res<PipelineCache>,
) {
    let layout = BindGroupLayoutDescriptor::new(
        "kinect surface",
        &BindGroupLayoutEntries::sequential(
            ShaderStages::COMPUTE,
            (
                uniform_buffer::<Params>(false),
                storage_buffer_read_only_sized(false, None),
                storage_buffer_sized(false, None),
                storage_buffer_sized(false, None),
                storage_buffer_sized(false, None),
            ),
        ),
    );
    let pipeline = cache.queue_compute_pipeline(ComputePipelineDescriptor {
        label: Some("kinect surface".into()),
        layout: vec![layout.clone()],
        shader: load_embedded_asset!(assets.as_ref(), "triangulate.wgsl"),
        entry_point: Some("triangulate".into()),
        ..default()
    });
    commands.insert_resource(Triangulate {
        layout,
        pipeline,
        surfaces: EntityHashMap::default(),
        alive: EntityHashSet::default(),
    });
}

pub(in super::super) fn prepare(
    triangulate: Option<ResMut<Triangulate>>,
    surfaces: Res<ExtractedSurfaces>,
    buffers: Res<RenderAssets<GpuShaderBuffer>>,
    cache: Res<PipelineCache>,
    device: Res<RenderDevice>,
    queue: Res<RenderQueue>,
) {
    let Some(mut triangulate) = triangulate else {
        return;
    };
    let triangulate = &mut *triangulate;
    triangulate.alive.clear();
    for surface in &surfaces.0 {
        triangulate.alive.insert(surface.entity);
        let ids = [
            surface.points,
            surface.vertices,
            surface.indices,
            surface.draw,
        ];
        let [Some(points), Some(vertices), Some(indices), Some(draw)] =
            ids.map(|id| buffers.get(id).map(|buffer| &buffer.buffer))
        else {
            continue;
        };
        let bound = [points, vertices, indices, draw].map(Buffer::id);
        let old = triangulate.surfaces.remove(&surface.entity);
        let mut pass = match old.filter(|pass| pass.bound == bound) {
            Some(mut pass) => {
                if *pass.params.get() != surface.params {
                    pass.params.set(surface.params);
                    pass.params.write_buffer(&device, &queue);
                    pass.computed = 0;
                }
                pass
            }
            None => {
                let mut params = UniformBuffer::from(surface.params);
                params.write_buffer(&device, &queue);
                let bind_group = device.create_bind_group(
                    "kinect surface",
                    &cache.get_bind_group_layout(&triangulate.layout),
                    &BindGroupEntries::sequential((
                        &params,
                        points.as_entire_binding(),
                        vertices.as_entire_binding(),
                        indices.as_entire_binding(),
                        draw.as_entire_binding(),
                    )),
                );
                SurfacePass {
                    params,
                    bound,
                    bind_group,
                    vertices: vertices.clone(),
                    indices: indices.clone(),
                    draw: draw.clone(),
                    mesh: surface.mesh,
                    wanted: 0,
                    computed: 0,
                    copied: None,
                }
            }
        };
        pass.mesh = surface.mesh;
        triangulate.surfaces.insert(surface.entity, pass);
    }
    let alive = &triangulate.alive;
    triangulate
        .surfaces
        .retain(|entity, _| alive.contains(entity));
}

pub(in super::super) fn run(
    mut context: RenderContext,
    triangulate: Option<ResMut<Triangulate>>,
    unproject: Option<Res<Unproject>>,
    meshes: Res<MeshAllocator>,
    cache: Res<PipelineCache>,
) {
    let (Some(mut triangulate), Some(unproject)) = (triangulate, unproject) else {
        return;
    };
    let triangulate = &mut *triangulate;
    let Some(pipeline) = cache.get_compute_pipeline(triangulate.pipeline) else {
        return;
    };
    let mut is_due = false;
    for (&entity, pass) in &mut triangulate.surfaces {
        pass.wanted = unproject.runs(entity, pass.bound[0]);
        is_due |= pass.wanted != pass.computed;
    }
    let recorder = context.diagnostic_recorder();
    let recorder = recorder.as_deref();
    let span = is_due.then(|| recorder.time_span(context.command_encoder(), "kinect/surface"));
    for pass in triangulate.surfaces.values_mut() {
        if pass.wanted != pass.computed {
            pass.compute(context.command_encoder(), pipeline);
        }
        pass.copy(context.command_encoder(), &meshes);
    }
    if let Some(span) = span {
        span.end(context.command_encoder());
    }
}

impl SurfacePass {
    fn compute(
        &mut self,
        encoder: &mut CommandEncoder,
        pipeline: &bevy::render::render_resource::ComputePipeline,
    ) {
        encoder.clear_buffer(&self.indices, 0, None);
        encoder.clear_buffer(&self.draw, 0, None);
        let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor {
            label: Some("kinect surface"),
            timestamp_writes: None,
        });
        pass.set_pipeline(pipeline);
        pass.set_bind_group(0, &self.bind_group, &[]);
        let groups = self.params.get().size.map(|n| n.div_ceil(WORKGROUP));
        pass.dispatch_workgroups(groups.x, groups.y, 1);
        drop(pass);
        self.computed = self.wanted;
        self.copied = None;
    }

    /// Copies vertices and indices into Bevy's mesh memory. The mesh may be allocated later than the surface, or move.
    fn copy(&mut self, encoder: &mut CommandEncoder, meshes: &MeshAllocator) {
        let (Some(vertices), Some(indices)) = (
            meshes.mesh_vertex_slice(&self.mesh),
            meshes.mesh_index_slice(&self.mesh),
        ) else {
            return;
        };
        let places = [&vertices, &indices].map(|slice| (slice.buffer.id(), slice.range.start));
        if self.computed == 0 || self.copied == Some(places) {
            return;
        }
        let sizes = [SURFACE_VERTEX_BYTES as u64, 4];
        for ((from, to), size) in [(&self.vertices, &vertices), (&self.indices, &indices)]
            .into_iter()
            .zip(sizes)
        {
            let bytes = (u64::from(to.range.end - to.range.start) * size).min(from.size());
            encoder.copy_buffer_to_buffer(
                from,
                0,
                to.buffer,
                u64::from(to.range.start) * size,
                bytes,
            );
        }
        self.copied = Some(places);
    }
}
