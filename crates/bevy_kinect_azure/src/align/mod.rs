//! Aligned images: the images of one camera as the other camera would see them, computed on the GPU.
//!
//! Image outputs and point clouds name the images that they need; only these are computed, each once for all its users. The rules
//! are those of [`kinect_azure::transform`]; tests compare the results.
//!
//! Depth pixels are placed in the colour image (`place_vertices`), the patches between them are drawn into a z-buffer (`rasterize`)
//! and, for images other than depth, the patch that each colour pixel shows is found (`find_patches`). Full-screen passes then make
//! the textures. Each step runs only when its inputs have changed.

mod alignment;
mod camera;
mod pipelines;
mod prepare;
mod recipe;
mod run;

use bevy::asset::embedded_asset;
use bevy::prelude::*;
use bevy::render::renderer::{RenderGraph, RenderGraphSystems};
use bevy::render::{Render, RenderApp, RenderStartup, RenderSystems};
use bevy::shader::load_shader_library;

use crate::stream::StreamSystems;

/// The system sets of alignment in the render world.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AlignSystems {
    /// In `Render`, within `RenderSystems::PrepareResources`, after `StreamSystems::Upload`: creates textures and increments the
    /// versions of those that will be computed.
    Prepare,
    /// In `RenderGraph`: computes the images. Systems that read them run after this set.
    Run,
}

/// Alignment on the GPU. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct AlignPlugin;

impl Plugin for AlignPlugin {
    fn build(&self, app: &mut App) {
        if app.get_sub_app(RenderApp).is_none() {
            return;
        }
        load_shader_library!(app, "color_camera.wgsl");
        load_shader_library!(app, "quad.wgsl");
        embedded_asset!(app, "rasterize.wgsl");
        embedded_asset!(app, "resolve.wgsl");
        app.sub_app_mut(RenderApp)
            .add_systems(RenderStartup, (pipelines::init, prepare::reset))
            .add_systems(
                Render,
                prepare::prepare
                    .in_set(AlignSystems::Prepare)
                    .in_set(RenderSystems::PrepareResources)
                    .after(StreamSystems::Upload),
            )
            .add_systems(
                RenderGraph,
                run::run
                    .in_set(AlignSystems::Run)
                    .in_set(RenderGraphSystems::Render)
                    .before(bevy::core_pipeline::schedule::camera_driver),
            );
    }
}
