//! Uploads frames to the GPU: each image once, without touching `Assets<Image>`.
//!
//! Each extraction passes the newest [`Frame`](crate::sensor::Frame) of every sensor to the render world as an `Arc`. In the render
//! world depth and infrared are written unchanged (16-bit integers) into textures of the sensor. Colour is written directly into
//! the images of outputs that request it (`ExtractedSensor::direct_color`), or into a texture of the sensor if no output does.
//! Image outputs and point clouds name the images they need in `ExtractedSensor::demand`, and are then computed from these
//! textures.

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

/// The system sets of the upload in the render world.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StreamSystems {
    /// In `ExtractSchedule`: copies the sensors' frames into the render world. Outputs and clouds add the images that they need
    /// after this set.
    Extract,
    /// In `Render`, within `RenderSystems::PrepareResources`: writes new frames into textures.
    Upload,
}

/// Uploads frames to the GPU. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
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
