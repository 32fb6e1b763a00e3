//! The components that the plugin adds to clouds and surfaces, and removes again.

use bevy::camera::visibility::{NoAutoAabb, NoFrustumCulling};
use bevy::prelude::*;

use super::buffer::PointCloudBuffer;
use super::material::PointCloudMaterial;
use super::point_source::PointSource;

/// The components of a cloud with the plugin's mesh and material. A surface also has
/// [`SurfaceBuffers`](super::SurfaceBuffers).
pub(super) type Parts = (
    PointSource,
    PointCloudBuffer,
    Mesh3d,
    MeshMaterial3d<PointCloudMaterial>,
    NoAutoAabb,
    NoFrustumCulling,
);
