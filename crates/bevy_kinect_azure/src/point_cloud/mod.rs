//! Point clouds and surfaces: a sensor's depth in a GPU buffer as coloured points, drawn as points or as triangles.
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

mod buffer;
mod cloud;
mod compute;
mod copy;
mod material;
mod params;
mod parts;
mod point_source;
mod quads;
mod save;
mod sets;
mod settings;
mod smoothing;
mod source;
mod surface;
mod timing;

use bevy::asset::embedded_asset;
use bevy::core_pipeline::schedule::camera_driver;
use bevy::prelude::*;
use bevy::render::renderer::{RenderGraph, RenderGraphSystems};
use bevy::render::{Render, RenderApp, RenderStartup, RenderSystems};
use bevy::shader::load_shader_library;

pub use buffer::{POINT_BYTES, PointCloudBuffer};
pub use cloud::PointCloud;
pub use copy::{Point, Points, PointsError, PointsReady, RequestPoints};
pub use material::ATTRIBUTE_POINT_CORNER;
pub use save::{PointsSaved, SavePoints};
pub use settings::{
    ClipBox, ClipSpace, DISCONTINUITY, DepthSmoothing, PlayerFilter, PointColor, PointFilter,
    PointShape, PointSize,
};
pub use surface::{STEEPEST, SURFACE_VERTEX_BYTES, SurfaceBuffers, SurfaceMesh, SurfaceShading};

use crate::align::AlignSystems;
use crate::sensor::KinectSystems;
use crate::stream::StreamSystems;
use material::{MeshCache, PointCloudMaterial};
use sets::PrepareSources;

/// What apps usually need for point clouds and surfaces; part of [`crate::prelude`].
pub mod prelude {
    pub use super::{
        ClipBox, ClipSpace, DepthSmoothing, PlayerFilter, PointCloud, PointCloudBuffer, PointColor,
        PointFilter, PointShape, PointSize, Points, PointsError, PointsReady, PointsSaved,
        RequestPoints, SavePoints, SurfaceBuffers, SurfaceMesh, SurfaceShading,
    };
}

/// Point clouds and surfaces. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct PointCloudPlugin;

impl Plugin for PointCloudPlugin {
    fn build(&self, app: &mut App) {
        app.register_type::<PointCloud>()
            .register_type::<PointCloudBuffer>()
            .register_type::<DepthSmoothing>();
        copy::build(app);
        save::build(app);
        smoothing::build(app);
        surface::build(app);
        // Point clouds need a renderer.
        if app.get_sub_app(RenderApp).is_none() {
            return;
        }
        load_shader_library!(app, "point.wgsl");
        embedded_asset!(app, "unproject.wgsl");
        embedded_asset!(app, "points.wgsl");
        app.add_plugins(MaterialPlugin::<PointCloudMaterial>::default())
            .init_resource::<MeshCache>()
            .add_observer(quads::remove_cloud)
            .configure_sets(PreUpdate, PrepareSources.in_set(KinectSystems::Prepare))
            .add_systems(
                PreUpdate,
                (
                    timing::ask_for_delayed_frames
                        .after(KinectSystems::Receive)
                        .before(crate::body::release),
                    source::prepare_sources.in_set(PrepareSources),
                    quads::prepare_clouds
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
                compute::prepare
                    .in_set(RenderSystems::PrepareBindGroups)
                    .after(smoothing::prepare),
            )
            .add_systems(
                RenderGraph,
                compute::run
                    .after(AlignSystems::Run)
                    .after(smoothing::run)
                    .in_set(RenderGraphSystems::Render)
                    .before(camera_driver),
            );
    }
}
