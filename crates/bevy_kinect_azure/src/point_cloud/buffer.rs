//! The points of a cloud or a surface on the GPU.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bevy::prelude::*;
use bevy::render::storage::ShaderBuffer;

/// The points of a [`PointCloud`](super::PointCloud) or a [`SurfaceMesh`](super::SurfaceMesh) on the GPU. Read only; on the same
/// entity once the sensor's modes are known. A change of the depth mode or of the density replaces the handle.
///
/// The buffer holds `width × height` points, row by row as in the depth image. In WGSL:
///
/// ```wgsl
/// #import kinect_azure::point::Point
/// // struct Point {
/// //     position: vec3<f32>, // metres in the sensor's space
/// //     color: u32,          // pack4x8unorm of sRGB-encoded red, green, blue, and alpha: 0 = no point here
/// // }
/// @group(#{MATERIAL_BIND_GROUP}) @binding(0) var<storage, read> points: array<Point>;
/// ```
///
/// In a material: `#[storage(0, read_only)] points: Handle<ShaderBuffer>`, created when this component is added or changed. A cloud
/// with [`PointShape::Custom`](super::PointShape::Custom) has a mesh for such a material:
///
/// ```
/// # use bevy::{prelude::*, render::{render_resource::AsBindGroup, storage::ShaderBuffer}};
/// # use bevy_kinect_azure::prelude::*;
/// # #[derive(Asset, TypePath, AsBindGroup, Clone)]
/// # struct Sparks { #[storage(0, read_only)] points: Handle<ShaderBuffer> }
/// # impl Material for Sparks {}
/// fn bind(
///     mut commands: Commands,
///     clouds: Query<(Entity, &PointCloudBuffer), Changed<PointCloudBuffer>>,
///     mut materials: ResMut<Assets<Sparks>>,
/// ) {
///     for (cloud, buffer) in &clouds {
///         let sparks = materials.add(Sparks { points: buffer.buffer.clone() });
///         commands.entity(cloud).insert(MeshMaterial3d(sparks));
///     }
/// }
/// ```
///
/// The buffer can also be copied from, or bound as a vertex buffer with one point for each instance (stride 16: `Float32x3`,
/// `Unorm8x4`).
#[derive(Component, Reflect, Clone, Debug, Default)]
#[type_path = "bevy_kinect_azure::point_cloud"]
#[reflect(Component, Default, Debug)]
pub struct PointCloudBuffer {
    /// The buffer.
    pub buffer: Handle<ShaderBuffer>,
    /// Points in a row: width of the depth image, divided by [`PointFilter::density`](super::PointFilter::density) and rounded up.
    pub width: u32,
    /// Rows of points: height of the depth image, divided by the density and rounded up.
    pub height: u32,
    #[reflect(ignore)]
    pub(super) filled: Arc<AtomicBool>,
}

impl PointCloudBuffer {
    /// Whether points were computed into it. Until then the buffer holds zeros.
    pub fn is_filled(&self) -> bool {
        self.filled.load(Ordering::Relaxed)
    }

    /// The flag that the render world sets when it has computed points.
    pub(super) fn filled(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.filled)
    }
}

/// Bytes of one point in a [`PointCloudBuffer`].
pub const POINT_BYTES: usize = 16;
