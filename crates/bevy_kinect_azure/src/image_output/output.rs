//! The component that asks for a picture, and the sensor it is of.

use bevy::prelude::*;

use super::diagnostics::{OutputDiagnostics, OutputReport};
use super::image::{OutputImage, reserve_image};
use super::kind::ImageKind;
use super::settings::{
    ChannelMask, OutputAspect, OutputPass, OutputResolution, OutputSampling, PixelFormat,
};
use crate::body::ImageTiming;
use crate::coloring::{FalseColor, HiddenColor};

/// One picture of a sensor. Spawn it with [`ImageOutputOf`] the sensor; its image is in its [`OutputImage`].
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(OutputImage, OutputDiagnostics, OutputReport)]
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
        match self.sampling {
            OutputSampling::Auto => self.is_picture(),
            OutputSampling::Nearest => false,
            OutputSampling::Linear | OutputSampling::Mipmap => {
                self.is_picture() || self.kind != ImageKind::PlayerIndex
            }
        }
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
