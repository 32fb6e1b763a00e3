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
//! This page is the manual's first chapter: concepts, the way of the data, and frames of reference. The [`cookbook`] has short recipes, and each
//! module below begins with its own chapter.
//!
//! # Concepts
//!
//! - A **sensor** is an entity with [`KinectSensor`]. Its [source](sensor::SensorSource) is a live Azure Kinect or Femto, a recording, a
//!   simulation, or your own. All sources look alike to an app: a change of the source keeps the entity and everything on it.
//! - A **capture** is what the sensor took at one moment: a colour, a depth and an infrared image, any of which may be missing. A thread
//!   for each sensor takes captures and prepares them as **frames**. The app gets the newest frame; a frame that it did not take in time is
//!   replaced and counted. Code that needs every capture is a [`CaptureListener`](sensor::CaptureListener).
//! - An **output** is an entity with [`ImageOutput`]: one image of a sensor in a resolution, format and look of the app's choice, as an `Image`
//!   asset whose handle lasts. A [`PointCloud`] or [`SurfaceMesh`] draws the depth image in 3D. Each is computed on the GPU, and only while it
//!   exists.
//! - A **body** is what a tracker found in one capture. A **player** is a body that is followed: an entity under the sensor with 32 joint
//!   entities below it. [`BodyTracking`](body::BodyTracking) on the sensor chooses the tracker, which runs on a thread of its own.
//! - **Settings are components**, and each of their fields may be changed at any time. **Results are components** that are documented as
//!   "read only". Rare changes are entity events on the sensor and messages as well, see [events](sensor#events).
//! - **Errors are states**: [`SensorState`], [`RecorderState`], [`BodyTrackingState`](body::BodyTrackingState) and
//!   [`OutputDiagnostics`](image_output::OutputDiagnostics) say what happened and what to do. No sensor,
//!   file or driver blocks the app's frame loop or makes the app panic; a lost source is opened again.
//!
//! # The way of the data
//!
//! ```text
//!  source ──► capture thread ──► newest frame ──► SensorFrame ──► GPU textures ──┬──► ImageOutput ──► Image asset
//!  (device,        │                               (for the CPU)                 ├──► aligned images ──► ImageOutput
//!   recording,     │                                                             └──► PointCloud, SurfaceMesh ──► 3D
//!   simulation,    ├──► CaptureListener: Recorder, your own
//!   your own)      └──► tracker's thread ──► bodies ──► players, joints, zones, gestures
//! ```
//!
//! An update of the app goes through [`KinectSystems`](sensor::KinectSystems) in `PreUpdate`: it receives frames, states and inertial samples, then
//! bodies, then prepares outputs and clouds. Systems in `Update` see the result. The newest images and the newest bodies are from different
//! moments, because trackers take a while: [`ImageTiming::Bodies`](body::ImageTiming) shows images and points as they were when the newest bodies
//! were seen.
//!
//! # Frames of reference
//!
//! ```text
//!   the space of the sensor entity                    the depth camera's axes
//!   Bevy's axes, metres                               the vendor's axes, millimetres
//!
//!         y up                                                  z forward
//!         │    forward is −z                                   ╱
//!         │   ·                                               ╱
//!         │ ·                                                ╱
//!         ●─────────── x to the right                       ●─────────── x to the right
//!        ╱                                                  │
//!       ╱                                                   │
//!      z backwards                                          y down
//!
//!   ● the depth camera's lens, seen from behind the sensor
//! ```
//!
//! | what | space | units |
//! | --- | --- | --- |
//! | points, [`Skeleton`](body::Skeleton), [`PlayerBounds`](body::PlayerBounds), [`Imu`](imu::Imu), [`ImageKind::PointCloud`] | the sensor entity's | m, m/s, m/s², rad/s |
//! | `Transform` of a player | relative to the sensor entity | m |
//! | `Transform` of a joint | relative to the parent joint | m |
//! | `GlobalTransform` of a player or joint, zones, rays of gestures | the world's | m |
//! | [`TrackedBodies`](body::TrackedBodies), [`GroundTruth`](ground_truth::GroundTruth), the crates without an engine, files | the depth camera's axes | mm, µs |
//! | depth images | along the depth camera's optical axis | `ImageKind::Depth`: m; [`SensorFrame`](sensor::SensorFrame): mm |
//! | pixels | from the top left; (0, 0) is the centre of the first pixel | |
//!
//! The sensor entity's `Transform` says where the depth camera is: a point one metre in front of the lens is (0, 0, −1) in its space. Where the
//! floor matters (floor zones, jumps, crouches), the floor is the world's plane y = 0. For a sensor 1.3 m above the floor that looks
//! 10° down:
//!
//! ```
//! # use bevy::prelude::*;
//! let place = Transform::from_xyz(0.0, 1.3, 0.0)
//!     .with_rotation(Quat::from_rotation_x(-10_f32.to_radians()));
//! let two_metres_ahead = place.transform_point(Vec3::new(0.0, 0.0, -2.0));
//! assert!(two_metres_ahead.abs_diff_eq(Vec3::new(0.0, 0.953, -1.970), 0.001));
//! ```
//!
//! The depth camera looks 6° further down than the colour camera and the housing. Left and right of people are the people's own.
//!
//! # What to use
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
//! | let humanoid models follow players (feature `avatar`) | `Avatar` on the entity of a glTF scene |
//! | see hands open and close, and let them press buttons | [`BodyHands`](hands::BodyHands) on the sensor entity; feature `picking`: `HandPointers` |
//! | publish the body index map of a tracker of your own | [`BodyIndexMap`](body::BodyIndexMap), [`BodyTime`](body::BodyTime) |
//! | run a live sensor, set its colour camera, see its firmware and jacks | [`SensorSource::Device`](sensor::SensorSource), [`device`] |
//! | pause, seek and step a recording or a simulation | [`Playback`], [`PlaybackCommand`](sensor::PlaybackCommand) |
//! | listen to its microphones (feature `microphones`) | `Microphones` on the sensor entity |
//! | record it | [`Recorder`] on the sensor entity; [`RecorderState`] reports progress and errors |
//! | read acceleration, rotation, and which way is up | [`Imu`](imu::Imu) |
//! | see rates, latency and errors | [`SensorDiagnostics`](diagnostics::SensorDiagnostics) |

use bevy::app::plugin_group;
use bevy::prelude::*;
use bevy::render::RenderApp;
use bevy::shader::load_shader_library;

pub mod align;
#[cfg(feature = "avatar")]
pub mod avatar;
pub mod body;
pub mod coloring;
pub mod cookbook;
pub mod device;
pub mod diagnostics;
pub mod floor;
pub mod gestures;
pub mod ground_truth;
pub mod hands;
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
/// Characters moved by bodies, without an engine: rigs, matching of bones, retargeting.
#[cfg(feature = "avatar")]
pub use kinect_avatar;
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
    #[cfg(feature = "avatar")]
    pub use crate::avatar::prelude::*;
    pub use crate::body::prelude::*;
    pub use crate::coloring::prelude::*;
    pub use crate::device::prelude::*;
    pub use crate::diagnostics::prelude::*;
    pub use crate::floor::prelude::*;
    pub use crate::gestures::prelude::*;
    pub use crate::ground_truth::prelude::*;
    pub use crate::hands::prelude::*;
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
    /// | `AvatarPlugin` (feature `avatar`) | `Avatar` | `BodyPlugin` |
    /// | [`HandPlugin`](hands::HandPlugin) | [`BodyHands`](hands::BodyHands); `HandPointers` (feature `picking`) | `BodyPlugin` |
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
        #[cfg(feature = "avatar")]
        avatar:::AvatarPlugin,
        hands:::HandPlugin,
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
