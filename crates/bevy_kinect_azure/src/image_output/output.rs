//! The component of an image output.

use bevy::prelude::*;

use super::diagnostics::{OutputDiagnostics, OutputReport};
use super::image::{OutputImage, reserve_image};
use super::kind::ImageKind;
use super::relation::OutputSensor;
use super::settings::{
    ChannelMask, OutputAspect, OutputPass, OutputResolution, OutputSampling, OutputScaling,
    PixelFormat,
};
use crate::body::ImageTiming;
use crate::coloring::{FalseColor, HiddenColor};

/// One image of a sensor as an `Image` asset. Spawn it with [`ImageOutputOf`](crate::ImageOutputOf) the sensor, or put it on the sensor entity or on a
/// descendant of it. The handle of the `Image` is in [`OutputImage`] on the same entity.
///
/// ```
/// # use bevy_kinect_azure::prelude::*;
/// let depth = ImageOutput::new(ImageKind::Depth);
/// let picture_for_people = ImageOutput::new(ImageKind::Depth).aligned().false_color();
/// let small = ImageOutput {
///     resolution: OutputResolution::Quarter,
///     ..ImageOutput::new(ImageKind::Color).mirrored()
/// };
/// ```
#[derive(Component, Reflect, Clone, Debug, PartialEq)]
#[type_path = "bevy_kinect_azure::image_output"]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(OutputImage, OutputDiagnostics, OutputReport, OutputSensor)]
#[component(on_add = reserve_image)]
pub struct ImageOutput {
    /// Whether the image is updated. While this is `false`, the image stays as it is and costs only its memory; changed settings
    /// take effect when it is `true` again.
    pub active: bool,
    /// The kind of image that it shows.
    pub kind: ImageKind,
    /// Whether the image is seen from the other camera: colour as the depth camera would see it, at the depth mode's resolution;
    /// all other kinds as the colour camera would see them, at the colour resolution.
    pub aligned: bool,
    /// The colour of background that is hidden from the colour camera, in aligned colour images.
    pub hidden: HiddenColor,
    /// Which frame it shows: the newest, or the frame of the newest bodies.
    pub timing: ImageTiming,
    /// Whether it is mirrored from left to right.
    pub mirror: bool,
    /// The resolution of its image.
    pub resolution: OutputResolution,
    /// Whether its resolution is exempt from [`OutputScale`](super::OutputScale).
    pub ignore_output_scale: bool,
    /// The aspect ratio in which the image should be shown.
    pub aspect: OutputAspect,
    /// How the image is scaled to its resolution.
    pub scaling: OutputScaling,
    /// How materials, sprites and UI nodes sample the image.
    pub sampling: OutputSampling,
    /// The pixel format of its image.
    pub format: PixelFormat,
    /// The channels that are written; others are 0.
    pub channels: ChannelMask,
    /// Shaders that process the data, in this order, before it is scaled, mirrored and masked.
    pub passes: Vec<OutputPass>,
    /// False colours for display, instead of the data: depth and point cloud as a rainbow from near (red) to far (blue), infrared
    /// in logarithmic grey (ten stops at most), players in ten colours that are easy to tell apart. The image is then
    /// `Rgba8UnormSrgb` (unless [`format`](Self::format) says otherwise); black where nothing was measured and where there is no
    /// player. Colour images ignore it.
    pub false_color: Option<FalseColor>,
}

impl Default for ImageOutput {
    /// An output of the colour image, without changes.
    fn default() -> Self {
        Self {
            active: true,
            kind: ImageKind::default(),
            aligned: false,
            hidden: HiddenColor::default(),
            timing: ImageTiming::default(),
            mirror: false,
            resolution: OutputResolution::default(),
            ignore_output_scale: false,
            aspect: OutputAspect::default(),
            scaling: OutputScaling::default(),
            sampling: OutputSampling::default(),
            format: PixelFormat::default(),
            channels: ChannelMask::default(),
            passes: Vec::new(),
            false_color: None,
        }
    }
}

impl ImageOutput {
    /// An output of this kind, in the native resolution and format.
    pub fn new(kind: ImageKind) -> Self {
        Self { kind, ..default() }
    }

    /// The same output, seen from the other camera.
    pub fn aligned(mut self) -> Self {
        self.aligned = true;
        self
    }

    /// The same output in false colours with an automatic range.
    pub fn false_color(mut self) -> Self {
        self.false_color = Some(FalseColor::Auto);
        self
    }

    /// The same output, mirrored from left to right.
    pub fn mirrored(mut self) -> Self {
        self.mirror = true;
        self
    }

    /// The same output with this resolution.
    pub fn with_resolution(mut self, resolution: OutputResolution) -> Self {
        self.resolution = resolution;
        self
    }

    /// The same output in this pixel format.
    pub fn with_format(mut self, format: PixelFormat) -> Self {
        self.format = format;
        self
    }

    /// The same output with one more pass, after its other passes.
    pub fn with_pass(mut self, pass: impl Into<OutputPass>) -> Self {
        self.passes.push(pass.into());
        self
    }

    /// Whether the colour image can be uploaded directly into its texture, if the sizes are equal.
    pub(super) fn is_plain_color(&self) -> bool {
        self.kind == ImageKind::Color
            && !self.aligned
            && !self.mirror
            && self.passes.iter().all(|pass| pass.repeat == 0)
            && self.format == PixelFormat::Auto
            && self.channels == ChannelMask::ALL
            && self.sampling != OutputSampling::Mipmap
    }

    /// Whether the image is a picture for display, whose pixels may be blended with their neighbours, and not data.
    pub(super) fn is_picture(&self) -> bool {
        matches!(self.kind, ImageKind::Color | ImageKind::Infrared) || self.false_color.is_some()
    }

    /// Whether pixels are blended when it is scaled.
    pub(super) fn is_blended(&self) -> bool {
        match self.scaling {
            OutputScaling::Auto => self.is_picture(),
            OutputScaling::Nearest => false,
            OutputScaling::Linear => self.can_be_blended(),
        }
    }

    /// Whether pixels are blended in mipmaps.
    pub(super) fn has_blended_mips(&self) -> bool {
        self.scaling != OutputScaling::Nearest && self.can_be_blended()
    }

    fn can_be_blended(&self) -> bool {
        self.is_picture() || self.kind != ImageKind::PlayerIndex
    }
}
