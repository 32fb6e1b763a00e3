//! A material of the app's own that draws the plugin's points: it binds a [`PointCloudBuffer`], and its vertex shader
//! (`assets/shaders/hologram.wgsl`) fetches from it.

use bevy::asset::RenderAssetUsages;
use bevy::camera::visibility::{NoAutoAabb, NoFrustumCulling, RenderLayers};
use bevy::mesh::{
    Indices, MeshVertexAttribute, MeshVertexBufferLayoutRef, PrimitiveTopology, VertexFormat,
};
use bevy::pbr::{MaterialPipeline, MaterialPipelineKey};
use bevy::prelude::*;
use bevy::render::render_resource::{
    AsBindGroup, RenderPipelineDescriptor, SpecializedMeshPipelineError,
};
use bevy::render::storage::ShaderBuffer;
use bevy::shader::ShaderRef;
use bevy_kinect_azure::prelude::*;

const SHADER: &str = "shaders/hologram.wgsl";

/// Draws points as light.
#[derive(Asset, TypePath, AsBindGroup, Clone, Debug)]
pub(crate) struct HologramMaterial {
    #[storage(0, read_only, visibility(vertex))]
    points: Handle<ShaderBuffer>,
    #[uniform(1)]
    size: UVec2,
}

/// Four vertices a point, each of which knows only its number.
const ATTRIBUTE_CORNER: MeshVertexAttribute =
    MeshVertexAttribute::new("HologramCorner", 0x686f_6c6f, VertexFormat::Uint32);

impl Material for HologramMaterial {
    fn vertex_shader() -> ShaderRef {
        SHADER.into()
    }

    fn fragment_shader() -> ShaderRef {
        SHADER.into()
    }

    fn alpha_mode(&self) -> AlphaMode {
        AlphaMode::Add
    }

    fn enable_prepass() -> bool {
        false
    }

    fn enable_shadows() -> bool {
        false
    }

    fn specialize(
        _pipeline: &MaterialPipeline,
        descriptor: &mut RenderPipelineDescriptor,
        layout: &MeshVertexBufferLayoutRef,
        _key: MaterialPipelineKey<Self>,
    ) -> Result<(), SpecializedMeshPipelineError> {
        let corners = ATTRIBUTE_CORNER.at_shader_location(0);
        descriptor.vertex.buffers = vec![layout.0.get_layout(&[corners])?];
        descriptor.primitive.cull_mode = None;
        Ok(())
    }
}

/// Marks a (hidden) point cloud whose points are drawn as a hologram.
#[derive(Component)]
pub(crate) struct Hologram;

/// Draws each such cloud's buffer, and a new one when there is one.
pub(crate) fn draw(
    mut commands: Commands,
    clouds: Query<
        (Entity, &PointCloudBuffer, &RenderLayers),
        (With<Hologram>, Changed<PointCloudBuffer>),
    >,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<HologramMaterial>>,
) {
    for (cloud, buffer, layers) in &clouds {
        commands.entity(cloud).despawn_children();
        commands.spawn((
            ChildOf(cloud),
            // The cloud's own quads are hidden, these are not.
            Visibility::Visible,
            layers.clone(),
            Mesh3d(meshes.add(quads(buffer.width * buffer.height))),
            MeshMaterial3d(materials.add(HologramMaterial {
                points: buffer.buffer.clone(),
                size: UVec2::new(buffer.width, buffer.height),
            })),
            // Only the GPU knows where the points are.
            NoAutoAabb,
            NoFrustumCulling,
        ));
    }
}

fn quads(points: u32) -> Mesh {
    let corners: Vec<u32> = (0..points * 4).collect();
    let indices = (0..points)
        .flat_map(|point| [0, 1, 2, 2, 1, 3].map(|corner| point * 4 + corner))
        .collect();
    Mesh::new(
        PrimitiveTopology::TriangleList,
        RenderAssetUsages::RENDER_WORLD,
    )
    .with_inserted_attribute(ATTRIBUTE_CORNER, corners)
    .with_inserted_indices(Indices::U32(indices))
}
