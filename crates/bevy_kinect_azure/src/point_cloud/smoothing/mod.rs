//! Smooths depth on the GPU before points are computed from it.
//!
//! Two compute passes for each new depth image: `average` follows every pixel over time, and starts again where something moved;
//! `flatten` fits a plane to every pixel's neighbours on the same surface, and closes small holes. The sensor's textures stay as they
//! are, so that image outputs show what the sensor measured.

mod compute;

use bevy::asset::embedded_asset;
use bevy::core_pipeline::schedule::camera_driver;
use bevy::prelude::*;
use bevy::render::renderer::{RenderGraph, RenderGraphSystems};
use bevy::render::{Render, RenderApp, RenderStartup, RenderSystems};

pub(super) use compute::{Smooth, prepare, run};

pub(super) fn build(app: &mut App) {
    if app.get_sub_app(RenderApp).is_none() {
        return;
    }
    embedded_asset!(app, "smooth.wgsl");
    app.sub_app_mut(RenderApp)
        .init_resource::<compute::ExtractedSmoothing>()
        .add_systems(RenderStartup, compute::init)
        .add_systems(ExtractSchedule, compute::extract)
        .add_systems(Render, prepare.in_set(RenderSystems::PrepareBindGroups))
        .add_systems(
            RenderGraph,
            run.in_set(RenderGraphSystems::Render).before(camera_driver),
        );
}
