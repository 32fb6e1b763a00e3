//! Image outputs: any number of pictures from one sensor, each an entity with a Bevy [`Image`] (I11).
//!
//! ```
//! # use bevy::prelude::*;
//! # use bevy_kinect_azure::prelude::*;
//! fn setup(mut commands: Commands) {
//!     let sensor = commands.spawn(KinectSensor::recording("visitors.mkv")).id();
//!     let depth = commands
//!         .spawn((ImageOutput::false_color(ImageKind::Depth), ImageOutputOf(sensor)))
//!         .id();
//!     // The handle in the output's `OutputImage` is there from the start and stays.
//! }
//! ```
//!
//! Colour is uploaded straight into its output's texture. Every other output is one full-screen pass over the sensor's
//! images (`output.wgsl`), run only when they or its settings have changed. Where an output has shaders of its own
//! ([`OutputPass`]), the same pass first makes a working image of the data, the shaders take turns with it, and
//! the result is scaled, mirrored and coloured in a last pass.

mod chain;
mod custom;
mod diagnostics;
mod draw;
mod extract;
mod follow;
mod pipelines;
mod prepare;
mod settings;
mod shape;
mod source;
mod timing;

use bevy::asset::embedded_asset;
use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;
use bevy::render::render_resource::TextureFormat;
use bevy::render::renderer::{RenderGraph, RenderGraphSystems};
use bevy::render::{Render, RenderApp, RenderStartup, RenderSystems};
use bevy::shader::load_shader_library;

pub use diagnostics::OutputDiagnostics;
pub use follow::FollowOutputsPlugin;
pub use settings::{
    ChannelMask, OutputAspect, OutputFilter, OutputPass, OutputResolution, OutputSampling,
    OutputScale, PixelFormat,
};

use crate::align::AlignSystems;
use crate::body::ImageTiming;
use crate::coloring::{FalseColor, HiddenColor};
use crate::sensor::KinectSystems;
use crate::stream::{StableImage, StreamSystems};

/// What an image output shows.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ImageKind {
    /// The colour image, 8 bits a channel (I1): `Bgra8UnormSrgb`, the colour camera's resolution. Aligned (I2), at the depth
    /// mode's: alpha is 0, and so is everything else, where there is no data.
    #[default]
    Color,
    /// Distance along the optical axis in metres, 0 where nothing was measured (I3): `R32Float`, the depth mode's
    /// resolution, never filtered.
    Depth,
    /// Infrared brightness, 0–1 for the sensor's 0–65535 (I5): `R16Unorm`, or `R32Float` on GPUs without 16-bit
    /// normalised textures; the depth mode's resolution.
    Infrared,
    /// Position of every depth pixel in the sensor's space, metres, alpha 1; all 0 where nothing was measured (I9):
    /// `Rgba32Float`, the depth mode's resolution, never filtered. Aligned (I10), each pixel of the colour image has the place of
    /// what it shows, in the same space: the depth camera's, not the colour camera's.
    PointCloud,
    /// Which player covers each depth pixel (I7): 25 for the first, 50 for the second, …; 0 = nobody. `R8Unorm`, the depth
    /// mode's resolution, never filtered. It shows something as soon as the sensor has a
    /// [`BodyIndexMap`](crate::body::BodyIndexMap).
    PlayerIndex,
}

/// One picture of a sensor. Spawn it with [`ImageOutputOf`] the sensor; its image is in its [`OutputImage`].
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(OutputImage, OutputDiagnostics, diagnostics::OutputReport)]
#[component(on_add = reserve_image)]
pub struct ImageOutput {
    /// What it shows.
    pub kind: ImageKind,
    /// Whether it is shown as the other camera would see it (I12): colour from the depth camera, at the depth mode's
    /// resolution (I2), all others from the colour camera, at its resolution (I4, I6, I8, I10).
    pub aligned: bool,
    /// What happens to background that the colour camera does not see, in aligned colour.
    pub hidden: HiddenColor,
    /// Which moment it shows (I13).
    pub timing: ImageTiming,
    /// Whether it is mirrored from left to right (I14).
    pub mirror: bool,
    /// How large its image is (I15).
    pub resolution: OutputResolution,
    /// The shape it is meant to be shown in (I16).
    pub aspect: OutputAspect,
    /// How it is scaled and sampled (I17).
    pub sampling: OutputSampling,
    /// The pixel format of its image (I19).
    pub format: PixelFormat,
    /// The channels that are written (I20).
    pub channels: ChannelMask,
    /// Shaders applied to it, in order, before it is scaled, mirrored and masked (I21).
    pub passes: Vec<OutputPass>,
    /// Colours for people to look at, instead of the data (I22): depth and point cloud as a rainbow from near (red) to
    /// far (blue), infrared as grey that counts stops (logarithmic, ten at most), players in ten colours that are told
    /// apart easily. The image is then `Rgba8UnormSrgb` (unless [`format`](Self::format) says otherwise); black where
    /// nothing was measured and where nobody is. Colour images ignore it.
    pub false_color: Option<FalseColor>,
}

impl ImageOutput {
    /// An output of that kind, with its data as it is.
    pub fn new(kind: ImageKind) -> Self {
        Self { kind, ..default() }
    }

    /// An output of that kind in false colours with an automatic range.
    pub fn false_color(kind: ImageKind) -> Self {
        Self {
            kind,
            false_color: Some(FalseColor::default()),
            ..default()
        }
    }

    /// An output of that kind as the other camera would see it.
    pub fn aligned(kind: ImageKind) -> Self {
        Self {
            kind,
            aligned: true,
            ..default()
        }
    }

    /// Whether the colour image can be written straight into its texture, if that is as large.
    fn is_plain_color(&self) -> bool {
        self.kind == ImageKind::Color
            && !self.aligned
            && !self.mirror
            && self.passes.iter().all(|pass| pass.repeat == 0)
            && self.format == PixelFormat::Auto
            && self.channels == ChannelMask::ALL
            && self.sampling != OutputSampling::Mipmap
    }

    /// Whether people look at it: its pixels may be blended with their neighbours.
    fn is_picture(&self) -> bool {
        matches!(self.kind, ImageKind::Color | ImageKind::Infrared) || self.false_color.is_some()
    }
}

/// The sensor an output belongs to. Despawning the sensor despawns its outputs.
#[derive(Component, Reflect, Clone, Copy, Debug, PartialEq, Eq)]
#[reflect(Component, Debug, PartialEq)]
#[relationship(relationship_target = ImageOutputs)]
pub struct ImageOutputOf(pub Entity);

/// The outputs of a sensor, kept by Bevy. `related!(ImageOutputs[..])` spawns them with it.
#[derive(Component, Reflect, Clone, Debug, Default)]
#[reflect(Component, Default, Debug)]
#[relationship_target(relationship = ImageOutputOf, linked_spawn)]
pub struct ImageOutputs(Vec<Entity>);

/// The image of an output. Read only.
///
/// The handle is there from the moment the output is spawned and gets its image when the sensor's modes are known. A
/// change of size or format gives a new handle, which materials take by themselves, see [`OutputImageChanged`].
#[derive(Component, Reflect, Clone, Debug, Default)]
#[reflect(Component, Default, Debug)]
pub struct OutputImage {
    /// The image.
    pub image: Handle<Image>,
    #[reflect(ignore)]
    stable: StableImage,
    /// Whether the colour image is written straight into it.
    #[reflect(ignore)]
    is_direct: bool,
    /// Whether what was asked for cannot be: it shows nothing.
    #[reflect(ignore)]
    is_refused: bool,
}

impl OutputImage {
    /// Width and height in pixels; `None` before the sensor's modes are known.
    pub fn size(&self) -> Option<UVec2> {
        self.stable.shape().map(|shape| shape.size)
    }

    /// Format of the texture; `None` before the sensor's modes are known.
    pub fn format(&self) -> Option<TextureFormat> {
        self.stable.shape().map(|shape| shape.format)
    }
}

/// An output's handle is a new one: its resolution or its format has changed.
///
/// [`StandardMaterial`]s and, with the feature `ui`, all `ImageNode`s take the new one in the same update; so do other materials with
/// [`FollowOutputsPlugin`]. Whatever else holds the old handle must take the new one when it reads this message: the old
/// image stays as it was.
#[derive(Message, Clone, Debug)]
pub struct OutputImageChanged {
    /// The output entity.
    pub output: Entity,
    /// The handle until now.
    pub old: Handle<Image>,
    /// The handle from now on.
    pub new: Handle<Image>,
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
            .add_plugins(FollowOutputsPlugin::<StandardMaterial>::default())
            .add_systems(
                PreUpdate,
                (
                    timing::ask_for_delayed_frames
                        .after(KinectSystems::Receive)
                        .before(crate::body::release),
                    (
                        prepare::prepare_images,
                        prepare::ask_for_rays,
                        diagnostics::diagnose,
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

/// Reserves the handle that the output keeps.
fn reserve_image(mut world: DeferredWorld, context: HookContext) {
    let Some(images) = world.get_resource::<Assets<Image>>() else {
        return;
    };
    let handle = images.reserve_handle();
    if let Some(mut image) = world.get_mut::<OutputImage>(context.entity)
        && image.image == Handle::default()
    {
        image.image = handle;
    }
}
