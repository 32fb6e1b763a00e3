//! The way of a frame to the GPU: once per image, without touching `Assets<Image>`.
//!
//! Each extraction hands the newest [`Frame`](crate::sensor::Frame) of every sensor over as an `Arc`. In the render world
//! depth and infrared go as they are (16-bit integers) into textures of the sensor's own. Colour goes straight into the
//! images of outputs that asked for it ([`ExtractedSensor::direct_color`]), or into a texture of the sensor's own where no
//! output did. Image outputs and point clouds name the images they need in [`ExtractedSensor::demand`], and are then
//! computed from these textures.

mod belonging;
mod extract;
mod images;
mod latency;
mod rays;
mod upload;

use bevy::prelude::*;
use bevy::render::{Render, RenderApp, RenderSystems};

use crate::sensor::{KinectSensor, KinectSystems};

pub(crate) use belonging::sensor_of;
pub(crate) use extract::{ExtractedSensor, ExtractedSensors};
pub(crate) use images::{
    Demand, DirectColor, FillReport, RawImage, SensorTextures, Stored, TextureKey, TextureSet,
};
pub(crate) use latency::LatencyLog;
pub(crate) use rays::ColorRays;
pub(crate) use upload::{color_view_formats, extent, has_view_formats, placeholder};

/// When the render world works on frames.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StreamSystems {
    /// In `ExtractSchedule`: the render world takes over what sensors deliver. Outputs and clouds, which then say what they
    /// need, come after.
    Extract,
    /// In `Render`, within `RenderSystems::PrepareResources`: new frames are written into textures.
    Upload,
}

/// Brings frames to the GPU. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct StreamPlugin;

impl Plugin for StreamPlugin {
    fn build(&self, app: &mut App) {
        app.register_required_components::<KinectSensor, LatencyLog>()
            .add_systems(PreUpdate, rays::compute.in_set(KinectSystems::Prepare));
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
