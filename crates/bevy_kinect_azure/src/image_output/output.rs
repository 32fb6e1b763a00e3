//! The component that asks for a picture, and the sensor it is of.

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

/// One picture of a sensor. Spawn it with [`ImageOutputOf`] the sensor, or put it on the sensor entity or on a descendant of it;
/// its image is in its [`OutputImage`].
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
#[reflect(Component, Default, Debug, PartialEq)]
#[require(OutputImage, OutputDiagnostics, OutputReport, OutputSensor)]
#[component(on_add = reserve_image)]
pub struct ImageOutput {
    /// Whether it is kept up to date. Off, its image stays as it is and costs nothing but its memory; its settings
    /// take effect when it is on again.
    pub active: bool,
    /// What it shows.
    pub kind: ImageKind,
    /// Whether it is shown as the other camera would see it: colour from the depth camera, at the depth mode's
    /// resolution, all others from the colour camera, at its resolution.
    pub aligned: bool,
    /// What happens to background that the colour camera does not see, in aligned colour.
    pub hidden: HiddenColor,
    /// Which moment it shows.
    pub timing: ImageTiming,
    /// Whether it is mirrored from left to right.
    pub mirror: bool,
    /// How large its image is.
    pub resolution: OutputResolution,
    /// Whether its resolution stays as it is whatever [`OutputScale`](super::OutputScale) says.
    pub ignore_output_scale: bool,
    /// The shape it is meant to be shown in.
    pub aspect: OutputAspect,
    /// How it is scaled to its resolution.
    pub scaling: OutputScaling,
    /// How its published image is sampled.
    pub sampling: OutputSampling,
    /// The pixel format of its image.
    pub format: PixelFormat,
    /// The channels that are written.
    pub channels: ChannelMask,
    /// Shaders applied to it, in order, before it is scaled, mirrored and masked.
    pub passes: Vec<OutputPass>,
    /// Colours for people to look at, instead of the data: depth and point cloud as a rainbow from near (red) to
    /// far (blue), infrared as grey that counts stops (logarithmic, ten at most), players in ten colours that are told
    /// apart easily. The image is then `Rgba8UnormSrgb` (unless [`format`](Self::format) says otherwise); black where
    /// nothing was measured and where nobody is. Colour images ignore it.
    pub false_color: Option<FalseColor>,
}

impl Default for ImageOutput {
    /// The colour image as it is.
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
    /// An output of that kind, with its data as it is.
    pub fn new(kind: ImageKind) -> Self {
        Self { kind, ..default() }
    }

    /// As the other camera would see it.
    pub fn aligned(mut self) -> Self {
        self.aligned = true;
        self
    }

    /// In false colours with an automatic range.
    pub fn false_color(mut self) -> Self {
        self.false_color = Some(FalseColor::Auto);
        self
    }

    /// Mirrored from left to right.
    pub fn mirrored(mut self) -> Self {
        self.mirror = true;
        self
    }

    /// With that resolution.
    pub fn with_resolution(mut self, resolution: OutputResolution) -> Self {
        self.resolution = resolution;
        self
    }

    /// In that pixel format.
    pub fn with_format(mut self, format: PixelFormat) -> Self {
        self.format = format;
        self
    }

    /// With one more shader applied to it, after those it has.
    pub fn with_pass(mut self, pass: impl Into<OutputPass>) -> Self {
        self.passes.push(pass.into());
        self
    }

    /// Whether the colour image can be written straight into its texture, if that is as large.
    pub(super) fn is_plain_color(&self) -> bool {
        self.kind == ImageKind::Color
            && !self.aligned
            && !self.mirror
            && self.passes.iter().all(|pass| pass.repeat == 0)
            && self.format == PixelFormat::Auto
            && self.channels == ChannelMask::ALL
            && self.sampling != OutputSampling::Mipmap
    }

    /// Whether people look at it: its pixels may be blended with their neighbours.
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

    /// Whether pixels are blended in the smaller images of a chain.
    pub(super) fn has_blended_mips(&self) -> bool {
        self.scaling != OutputScaling::Nearest && self.can_be_blended()
    }

    fn can_be_blended(&self) -> bool {
        self.is_picture() || self.kind != ImageKind::PlayerIndex
    }
}
