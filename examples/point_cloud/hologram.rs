//! A material of the app's own that draws the plugin's points: a cloud with [`PointShape::Custom`] has the mesh for it, and its
//! vertex shader (`assets/shaders/hologram.wgsl`) fetches from the [`PointCloudBuffer`] that it binds.

use bevy::mesh::MeshVertexBufferLayoutRef;
use bevy::pbr::{MaterialPipeline, MaterialPipelineKey};
use bevy::prelude::*;
use bevy::render::render_resource::{
    AsBindGroup, RenderPipelineDescriptor, SpecializedMeshPipelineError,
};
use bevy::render::storage::ShaderBuffer;
use bevy::shader::ShaderRef;
use bevy_kinect_azure::point_cloud::ATTRIBUTE_POINT_CORNER;
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
        let corners = ATTRIBUTE_POINT_CORNER.at_shader_location(0);
        descriptor.vertex.buffers = vec![layout.0.get_layout(&[corners])?];
        descriptor.primitive.cull_mode = None;
        Ok(())
    }
}

/// Marks a point cloud that is drawn as a hologram.
#[derive(Component)]
pub(crate) struct Hologram;

/// Gives each hologram a material that binds the cloud's buffer, and again when the buffer is replaced.
pub(crate) fn bind(
    mut commands: Commands,
    clouds: Query<(Entity, &PointCloudBuffer), (With<Hologram>, Changed<PointCloudBuffer>)>,
    mut materials: ResMut<Assets<HologramMaterial>>,
) {
    for (cloud, buffer) in &clouds {
        let material = materials.add(HologramMaterial {
            points: buffer.buffer.clone(),
            size: UVec2::new(buffer.width, buffer.height),
        });
        commands.entity(cloud).insert(MeshMaterial3d(material));
    }
}
