//! The component of a surface, and its buffers.

use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;
use bevy::render::storage::ShaderBuffer;

use super::super::settings::{DISCONTINUITY, DepthSmoothing, PointColor, PointFilter};
use crate::body::ImageTiming;
use crate::presence;

/// Draws a sensor's depth as a surface of triangles. Put it on the sensor entity, or on a descendant of it to move the surface
/// or to draw several. An entity is either a surface or a [`PointCloud`](crate::PointCloud).
///
/// Positions are in metres in the sensor's space: x right, y up, −z forward. Between four neighbouring points there are
/// two triangles, or one where a point is missing; front faces look at the sensor. The entity has a [`PointCloudBuffer`](crate::PointCloudBuffer),
/// too.
#[derive(Component, Reflect, Clone, Debug, PartialEq)]
#[type_path = "bevy_kinect_azure::point_cloud"]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(Transform, Visibility)]
#[component(on_add = expect_plugin)]
pub struct SurfaceMesh {
    /// The colour of the surface.
    pub color: PointColor,
    /// The lighting of the surface.
    pub shading: SurfaceShading,
    /// Where the surface is cut: two points are not joined if their depths differ by more than this fraction of the nearer depth
    /// and by more than [`STEEPEST`] times their distance sideways. The first condition tolerates noise; the second keeps surfaces
    /// seen at a shallow angle whole when a low [density](PointFilter::density) sets points far apart. [`DISCONTINUITY`] by
    /// default; if it is not finite, nothing is cut.
    pub cut: f32,
    /// Which frame it shows: the newest, or the frame of the newest bodies.
    pub timing: ImageTiming,
    /// Which depth pixels become points. By default flying pixels are left out: they would be spikes at every edge.
    pub filter: PointFilter,
    /// Smooths depth before the surface is made of it; on by default.
    pub smoothing: DepthSmoothing,
    /// The distance of the farthest neighbours that a vertex's normal is computed from, in depth pixels, up to 8: its normal is that
    /// of a plane through the neighbours on the same surface. 0: from the four direct neighbours alone. Default: 5.
    pub normal_radius: u32,
}

fn expect_plugin(mut world: DeferredWorld, _: HookContext) {
    presence::expect_plugin(&mut world, "SurfaceMesh");
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
            smoothing: DepthSmoothing::default(),
            normal_radius: 5,
        }
    }
}

/// The lighting of a surface.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SurfaceShading {
    /// Unlit: the colours as they are.
    #[default]
    Unlit,
    /// Lit by the scene's lights, as a matt material.
    Lit,
    /// Drawn by a material of the app: put any `MeshMaterial3d` on the entity. The mesh has positions, normals and colours.
    Custom,
}

/// The triangles of a [`SurfaceMesh`] on the GPU. Read only; on the same entity once the sensor's modes are known. A change of the
/// depth mode or of the density replaces the handles.
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
#[derive(Component, Reflect, Clone, Debug, Default)]
#[type_path = "bevy_kinect_azure::point_cloud"]
#[reflect(Component, Default, Debug)]
pub struct SurfaceBuffers {
    /// A vertex for each point of the [`PointCloudBuffer`](crate::PointCloudBuffer), in the same order.
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

/// The steepest slope of a surface as seen from the sensor, in metres of depth for each metre sideways: tan 80°, a surface seen at
/// 10°. Steeper steps are edges, see [`SurfaceMesh::cut`].
pub const STEEPEST: f32 = 5.671_282;

/// Bytes of one vertex in [`SurfaceBuffers`].
pub const SURFACE_VERTEX_BYTES: usize = 32;
