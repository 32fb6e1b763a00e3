//! Surfaces: the points of a sensor joined to triangles, cut where depth jumps (P5).
//!
//! One compute pass makes vertices with normals and a list of triangles, which are then copied into an ordinary Bevy
//! [`Mesh`] on the GPU: every material, light and camera effect works on it. Nothing of it is on the CPU.

mod compute;

use bevy::asset::{RenderAssetUsages, embedded_asset};
use bevy::camera::visibility::{NoAutoAabb, NoFrustumCulling};
use bevy::core_pipeline::schedule::camera_driver;
use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::mesh::{
    Indices, MeshVertexAttribute, PrimitiveTopology, VertexAttributeValues, VertexFormat,
};
use bevy::prelude::*;
use bevy::render::render_resource::{BufferUsages, Face};
use bevy::render::renderer::{RenderGraph, RenderGraphSystems};
use bevy::render::storage::ShaderBuffer;
use bevy::render::{Render, RenderApp, RenderStartup, RenderSystems};
use bevy::shader::load_shader_library;

use super::{
    DISCONTINUITY, PointCloud, PointCloudBuffer, PointColor, PointFilter, PrepareSources, source,
};
use crate::body::ImageTiming;
use crate::sensor::KinectSystems;

/// Draws a sensor's depth as a surface of triangles. Put it on the sensor entity, or on a descendant of it to move the surface
/// or to draw several. An entity is either a surface or a [`PointCloud`].
///
/// Positions are in metres in the sensor's space: x right, y up, −z forward (P4). Between four neighbouring points there are
/// two triangles, or one where a point is missing; front faces look at the sensor. The entity has a [`PointCloudBuffer`],
/// too.
#[derive(Component, Reflect, Clone, Debug, PartialEq)]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(Transform, Visibility)]
#[component(on_remove = remove_surface)]
pub struct SurfaceMesh {
    /// Where its colour comes from.
    pub color: PointColor,
    /// How it is lit.
    pub shading: SurfaceShading,
    /// Where a surface ends: two points are not joined when one is farther than the other by more than this part of the nearer one's
    /// depth, and by more than [`STEEPEST`] times as far as they are apart sideways. The first is for noise, the second
    /// for surfaces that are seen at a shallow angle, where points of low [density](PointFilter::density) are far apart.
    /// [`DISCONTINUITY`] by default; not finite: nothing is cut.
    pub cut: f32,
    /// Which moment it shows (I13).
    pub timing: ImageTiming,
    /// Which depth pixels become points. Flying pixels do not by default: they would be spikes at every edge.
    pub filter: PointFilter,
}

impl Default for SurfaceMesh {
    fn default() -> Self {
        Self {
            color: PointColor::default(),
            shading: SurfaceShading::default(),
            cut: DISCONTINUITY,
            timing: ImageTiming::default(),
            filter: PointFilter {
                flying_pixels: Some(DISCONTINUITY),
                ..default()
            },
        }
    }
}

/// How a surface is lit.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SurfaceShading {
    /// Its colours as they are, whatever light there is.
    #[default]
    Unlit,
    /// By the lights of the scene, as matt material.
    Lit,
    /// By the app: put any `MeshMaterial3d` on the entity. The mesh has positions, normals and colours.
    Custom,
}

/// The triangles of a [`SurfaceMesh`] on the GPU. Read only; on the same entity once the sensor's modes are known. A change of
/// the depth mode or of the density gives new handles.
///
/// In WGSL:
///
/// ```wgsl
/// #import kinect_azure::surface::SurfaceVertex
/// // struct SurfaceVertex {
/// //     position: array<f32, 3>, // metres in the sensor's space
/// //     normal: array<f32, 3>,   // towards the sensor's side, length 1; 0 where there is no point
/// //     color: vec2<u32>,        // pack2x16unorm of red and green, and of blue and 1: linear light
/// // }
/// @group(0) @binding(0) var<storage, read> vertices: array<SurfaceVertex>;
/// @group(0) @binding(1) var<storage, read> indices: array<u32>; // three a triangle, then zeros
/// ```
///
/// They can also be bound as vertex buffer (stride 32: `Float32x3`, `Float32x3`, `Unorm16x4`), index buffer (`Uint32`) and
/// arguments of an indirect draw.
#[derive(Component, Reflect, Clone, Debug)]
#[reflect(Component, Debug)]
pub struct SurfaceBuffers {
    /// A vertex for each point of the [`PointCloudBuffer`], in the same order.
    pub vertices: Handle<ShaderBuffer>,
    /// Numbers of vertices, three a triangle, in no particular order. Room for two triangles between any four points; zeros
    /// after the last triangle.
    pub indices: Handle<ShaderBuffer>,
    /// Arguments of an indexed indirect draw: number of indices, 1, 0, 0, 0, each a `u32`.
    pub draw: Handle<ShaderBuffer>,
    /// Vertices in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// How steep a surface is at most as the sensor sees it, in metres away for each metre aside: tan 80°, a surface seen at 10°.
/// Steeper steps are edges, see [`SurfaceMesh::cut`].
pub const STEEPEST: f32 = 5.671_282;

/// Bytes of one vertex in [`SurfaceBuffers`].
pub const SURFACE_VERTEX_BYTES: usize = 32;

/// Colours of 16 bits a channel, in place of Bevy's `Mesh::ATTRIBUTE_COLOR`, which has twice as many.
const ATTRIBUTE_COLOR: MeshVertexAttribute =
    MeshVertexAttribute::new("Vertex_Color", 5, VertexFormat::Unorm16x4);

/// The material that the plugin gave a surface.
#[derive(Component)]
struct OwnMaterial(Handle<StandardMaterial>);

/// An entity that is no surface any more is not drawn as one.
fn remove_surface(mut world: DeferredWorld, context: HookContext) {
    let entity = context.entity;
    if let Some(OwnMaterial(own)) = world.get(entity) {
        let is_shown = world
            .get::<MeshMaterial3d<StandardMaterial>>(entity)
            .is_some_and(|current| current.0 == *own);
        let mut commands = world.commands();
        let mut entity = commands.entity(entity);
        entity.try_remove::<OwnMaterial>();
        if is_shown {
            entity.try_remove::<MeshMaterial3d<StandardMaterial>>();
        }
    }
    source::remove_parts(world, context);
}

pub(super) fn build(app: &mut App) {
    app.register_type::<SurfaceMesh>()
        .register_type::<SurfaceBuffers>();
    if app.get_sub_app(RenderApp).is_none() {
        return;
    }
    load_shader_library!(app, "surface.wgsl");
    embedded_asset!(app, "triangulate.wgsl");
    app.add_systems(
        PreUpdate,
        (prepare_surfaces, shade)
            .chain()
            .in_set(KinectSystems::Prepare)
            .after(PrepareSources),
    );
    app.sub_app_mut(RenderApp)
        .init_resource::<compute::ExtractedSurfaces>()
        .add_systems(RenderStartup, compute::init)
        .add_systems(ExtractSchedule, compute::extract_surfaces)
        .add_systems(
            Render,
            compute::prepare
                .in_set(RenderSystems::PrepareBindGroups)
                .after(super::compute::prepare),
        )
        .add_systems(
            RenderGraph,
            compute::run
                .after(super::compute::run)
                .in_set(RenderGraphSystems::Render)
                .before(camera_driver),
        );
}

/// Makes buffers and mesh of surfaces whose points have a new buffer.
fn prepare_surfaces(
    mut commands: Commands,
    surfaces: Query<
        (Entity, Ref<PointCloudBuffer>, Option<&SurfaceBuffers>),
        (With<SurfaceMesh>, Without<PointCloud>),
    >,
    mut buffers: ResMut<Assets<ShaderBuffer>>,
    mut meshes: ResMut<Assets<Mesh>>,
) {
    for (entity, points, old) in &surfaces {
        if old.is_some() && !points.is_changed() {
            continue;
        }
        let (width, height) = (points.width, points.height);
        let vertices = width as usize * height as usize;
        // An empty buffer cannot be bound.
        let quads = (width as usize).saturating_sub(1) * (height as usize).saturating_sub(1);
        let indices = (quads * 6).max(3);
        let mut buffer = |label, bytes, usage| {
            let mut buffer = ShaderBuffer::with_size(bytes, RenderAssetUsages::RENDER_WORLD);
            buffer.buffer_description.label = Some(label);
            buffer.buffer_description.usage |= usage;
            buffers.add(buffer)
        };
        let parts = SurfaceBuffers {
            vertices: buffer(
                "kinect surface vertices",
                vertices * SURFACE_VERTEX_BYTES,
                BufferUsages::VERTEX,
            ),
            indices: buffer("kinect surface indices", indices * 4, BufferUsages::INDEX),
            draw: buffer("kinect surface draw", 20, BufferUsages::INDIRECT),
            width,
            height,
        };
        commands.entity(entity).insert((
            parts,
            Mesh3d(meshes.add(blank_mesh(vertices, indices))),
            // Only the GPU knows where the surface is.
            NoAutoAabb,
            NoFrustumCulling,
        ));
    }
}

/// A mesh with room for a surface. Kept in both worlds: a GPU that was lost needs it again.
fn blank_mesh(vertices: usize, indices: usize) -> Mesh {
    Mesh::new(
        PrimitiveTopology::TriangleList,
        RenderAssetUsages::default(),
    )
    .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, vec![[0.0_f32; 3]; vertices])
    .with_inserted_attribute(Mesh::ATTRIBUTE_NORMAL, vec![[0.0_f32; 3]; vertices])
    .with_inserted_attribute(
        ATTRIBUTE_COLOR,
        VertexAttributeValues::Unorm16x4(vec![[0; 4]; vertices]),
    )
    .with_inserted_indices(Indices::U32(vec![0; indices]))
}

/// Gives surfaces the material for their shading.
fn shade(
    mut commands: Commands,
    surfaces: Query<
        (
            Entity,
            Ref<SurfaceMesh>,
            Option<&OwnMaterial>,
            Option<&MeshMaterial3d<StandardMaterial>>,
        ),
        (With<SurfaceBuffers>, Without<PointCloud>),
    >,
    materials: Option<ResMut<Assets<StandardMaterial>>>,
) {
    let Some(mut materials) = materials else {
        return;
    };
    for (entity, surface, own, current) in &surfaces {
        if surface.shading == SurfaceShading::Custom {
            if let Some(own) = own {
                let mut entity = commands.entity(entity);
                if current.is_some_and(|current| current.0 == own.0) {
                    entity.remove::<MeshMaterial3d<StandardMaterial>>();
                }
                entity.remove::<OwnMaterial>();
            }
            continue;
        }
        let unlit = surface.shading == SurfaceShading::Unlit;
        match own {
            Some(own) => {
                if materials.get(&own.0).is_some_and(|m| m.unlit != unlit)
                    && let Some(mut material) = materials.get_mut(&own.0)
                {
                    material.unlit = unlit;
                }
            }
            None => {
                let material = materials.add(StandardMaterial {
                    base_color: Color::WHITE,
                    unlit,
                    // Matt, as most rooms and clothes are.
                    perceptual_roughness: 1.0,
                    reflectance: 0.0,
                    double_sided: true,
                    cull_mode: None::<Face>,
                    ..default()
                });
                commands
                    .entity(entity)
                    .insert((OwnMaterial(material.clone()), MeshMaterial3d(material)));
            }
        }
    }
}
