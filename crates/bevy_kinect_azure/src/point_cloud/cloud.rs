//! A cloud that is drawn as points: its component, and the mesh and material that it gets.

use bevy::camera::visibility::{NoAutoAabb, NoFrustumCulling};
use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::light::{NotShadowCaster, NotShadowReceiver};
use bevy::prelude::*;

use super::material::{self, MeshCache, PointCloudMaterial};
use super::settings::{PointColor, PointFilter, PointShape, PointSize};
use super::source::{self, PointCloudBuffer, PointSource};
use crate::body::ImageTiming;
use crate::presence;
use crate::sensor::SensorStream;

/// Draws a sensor's point cloud. Put it on the sensor entity, or on a descendant of it to move the cloud or to draw
/// several. An entity is either a point cloud or a [`SurfaceMesh`].
///
/// Points are in metres in the sensor's space: x right, y up, −z forward. While the entity is hidden they are computed
/// all the same, for those who only want the [`PointCloudBuffer`].
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(Transform, Visibility)]
#[component(on_add = expect_plugin, on_remove = remove_cloud)]
pub struct PointCloud {
    /// How large each point is drawn.
    pub size: PointSize,
    /// What each point is drawn as.
    pub shape: PointShape,
    /// Where its colour comes from.
    pub color: PointColor,
    /// Which moment it shows.
    pub timing: ImageTiming,
    /// Which depth pixels become points.
    pub filter: PointFilter,
}

fn expect_plugin(mut world: DeferredWorld, _: HookContext) {
    presence::expect_plugin(&mut world, "PointCloud");
}

/// An entity that is no cloud any more is not drawn as one.
fn remove_cloud(mut world: DeferredWorld, context: HookContext) {
    world
        .commands()
        .entity(context.entity)
        .try_remove::<(NotShadowCaster, NotShadowReceiver)>();
    source::remove_parts(world, context);
}

/// Makes mesh and material of clouds whose buffer is new, and keeps the material up to date.
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
        // While a sensor is off or lost its last points stay as they were drawn.
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
                // The mesh has no positions of its own: only the GPU knows where the points are.
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
