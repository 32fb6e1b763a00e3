//! Surfaces: the points of a sensor joined to triangles, cut where depth jumps.
//!
//! One compute pass makes vertices with normals and a list of triangles, which are then copied into an ordinary Bevy [`Mesh`] on
//! the GPU: every material, light and camera effect works with it. The surface's data never passes through the CPU.

mod component;
mod compute;
mod mesh;

use bevy::asset::embedded_asset;
use bevy::core_pipeline::schedule::camera_driver;
use bevy::prelude::*;
use bevy::render::renderer::{RenderGraph, RenderGraphSystems};
use bevy::render::{Render, RenderApp, RenderStartup, RenderSystems};
use bevy::shader::load_shader_library;

pub use component::{STEEPEST, SURFACE_VERTEX_BYTES, SurfaceBuffers, SurfaceMesh, SurfaceShading};

use super::sets::PrepareSources;
use crate::sensor::KinectSystems;

pub(super) fn build(app: &mut App) {
    app.register_type::<SurfaceMesh>()
        .register_type::<SurfaceBuffers>();
    if app.get_sub_app(RenderApp).is_none() {
        return;
    }
    load_shader_library!(app, "surface.wgsl");
    embedded_asset!(app, "triangulate.wgsl");
    app.add_observer(mesh::remove_surface).add_systems(
        PreUpdate,
        (mesh::prepare_surfaces, mesh::shade)
            .chain()
            .in_set(KinectSystems::Prepare)
            .after(PrepareSources),
    );
    app.sub_app_mut(RenderApp)
        .init_resource::<compute::ExtractedSurfaces>()
        .add_systems(RenderStartup, compute::init)
        .add_systems(ExtractSchedule, compute::extract_surfaces)
        .add_systems(
            Render,
            compute::prepare
                .in_set(RenderSystems::PrepareBindGroups)
                .after(super::compute::prepare),
        )
        .add_systems(
            RenderGraph,
            compute::run
                .after(super::compute::run)
                .in_set(RenderGraphSystems::Render)
                .before(camera_driver),
        );
}
