//! The plugin's material for points: its vertex shader fetches the point from the buffer.
//!
//! The mesh has four corners for each point and no positions; each vertex has only its number. As it is an ordinary Bevy mesh,
//! views, MSAA, HDR, several cameras and indirect drawing work as usual, and the mesh is never written while points stream.

use bevy::asset::RenderAssetUsages;
use bevy::mesh::{
    Indices, MeshVertexAttribute, MeshVertexBufferLayoutRef, PrimitiveTopology, VertexFormat,
};
use bevy::pbr::{MaterialPipeline, MaterialPipelineKey};
use bevy::platform::collections::HashMap;
use bevy::prelude::*;
use bevy::render::render_resource::{
    AsBindGroup, RenderPipelineDescriptor, ShaderType, SpecializedMeshPipelineError,
};
use bevy::render::storage::ShaderBuffer;
use bevy::shader::ShaderRef;
use kinect_azure::calibration::Camera;

use super::{PointCloud, PointShape, PointSize};

/// Draws a buffer of points.
#[derive(Asset, TypePath, AsBindGroup, Clone, Debug)]
pub(crate) struct PointCloudMaterial {
    #[storage(0, read_only, visibility(vertex))]
    pub(super) points: Handle<ShaderBuffer>,
    #[uniform(1)]
    pub(super) params: Params,
}

/// Keep in sync with `Params` in `points.wgsl`.
#[derive(ShaderType, Clone, Copy, Debug, PartialEq)]
pub(super) struct Params {
    /// Size in the unit of `size_unit`.
    size: f32,
    /// 0 = metres at a distance of 1 m (footprint), 1 = metres, 2 = pixels.
    size_unit: u32,
    /// 0 = square, 1 = disc.
    shape: u32,
    padding: u32,
}

impl Params {
    pub(super) fn new(cloud: &PointCloud, depth_camera: &Camera) -> Self {
        let (size, size_unit) = match cloud.size {
            // A pixel at distance z covers z / fx metres; if only every n-th pixel is used, its point is drawn n times as large.
            PointSize::Footprint(scale) => {
                let pixels = scale * cloud.filter.step() as f32;
                (pixels / depth_camera.intrinsics.fx, 0)
            }
            PointSize::World(metres) => (metres, 1),
            PointSize::Pixels(pixels) => (pixels, 2),
        };
        Self {
            size: if size.is_finite() { size.max(0.0) } else { 0.0 },
            size_unit,
            shape: match cloud.shape {
                PointShape::Square | PointShape::Custom => 0,
                PointShape::Disc => 1,
            },
            padding: 0,
        }
    }
}

/// The only attribute of a point cloud's mesh: four times the number of the vertex's point in the
/// [`PointCloudBuffer`](super::PointCloudBuffer), plus 0–3 for the corner (bit 0: right, bit 1: top). A `u32`.
pub const ATTRIBUTE_POINT_CORNER: MeshVertexAttribute =
    MeshVertexAttribute::new("KinectPointCorner", 0x6b69_6e65_6374, VertexFormat::Uint32);

impl Material for PointCloudMaterial {
    fn vertex_shader() -> ShaderRef {
        "embedded://bevy_kinect_azure/point_cloud/points.wgsl".into()
    }

    fn fragment_shader() -> ShaderRef {
        "embedded://bevy_kinect_azure/point_cloud/points.wgsl".into()
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
        descriptor.vertex.buffers = vec![
            layout
                .0
                .get_layout(&[ATTRIBUTE_POINT_CORNER.at_shader_location(0)])?,
        ];
        // The quads always face the viewer: culling is not needed.
        descriptor.primitive.cull_mode = None;
        Ok(())
    }
}

/// Meshes by their number of quads, shared between clouds of the same size.
#[derive(Resource, Default)]
pub(super) struct MeshCache(HashMap<u32, AssetId<Mesh>>);

impl MeshCache {
    pub(super) fn quads(&mut self, points: u32, meshes: &mut Assets<Mesh>) -> Handle<Mesh> {
        if let Some(handle) = self
            .0
            .get(&points)
            .and_then(|&id| meshes.get_strong_handle(id))
        {
            return handle;
        }
        let corners: Vec<u32> = (0..points * 4).collect();
        let indices = (0..points)
            .flat_map(|point| [0, 1, 2, 2, 1, 3].map(|corner| point * 4 + corner))
            .collect();
        // Kept in the main world, too: after the loss of a GPU it is uploaded again.
        let mesh = Mesh::new(
            PrimitiveTopology::TriangleList,
            RenderAssetUsages::default(),
        )
        .with_inserted_attribute(ATTRIBUTE_POINT_CORNER, corners)
        .with_inserted_indices(Indices::U32(indices));
        let handle = meshes.add(mesh);
        self.0.insert(points, handle.id());
        handle
    }
}
