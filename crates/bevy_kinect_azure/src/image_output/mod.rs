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
//! Colour is uploaded straight into its output's texture. Every other output is one full-screen pass over the raw
//! images, run only when they have changed.

mod passes;
mod settings;

use bevy::asset::embedded_asset;
use bevy::diagnostic::FrameCount;
use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;
use bevy::render::render_resource::{TextureFormat, TextureUsages, WgpuFeatures};
use bevy::render::renderer::{RenderAdapter, RenderDevice};
use bevy::render::{Render, RenderApp, RenderStartup, RenderSystems};
use kinect_azure::DepthMode;

pub use settings::{
    ChannelMask, HiddenColor, ImageTiming, OutputAspect, OutputFilter, OutputPass,
    OutputResolution, OutputSampling, OutputScale, PixelFormat,
};

use crate::sensor::{KinectSystems, SensorFrame, SensorStream};
use crate::stream::{ImageShape, StableImage, has_view_formats};

/// What an image output shows.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ImageKind {
    /// The colour image, 8 bits a channel (I1): `Bgra8UnormSrgb`, the colour camera's resolution.
    #[default]
    Color,
    /// Distance along the optical axis in metres, 0 where nothing was measured (I3): `R32Float`, the depth mode's
    /// resolution, never filtered.
    Depth,
    /// Infrared brightness, 0–1 for the sensor's 0–65535 (I5): `R16Unorm`, or `R32Float` on GPUs without 16-bit
    /// normalised textures; the depth mode's resolution.
    Infrared,
    /// Position of every depth pixel in the sensor's space, metres, alpha 1; all 0 where nothing was measured (I9):
    /// `Rgba32Float`, the depth mode's resolution, never filtered.
    PointCloud,
    /// Which player covers each depth pixel (I7): 25 for the first, 50 for the second, …; 0 = nobody. `R8Unorm`, the depth
    /// mode's resolution, never filtered. It shows something as soon as the sensor has a
    /// [`BodyIndexMap`](crate::body_index::BodyIndexMap).
    PlayerIndex,
}

/// One picture of a sensor. Spawn it with [`ImageOutputOf`] the sensor; its image is in its [`OutputImage`].
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(OutputImage, OutputDiagnostics)]
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
    /// far (blue), infrared as grey that counts stops (logarithmic, ten at most). The image is then `Rgba8UnormSrgb`;
    /// black where nothing was measured. Colour images ignore it.
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

    /// Whether the colour image can be written straight into its texture, without a pass.
    pub(crate) fn is_plain_color(&self) -> bool {
        self.kind == ImageKind::Color
            && !self.aligned
            && !self.mirror
            && self.passes.is_empty()
            && self.resolution == OutputResolution::Native
            && self.format == PixelFormat::Auto
            && self.channels == ChannelMask::ALL
            && self.sampling != OutputSampling::Mipmap
    }
}

/// The range that false colours are spread over.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq)]
pub enum FalseColor {
    /// Depth: the operating range of the depth mode. Infrared: from the 1st to the 99th percentile, settling over half
    /// a second.
    #[default]
    Auto,
    /// Fixed: metres for depth, 0–1 for infrared. A range that is empty or not finite counts as `Auto`.
    Range {
        /// Where the scale begins.
        min: f32,
        /// Where the scale ends.
        max: f32,
    },
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
/// change of size or format gives a new handle and an [`OutputImageChanged`] message.
#[derive(Component, Reflect, Clone, Debug, Default)]
#[reflect(Component, Default, Debug)]
pub struct OutputImage {
    /// The image.
    pub image: Handle<Image>,
    #[reflect(ignore)]
    stable: StableImage,
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

    /// Whether the image exists.
    pub(crate) fn is_ready(&self) -> bool {
        self.stable.shape().is_some()
    }
}

/// An output's handle is a new one: its resolution or its format has changed. Materials and UI nodes that show it must
/// take the new handle.
#[derive(Message, Clone, Debug)]
pub struct OutputImageChanged {
    /// The output entity.
    pub output: Entity,
    /// The handle until now.
    pub old: Handle<Image>,
    /// The handle from now on.
    pub new: Handle<Image>,
}

/// Figures about one output (D). Read only.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct OutputDiagnostics {
    /// Width and height in pixels.
    pub resolution: UVec2,
    /// Width divided by height; 0 while there is no image.
    pub aspect: f32,
    /// GPU memory of the image in bytes.
    pub gpu_memory_bytes: u64,
    /// Frames that brought this output something new.
    pub updates: u64,
    /// Bevy's frame count at the last of them.
    pub last_update_frame: u32,
    /// Whether that was this frame.
    pub updated_this_frame: bool,
    /// Why the output shows nothing, where that is so.
    pub warning: Option<String>,
    #[reflect(ignore)]
    seen: u64,
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
            .add_systems(
                PreUpdate,
                (prepare_images, diagnose)
                    .chain()
                    .in_set(KinectSystems::Prepare),
            );
        if app.get_sub_app(RenderApp).is_none() {
            return;
        }
        embedded_asset!(app, "passes.wgsl");
        let render_app = app.sub_app_mut(RenderApp);
        render_app
            .init_resource::<passes::ExtractedOutputs>()
            .add_systems(RenderStartup, passes::init)
            .add_systems(ExtractSchedule, passes::extract_outputs)
            .add_systems(
                Render,
                passes::prepare.in_set(RenderSystems::PrepareBindGroups),
            )
            .add_systems(
                bevy::render::renderer::RenderGraph,
                passes::run.before(bevy::core_pipeline::schedule::camera_driver),
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

/// Makes the images of outputs whose sensor's modes, or whose own settings, are new.
fn prepare_images(
    mut outputs: Query<(
        Entity,
        &ImageOutput,
        &ImageOutputOf,
        &mut OutputImage,
        &mut OutputDiagnostics,
    )>,
    sensors: Query<(&SensorStream, &SensorFrame)>,
    device: Option<Res<RenderDevice>>,
    adapter: Option<Res<RenderAdapter>>,
    images: Option<ResMut<Assets<Image>>>,
    mut changes: MessageWriter<OutputImageChanged>,
) {
    let (Some(device), Some(adapter), Some(mut images)) = (device, adapter, images) else {
        return;
    };
    let views = has_view_formats(&adapter);
    for (entity, output, sensor, mut image, mut diagnostics) in &mut outputs {
        let Ok((stream, frame)) = sensors.get(sensor.0) else {
            continue;
        };
        // What comes counts, not what was announced: recordings may hold unusual resolutions.
        let color_size = match &frame.0 {
            Some(frame) if !frame.color_bgra.is_empty() => frame.color_size,
            _ => stream.info.color_resolution.size(),
        };
        let (shape, warning) = match shape(output, stream, color_size, &device, &adapter) {
            Ok(shape) => (Some(shape), None),
            Err(warning) => (None, Some(warning)),
        };
        if diagnostics.warning.as_deref() != warning {
            diagnostics.warning = warning.map(str::to_owned);
        }
        let Some(shape) = shape.filter(|&shape| image.stable.shape() != Some(shape)) else {
            continue;
        };
        let OutputImage {
            image: handle,
            stable,
        } = &mut *image;
        if let Some(old) = stable.ensure(handle, shape, views, &mut images) {
            changes.write(OutputImageChanged {
                output: entity,
                old,
                new: handle.clone(),
            });
        }
        diagnostics.resolution = shape.size;
        diagnostics.aspect = shape.size.x as f32 / shape.size.y as f32;
        diagnostics.gpu_memory_bytes = shape.bytes();
    }
}

/// What an output's texture must be; or why it cannot be.
fn shape(
    output: &ImageOutput,
    stream: &SensorStream,
    color_size: (u32, u32),
    device: &RenderDevice,
    adapter: &RenderAdapter,
) -> Result<ImageShape, &'static str> {
    let info = &stream.info;
    let ((width, height), missing) = match output.kind {
        ImageKind::Color => (
            color_size,
            "the sensor's colour camera is off: it has no colour image",
        ),
        ImageKind::Depth | ImageKind::PointCloud if !info.depth_mode.has_depth() => {
            ((0, 0), "the sensor's depth mode gives no depth")
        }
        ImageKind::PointCloud if stream.xy_table.is_none() => (
            (0, 0),
            "the sensor has no calibration: its depth cannot become points",
        ),
        _ => (info.depth_mode.size(), "the sensor's depth camera is off"),
    };
    if width == 0 || height == 0 {
        return Err(missing);
    }
    if width.max(height) > device.limits().max_texture_dimension_2d {
        return Err(
            "the sensor's image is larger than this GPU's textures can be: choose a lower resolution",
        );
    }
    let format = match (output.kind, output.false_color) {
        (ImageKind::Color, _) => TextureFormat::Bgra8UnormSrgb,
        (_, Some(_)) => TextureFormat::Rgba8UnormSrgb,
        (ImageKind::Depth, None) => TextureFormat::R32Float,
        (ImageKind::PointCloud, None) => TextureFormat::Rgba32Float,
        (ImageKind::PlayerIndex, None) => TextureFormat::R8Unorm,
        (ImageKind::Infrared, None) => {
            if can_draw_r16_unorm(device, adapter) {
                TextureFormat::R16Unorm
            } else {
                TextureFormat::R32Float
            }
        }
    };
    Ok(ImageShape {
        size: UVec2::new(width, height),
        format,
        filterable: !matches!(format, TextureFormat::R32Float | TextureFormat::Rgba32Float),
    })
}

/// 16-bit normalised textures are an optional feature, and drawing into them is one more.
fn can_draw_r16_unorm(device: &RenderDevice, adapter: &RenderAdapter) -> bool {
    device.features().contains(
        WgpuFeatures::TEXTURE_FORMAT_16BIT_NORM
            | WgpuFeatures::TEXTURE_ADAPTER_SPECIFIC_FORMAT_FEATURES,
    ) && adapter
        .get_texture_format_features(TextureFormat::R16Unorm)
        .allowed_usages
        .contains(TextureUsages::RENDER_ATTACHMENT)
}

/// The range that `Auto` means for a depth mode, in metres: the data sheet's operating range.
pub(crate) fn operating_range(mode: DepthMode) -> (f32, f32) {
    match mode {
        DepthMode::Nfov2x2Binned => (0.5, 5.46),
        DepthMode::Wfov2x2Binned => (0.25, 2.88),
        DepthMode::WfovUnbinned => (0.25, 2.21),
        DepthMode::NfovUnbinned | DepthMode::Off | DepthMode::PassiveIr => (0.5, 3.86),
    }
}

fn diagnose(
    mut outputs: Query<(
        &ImageOutput,
        &ImageOutputOf,
        &OutputImage,
        &mut OutputDiagnostics,
    )>,
    sensors: Query<Ref<SensorFrame>>,
    frame_count: Option<Res<FrameCount>>,
) {
    let now = frame_count.map_or(0, |count| count.0);
    for (output, sensor, image, mut diagnostics) in &mut outputs {
        let frame = sensors
            .get(sensor.0)
            .ok()
            .and_then(|f| f.0.clone())
            .filter(|_| image.is_ready());
        let id = frame.as_ref().map_or(0, |frame| frame.id);
        let is_new = id != diagnostics.seen
            && frame.is_some_and(|frame| match output.kind {
                ImageKind::Color => !frame.color_bgra.is_empty(),
                ImageKind::Depth | ImageKind::PointCloud => frame.capture.depth.is_some(),
                ImageKind::Infrared => frame.capture.ir.is_some(),
                ImageKind::PlayerIndex => frame.capture.depth.is_some(),
            });
        if is_new {
            diagnostics.seen = id;
            diagnostics.updates += 1;
            diagnostics.last_update_frame = now;
            diagnostics.updated_this_frame = true;
        } else if diagnostics.updated_this_frame {
            diagnostics.updated_this_frame = false;
        }
    }
}
