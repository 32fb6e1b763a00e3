//! Point clouds and surfaces: a sensor's depth in a GPU buffer as coloured points, drawn as points or as triangles
//! (P1–P7).
//!
//! A compute pass turns each new depth image into a buffer of points, coloured through the colour camera's real lens
//! model. [`PointCloud`] draws the buffer as camera-facing quads; [`SurfaceMesh`] joins the points to triangles, which
//! any Bevy material can draw. Materials and compute shaders of the app can bind the same buffers: see
//! [`PointCloudBuffer`] and [`SurfaceBuffers`].
//!
//! [`RequestPoints`] copies the points to the CPU, [`SavePoints`] writes them to a PLY file:
//!
//! ```
//! # use bevy::prelude::*;
//! # use bevy_kinect_azure::prelude::*;
//! fn save(mut commands: Commands, cloud: Single<Entity, With<PointCloud>>) {
//!     commands.trigger(SavePoints { cloud: *cloud, path: "room.ply".into() });
//! }
//!
//! fn report(mut saved: MessageReader<PointsSaved>) {
//!     for PointsSaved { path, result, .. } in saved.read() {
//!         match result {
//!             Ok(points) => info!("{points} points are in {}", path.display()),
//!             Err(error) => error!("{error}"),
//!         }
//!     }
//! }
//! ```

mod compute;
mod copy;
mod material;
mod params;
mod save;
mod settings;
mod source;
mod surface;
mod timing;

use bevy::asset::embedded_asset;
use bevy::camera::visibility::{NoAutoAabb, NoFrustumCulling};
use bevy::core_pipeline::schedule::camera_driver;
use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::light::{NotShadowCaster, NotShadowReceiver};
use bevy::prelude::*;
use bevy::render::renderer::{RenderGraph, RenderGraphSystems};
use bevy::render::{Render, RenderApp, RenderStartup, RenderSystems};
use bevy::shader::load_shader_library;

pub use copy::{Point, Points, PointsError, PointsReady, RequestPoints};
pub use material::ATTRIBUTE_POINT_CORNER;
pub use save::{PointsSaved, SavePoints};
pub use settings::{
    ClipBox, ClipSpace, DISCONTINUITY, PlayerFilter, PointColor, PointFilter, PointShape, PointSize,
};
pub(crate) use source::PointSource;
pub use source::{POINT_BYTES, PointCloudBuffer};
pub use surface::{STEEPEST, SURFACE_VERTEX_BYTES, SurfaceBuffers, SurfaceMesh, SurfaceShading};

use crate::align::AlignSystems;
use crate::body::ImageTiming;
use crate::sensor::{KinectSystems, SensorStream};
use crate::stream::StreamSystems;
use material::{MeshCache, PointCloudMaterial};

/// Draws a sensor's point cloud. Put it on the sensor entity, or on a descendant of it to move the cloud or to draw
/// several. An entity is either a point cloud or a [`SurfaceMesh`].
///
/// Points are in metres in the sensor's space: x right, y up, −z forward (P4). While the entity is hidden they are computed
/// all the same, for those who only want the [`PointCloudBuffer`].
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(Transform, Visibility)]
#[component(on_remove = remove_cloud)]
pub struct PointCloud {
    /// How large each point is drawn.
    pub size: PointSize,
    /// What each point is drawn as.
    pub shape: PointShape,
    /// Where its colour comes from.
    pub color: PointColor,
    /// Which moment it shows (I13).
    pub timing: ImageTiming,
    /// Which depth pixels become points.
    pub filter: PointFilter,
}

/// Point clouds and surfaces. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct PointCloudPlugin;

/// In `PreUpdate`, within [`KinectSystems::Prepare`]: sources come before what is drawn of them.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct PrepareSources;

impl Plugin for PointCloudPlugin {
    fn build(&self, app: &mut App) {
        app.register_type::<PointCloud>()
            .register_type::<PointCloudBuffer>();
        copy::build(app);
        save::build(app);
        surface::build(app);
        // Without a renderer there are no point clouds to see.
        if app.get_sub_app(RenderApp).is_none() {
            return;
        }
        load_shader_library!(app, "point.wgsl");
        embedded_asset!(app, "unproject.wgsl");
        embedded_asset!(app, "points.wgsl");
        app.add_plugins(MaterialPlugin::<PointCloudMaterial>::default())
            .init_resource::<MeshCache>()
            .configure_sets(PreUpdate, PrepareSources.in_set(KinectSystems::Prepare))
            .add_systems(
                PreUpdate,
                (
                    timing::ask_for_delayed_frames
                        .after(KinectSystems::Receive)
                        .before(crate::body::release),
                    source::prepare_sources.in_set(PrepareSources),
                    prepare_clouds
                        .in_set(KinectSystems::Prepare)
                        .after(PrepareSources),
                ),
            );
        app.sub_app_mut(RenderApp)
            .init_resource::<compute::ExtractedClouds>()
            .add_systems(RenderStartup, compute::init)
            .add_systems(
                ExtractSchedule,
                compute::extract_clouds.after(StreamSystems::Extract),
            )
            .add_systems(
                Render,
                compute::prepare.in_set(RenderSystems::PrepareBindGroups),
            )
            .add_systems(
                RenderGraph,
                compute::run
                    .after(AlignSystems::Run)
                    .in_set(RenderGraphSystems::Render)
                    .before(camera_driver),
            );
    }
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
fn prepare_clouds(
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
