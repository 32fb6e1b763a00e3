//! What clouds and surfaces get from the plugin, and lose.

use bevy::camera::visibility::{NoAutoAabb, NoFrustumCulling};
use bevy::prelude::*;

use super::buffer::PointCloudBuffer;
use super::material::PointCloudMaterial;
use super::point_source::PointSource;

/// What every cloud and surface gets, whose mesh is the plugin's. A surface has its buffers as well.
pub(super) type Parts = (
    PointSource,
    PointCloudBuffer,
    Mesh3d,
    MeshMaterial3d<PointCloudMaterial>,
    NoAutoAabb,
    NoFrustumCulling,
);
