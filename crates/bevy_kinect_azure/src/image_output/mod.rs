//! Image outputs: any number of pictures from one sensor, each an entity with a Bevy [`Image`].
//!
//! ```
//! # use bevy::prelude::*;
//! # use bevy_kinect_azure::prelude::*;
//! fn setup(mut commands: Commands) {
//!     let sensor = commands.spawn(KinectSensor::recording("visitors.mkv")).id();
//!     let depth = commands
//!         .spawn((ImageOutput::new(ImageKind::Depth).false_color(), ImageOutputOf(sensor)))
//!         .id();
//!     // The handle in the output's `OutputImage` is valid from now on.
//! }
//! ```
//!
//! Plain colour is uploaded directly into the output's texture. Every other output is one full-screen pass over the sensor's images
//! (`output.wgsl`), which runs only when these images or the output's settings have changed. For an output with [`OutputPass`]es, a
//! first pass draws the data into a working image, the passes run on it one after the other, and a last pass scales, mirrors and
//! colours the result.

mod chain;
mod custom;
mod diagnose;
mod diagnostics;
mod draw;
mod extract;
mod follow;
mod full_screen;
mod image;
mod image_shape;
mod kind;
mod modes;
mod notice;
mod output;
mod pass_info;
mod pipelines;
mod prepare;
mod publish;
mod relation;
mod sensors;
mod settings;
mod shape;
mod source;

use bevy::asset::embedded_asset;
use bevy::diagnostic::DiagnosticsStore;
use bevy::prelude::*;
use bevy::render::renderer::{RenderGraph, RenderGraphSystems};
use bevy::render::{Render, RenderApp, RenderStartup, RenderSystems};
use bevy::shader::load_shader_library;

pub use diagnostics::OutputDiagnostics;
pub use follow::FollowOutputsPlugin;
pub use image::{OutputImage, OutputImageChanged};
pub use kind::ImageKind;
pub use output::ImageOutput;
pub use relation::{ImageOutputOf, ImageOutputs};
pub use settings::{
    ChannelMask, OutputAspect, OutputFilter, OutputPass, OutputResolution, OutputSampling,
    OutputScale, OutputScaling, PixelFormat,
};

use crate::align::AlignSystems;
use crate::sensor::KinectSystems;
use crate::stream::StreamSystems;

/// What apps usually need for image outputs; part of [`crate::prelude`].
pub mod prelude {
    pub use super::{
        ChannelMask, FollowOutputsPlugin, ImageKind, ImageOutput, ImageOutputOf, ImageOutputs,
        OutputAspect, OutputDiagnostics, OutputFilter, OutputImage, OutputImageChanged, OutputPass,
        OutputResolution, OutputSampling, OutputScale, OutputScaling, PixelFormat,
    };
}

/// Image outputs. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct ImageOutputPlugin;

impl Plugin for ImageOutputPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<OutputImageChanged>()
            .register_type::<ImageOutput>()
            .register_type::<ImageOutputOf>()
            .register_type::<ImageOutputs>()
            .register_type::<OutputImage>()
            .register_type::<OutputDiagnostics>()
            .register_type::<OutputScale>()
            .init_resource::<OutputScale>()
            .add_observer(publish::forget)
            .add_observer(publish::end)
            .add_plugins(FollowOutputsPlugin::<StandardMaterial>::default())
            .add_systems(
                PreUpdate,
                (
                    (sensors::find_sensors, sensors::ask_for_delayed_frames)
                        .chain()
                        .after(KinectSystems::Receive)
                        .before(crate::body::release),
                    (
                        prepare::prepare_images,
                        sensors::ask_for_rays,
                        diagnose::diagnose,
                        publish::publish.run_if(resource_exists::<DiagnosticsStore>),
                    )
                        .chain()
                        .in_set(KinectSystems::Prepare),
                ),
            );
        if app.get_sub_app(RenderApp).is_none() {
            return;
        }
        load_shader_library!(app, "output_pass.wgsl");
        embedded_asset!(app, "output.wgsl");
        embedded_asset!(app, "filters.wgsl");
        let render_app = app.sub_app_mut(RenderApp);
        render_app
            .init_resource::<extract::ExtractedOutputs>()
            .add_systems(
                RenderStartup,
                (pipelines::init, custom::init, draw::init).chain(),
            )
            .add_systems(
                ExtractSchedule,
                (
                    extract::extract_outputs.after(StreamSystems::Extract),
                    custom::extract_shaders,
                ),
            )
            .add_systems(
                Render,
                draw::prepare.in_set(RenderSystems::PrepareBindGroups),
            )
            .add_systems(
                RenderGraph,
                draw::run
                    .after(AlignSystems::Run)
                    .in_set(RenderGraphSystems::Render)
                    .before(bevy::core_pipeline::schedule::camera_driver),
            );
    }
}
