//! The mesh and the material of point clouds.

use bevy::camera::visibility::{NoAutoAabb, NoFrustumCulling};
use bevy::light::{NotShadowCaster, NotShadowReceiver};
use bevy::prelude::*;

use super::buffer::PointCloudBuffer;
use super::cloud::PointCloud;
use super::material::{self, MeshCache, PointCloudMaterial};
use super::parts::Parts;
use super::point_source::PointSource;
use super::settings::PointShape;
use super::surface::SurfaceBuffers;
use crate::sensor::SensorStream;

/// Removes the plugin's components when an entity loses its `PointCloud`.
pub(super) fn remove_cloud(removed: On<Remove, PointCloud>, mut commands: Commands) {
    commands
        .entity(removed.entity)
        .try_remove::<(Parts, SurfaceBuffers, NotShadowCaster, NotShadowReceiver)>();
}

/// Creates mesh and material of clouds with a new buffer, and keeps the material up to date.
pub(super) fn prepare_clouds(
    mut commands: Commands,
    clouds: Query<(
        Entity,
        &PointCloud,
        &PointSource,
        Ref<PointCloudBuffer>,
        Has<Mesh3d>,
        Option<&MeshMaterial3d<PointCloudMaterial>>,
    )>,
    streams: Query<&SensorStream>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut mesh_cache: ResMut<MeshCache>,
    mut materials: ResMut<Assets<PointCloudMaterial>>,
) {
    for (entity, cloud, source, buffer, has_mesh, material) in &clouds {
        // While a sensor is off or lost, its last points stay as they are.
        let camera = streams
            .get(source.sensor)
            .ok()
            .and_then(|stream| stream.calibration.as_ref()?.depth_camera);
        let Some(camera) = camera else {
            continue;
        };
        let is_new = buffer.is_changed();
        if is_new || !has_mesh {
            commands.entity(entity).insert((
                Mesh3d(mesh_cache.quads(buffer.width * buffer.height, &mut meshes)),
                // The mesh has no positions, so Bevy cannot compute its bounding box.
                NoAutoAabb,
                NoFrustumCulling,
                NotShadowCaster,
                NotShadowReceiver,
            ));
        }
        if cloud.shape == PointShape::Custom {
            if material.is_some() {
                commands
                    .entity(entity)
                    .remove::<MeshMaterial3d<PointCloudMaterial>>();
            }
            continue;
        }
        let params = material::Params::new(cloud, &camera);
        match material.filter(|_| !is_new) {
            Some(material) => {
                if materials
                    .get(&material.0)
                    .is_some_and(|material| material.params != params)
                    && let Some(mut material) = materials.get_mut(&material.0)
                {
                    material.params = params;
                }
            }
            None => {
                let material = materials.add(PointCloudMaterial {
                    points: buffer.buffer.clone(),
                    params,
                });
                commands.entity(entity).insert(MeshMaterial3d(material));
            }
        }
    }
}
