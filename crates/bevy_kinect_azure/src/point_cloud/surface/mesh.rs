//! The mesh and the material of surfaces.

use bevy::asset::RenderAssetUsages;
use bevy::camera::visibility::{NoAutoAabb, NoFrustumCulling};
use bevy::mesh::{
    Indices, MeshVertexAttribute, PrimitiveTopology, VertexAttributeValues, VertexFormat,
};
use bevy::prelude::*;
use bevy::render::render_resource::{BufferUsages, Face};
use bevy::render::storage::ShaderBuffer;

use super::super::parts::Parts;
use super::super::{PointCloud, PointCloudBuffer};
use super::component::{SURFACE_VERTEX_BYTES, SurfaceBuffers, SurfaceMesh, SurfaceShading};

/// Colours with 16 bits a channel, in place of Bevy's `Mesh::ATTRIBUTE_COLOR` with 32 bits.
const ATTRIBUTE_COLOR: MeshVertexAttribute =
    MeshVertexAttribute::new("Vertex_Color", 5, VertexFormat::Unorm16x4);

/// The material that the plugin gave a surface.
#[derive(Component)]
pub(super) struct OwnMaterial(Handle<StandardMaterial>);

/// Removes the plugin's components when an entity loses its `SurfaceMesh`.
pub(super) fn remove_surface(
    removed: On<Remove, SurfaceMesh>,
    materials: Query<(&OwnMaterial, Option<&MeshMaterial3d<StandardMaterial>>)>,
    mut commands: Commands,
) {
    let mut entity = commands.entity(removed.entity);
    if let Ok((own, current)) = materials.get(removed.entity) {
        entity.try_remove::<OwnMaterial>();
        if current.is_some_and(|current| current.0 == own.0) {
            entity.try_remove::<MeshMaterial3d<StandardMaterial>>();
        }
    }
    entity.try_remove::<(Parts, SurfaceBuffers)>();
}

/// Creates buffers and mesh of surfaces whose points have a new buffer.
pub(super) fn prepare_surfaces(
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
            // Only the GPU has the positions, so Bevy cannot compute the bounding box.
            NoAutoAabb,
            NoFrustumCulling,
        ));
    }
}

/// A mesh with room for a surface. Kept in the main world, too: after the loss of a GPU it is uploaded again.
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
pub(super) fn shade(
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
