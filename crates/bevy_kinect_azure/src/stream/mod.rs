//! The way of a frame to the GPU: once per image, without touching `Assets<Image>`.
//!
//! Each extraction hands the newest [`Frame`](crate::sensor::Frame) of every sensor over as an `Arc`. In the render world
//! depth and infrared go as they are (16-bit integers) into textures of the sensor's own; colour goes straight into
//! the texture of the sensor's first native colour output, or into one of the sensor's own where there is none.
//! Image outputs and point clouds are then computed from these textures.

mod extract;
mod images;
mod stable;
mod upload;

use bevy::prelude::*;
use bevy::render::{Render, RenderApp, RenderSystems};

pub(crate) use extract::{ExtractedSensor, ExtractedSensors};
pub(crate) use images::{Demand, RawImage, SensorTextures, Stored, StreamKey, TextureSet};
pub(crate) use stable::{ImageShape, StableImage};
pub(crate) use upload::{extent, has_view_formats, stand_in};

/// When the render world works on frames.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StreamSystems {
    /// In `ExtractSchedule`: what sensors deliver is told to the render world. Outputs and clouds, which say what they need of
    /// it, come after.
    Extract,
    /// In `Render`, within `RenderSystems::PrepareResources`: new frames are written into textures.
    Upload,
}

/// Brings frames to the GPU. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct StreamPlugin;

impl Plugin for StreamPlugin {
    fn build(&self, app: &mut App) {
        let Some(render_app) = app.get_sub_app_mut(RenderApp) else {
            return;
        };
        render_app
            .init_resource::<ExtractedSensors>()
            .add_systems(
                ExtractSchedule,
                extract::extract_sensors.in_set(StreamSystems::Extract),
            )
            .add_systems(bevy::render::RenderStartup, upload::reset)
            .add_systems(
                Render,
                (
                    upload::upload
                        .in_set(StreamSystems::Upload)
                        .in_set(RenderSystems::PrepareResources),
                    upload::measure_latency.in_set(RenderSystems::Cleanup),
                ),
            );
    }
}
