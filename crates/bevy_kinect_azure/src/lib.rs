//! Azure Kinect, Orbbec Femto, recordings and simulated sensors in Bevy.
//!
//! ```no_run
//! use bevy::prelude::*;
//! use bevy_kinect_azure::prelude::*;
//!
//! fn main() {
//!     App::new()
//!         .add_plugins((DefaultPlugins, KinectAzurePlugin))
//!         .add_systems(Startup, |mut commands: Commands| {
//!             commands.spawn((KinectSensor::simulated(), PointCloud::default()));
//!             commands.spawn((Camera3d::default(), Transform::from_xyz(0.0, 0.0, 1.0)));
//!         })
//!         .run();
//! }
//! ```
//!
//! | to | use |
//! | --- | --- |
//! | open a sensor | [`KinectSensor`] with a [`SensorSource`](sensor::SensorSource) |
//! | watch its state | [`SensorState`] and [`SensorStateChanged`](sensor::SensorStateChanged) |
//! | read its serial number, modes and calibration | [`SensorStream`](sensor::SensorStream) |
//! | show its images | [`ImageOutput`] with [`ImageOutputOf`] the sensor; the handle is in [`OutputImage`] |
//! | show them as the other camera would see them | [`ImageOutput::aligned`](ImageOutput::aligned()) |
//! | show them in step with the newest bodies | [`ImageTiming::Bodies`](body::ImageTiming) |
//! | show an image in Bevy's UI (feature `ui`) | `KinectImageNode` |
//! | show its points | [`PointCloud`] on the sensor entity |
//! | show its points as a surface | [`SurfaceMesh`] on the sensor entity |
//! | thin, clip or clean points, or keep only people | [`PointFilter`](point_cloud::PointFilter) |
//! | use the points in a shader of your own | [`PointCloudBuffer`], [`SurfaceBuffers`](point_cloud::SurfaceBuffers) |
//! | copy or save the points | [`RequestPoints`](point_cloud::RequestPoints), [`SavePoints`](point_cloud::SavePoints) |
//! | read its images and their timestamps on the CPU | [`SensorFrame`](sensor::SensorFrame) |
//! | get every capture, not only the newest | [`CaptureListener`](sensor::CaptureListener) |
//! | get the exact bodies that a simulated sensor sees | [`GroundTruth`](ground_truth::GroundTruth) |
//! | track people | [`BodyTracking`](body::BodyTracking) on the sensor entity; [`Player`](body::Player) and [`BodyJoint`](body::BodyJoint) entities |
//! | see which body tracker runs, its errors and delays | [`BodyTrackingState`](body::BodyTrackingState) |
//! | get events of players who enter, stay in and leave a part of the room | [`BodyZone`](zones::BodyZone) |
//! | recognise waving, pointing, jumping and more | [`BodyGestures`](gestures::BodyGestures) on the sensor entity |
//! | find the floor, level the sensor, see whose feet are on the floor and how tall players are | [`FloorDetection`](floor::FloorDetection) on the sensor entity |
//! | publish the body index map of a tracker of your own | [`BodyIndexMap`](body::BodyIndexMap), [`BodyTime`](body::BodyTime) |
//! | run a live sensor, set its colour camera, see its firmware and jacks | [`SensorSource::Device`](sensor::SensorSource), [`device`] |
//! | pause, seek and step a recording or a simulation | [`Playback`], [`PlaybackCommand`](sensor::PlaybackCommand) |
//! | listen to its microphones (feature `microphones`) | `Microphones` on the sensor entity |
//! | record it | [`Recorder`] on the sensor entity; [`RecorderState`] reports progress and errors |
//! | read acceleration, rotation, and which way is up | [`Imu`](imu::Imu) |
//! | see rates, latency and errors | [`SensorDiagnostics`](diagnostics::SensorDiagnostics) |
//!
//! Metres and Bevy's axes everywhere: a point one metre in front of the lens is (0, 0, −1) in the sensor entity's space. No sensor,
//! file or driver blocks the app's frame loop or makes the app panic; errors are reported in the [`SensorState`].

use bevy::app::plugin_group;
use bevy::prelude::*;
use bevy::render::RenderApp;
use bevy::shader::load_shader_library;

pub mod align;
pub mod body;
pub mod coloring;
pub mod device;
pub mod diagnostics;
pub mod floor;
pub mod gestures;
pub mod ground_truth;
pub mod image_output;
pub mod imu;
#[cfg(feature = "microphones")]
pub mod microphones;
pub mod point_cloud;
mod presence;
pub mod recorder;
pub mod sensor;
pub mod stream;
#[cfg(feature = "ui")]
pub mod ui;
pub mod zones;

pub use image_output::{ImageKind, ImageOutput, ImageOutputOf, ImageOutputs, OutputImage};
/// The crate without an engine: recordings, calibration, camera model.
pub use kinect_azure;
/// The simulated sensor.
#[cfg(feature = "simulation")]
pub use kinect_simulation;
/// Body tracking without an engine: trackers, players, filters, zones, gestures, files.
pub use kinect_tracking;
pub use point_cloud::{PointCloud, PointCloudBuffer, SurfaceMesh};
pub use recorder::{Recorder, RecorderState};
pub use sensor::{KinectSensor, Playback, SensorState};

/// Everything an app usually needs: the preludes of all topics. Each topic has its own (`bevy_kinect_azure::sensor::prelude`).
pub mod prelude {
    pub use crate::KinectAzurePlugin;
    pub use crate::body::prelude::*;
    pub use crate::coloring::prelude::*;
    pub use crate::device::prelude::*;
    pub use crate::diagnostics::prelude::*;
    pub use crate::floor::prelude::*;
    pub use crate::gestures::prelude::*;
    pub use crate::ground_truth::prelude::*;
    pub use crate::image_output::prelude::*;
    pub use crate::imu::prelude::*;
    #[cfg(feature = "microphones")]
    pub use crate::microphones::prelude::*;
    pub use crate::point_cloud::prelude::*;
    pub use crate::recorder::prelude::*;
    pub use crate::sensor::prelude::*;
    #[cfg(feature = "ui")]
    pub use crate::ui::prelude::*;
    pub use crate::zones::prelude::*;
}

plugin_group! {
    /// All plugins of this crate. Add it after `DefaultPlugins`.
    ///
    /// | plugin | brings | needs |
    /// | --- | --- | --- |
    /// | [`SharedShadersPlugin`] | shader code of several topics; the warning that the renderer was added too late | |
    /// | [`SensorPlugin`](sensor::SensorPlugin) | sensors, capture threads, states, playback, lock-step | |
    /// | [`DevicePlugin`](device::DevicePlugin) | colour controls, device status, wired sync, [`ConnectedSensors`](device::ConnectedSensors) | `SensorPlugin` |
    /// | [`RecorderPlugin`](recorder::RecorderPlugin) | [`Recorder`] | `SensorPlugin` |
    /// | [`ImuPlugin`](imu::ImuPlugin) | [`Imu`](imu::Imu), [`ImuMessage`](imu::ImuMessage) | `SensorPlugin` |
    /// | `MicrophonePlugin` (feature `microphones`) | `Microphones` | `SensorPlugin` |
    /// | [`BodyPlugin`](body::BodyPlugin) | [`BodyTracking`](body::BodyTracking), players and joints, body index maps, frames in step with bodies | `SensorPlugin` |
    /// | [`ZonePlugin`](zones::ZonePlugin) | [`BodyZone`](zones::BodyZone) | `BodyPlugin` |
    /// | [`GesturePlugin`](gestures::GesturePlugin) | [`BodyGestures`](gestures::BodyGestures) | `BodyPlugin` |
    /// | [`FloorPlugin`](floor::FloorPlugin) | [`FloorDetection`](floor::FloorDetection), [`PlayerStanding`](floor::PlayerStanding) | `BodyPlugin` |
    /// | [`GroundTruthPlugin`](ground_truth::GroundTruthPlugin) | [`GroundTruth`](ground_truth::GroundTruth) of simulated sensors | `BodyPlugin` |
    /// | [`StreamPlugin`](stream::StreamPlugin) | images of sensors on the GPU | `BodyPlugin` |
    /// | [`SensorDiagnosticsPlugin`](diagnostics::SensorDiagnosticsPlugin) | [`SensorDiagnostics`](diagnostics::SensorDiagnostics), Bevy diagnostics | `StreamPlugin` |
    /// | [`AlignPlugin`](align::AlignPlugin) | images seen from the other camera | `StreamPlugin` |
    /// | [`ImageOutputPlugin`](image_output::ImageOutputPlugin) | [`ImageOutput`] | `AlignPlugin` |
    /// | [`PointCloudPlugin`](point_cloud::PointCloudPlugin) | [`PointCloud`], [`SurfaceMesh`], copies and PLY files of points | `AlignPlugin` |
    /// | `KinectUiPlugin` (feature `ui`) | `KinectImageNode` | `ImageOutputPlugin` |
    ///
    /// An app can leave out plugins that it does not use, as with Bevy's `DefaultPlugins`:
    ///
    /// ```no_run
    /// # use bevy::prelude::*;
    /// # use bevy_kinect_azure::prelude::*;
    /// use bevy_kinect_azure::point_cloud::PointCloudPlugin;
    ///
    /// App::new().add_plugins((
    ///     DefaultPlugins,
    ///     KinectAzurePlugin.build().disable::<PointCloudPlugin>(),
    /// ));
    /// ```
    ///
    /// Captures, states, inertial samples and recordings also work without a renderer.
    pub struct KinectAzurePlugin {
        :SharedShadersPlugin,
        device:::DevicePlugin,
        sensor:::SensorPlugin,
        recorder:::RecorderPlugin,
        imu:::ImuPlugin,
        #[cfg(feature = "microphones")]
        microphones:::MicrophonePlugin,
        diagnostics:::SensorDiagnosticsPlugin,
        body:::BodyPlugin,
        zones:::ZonePlugin,
        gestures:::GesturePlugin,
        floor:::FloorPlugin,
        ground_truth:::GroundTruthPlugin,
        stream:::StreamPlugin,
        align:::AlignPlugin,
        image_output:::ImageOutputPlugin,
        point_cloud:::PointCloudPlugin,
        #[cfg(feature = "ui")]
        ui:::KinectUiPlugin,
    }
}

/// Shader code that several topics share. Part of [`KinectAzurePlugin`].
#[derive(Default)]
pub struct SharedShadersPlugin;

/// Whether the renderer had been added when the plugins were built.
#[derive(Resource)]
struct BuiltWithRenderer(bool);

impl Plugin for SharedShadersPlugin {
    fn build(&self, app: &mut App) {
        let has_renderer = app.get_sub_app(RenderApp).is_some();
        if has_renderer {
            load_shader_library!(app, "common.wgsl");
        }
        app.insert_resource(BuiltWithRenderer(has_renderer))
            .insert_resource(presence::PluginIsThere);
    }

    fn finish(&self, app: &mut App) {
        let built_with = app.world_mut().remove_resource::<BuiltWithRenderer>();
        if app.get_sub_app(RenderApp).is_some() && built_with.is_some_and(|with| !with.0) {
            error!(
                "KinectAzurePlugin was added before the renderer, so no image and no point cloud will be shown: \
                 add it after DefaultPlugins"
            );
        }
    }
}

/// The README's snippets, compiled as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
