//! The images of a sensor on the GPU, native and aligned, and the demand for them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bevy::platform::collections::HashMap;
use bevy::prelude::*;
use bevy::render::render_resource::{Texture, TextureId, TextureView};
use kinect_azure::calibration::XyTable;

use crate::body::ImageTiming;

/// An image that image outputs and point clouds are computed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum RawImage {
    /// Depth in mm, `R16Uint`, 0 = not measured.
    Depth,
    /// Infrared, `R16Uint`.
    Infrared,
    /// The body index of every depth pixel, `R8Uint`, 255 = background.
    Players,
    /// Colour, stored (sRGB-encoded) values in a filterable texture; see [`Stored::is_linear`].
    Color,
    /// Rays of the depth camera, `Rg32Float`.
    Rays,
    /// Depth in the colour camera's view, `R16Uint`.
    AlignedDepth,
    /// Infrared in the colour camera's view, `R16Uint`, 0 where the aligned depth is 0.
    AlignedInfrared,
    /// The body index in the colour camera's view, `R8Uint`.
    AlignedPlayers,
    /// Colour in the depth camera's view, stored values, all channels 0 = no data. Background that a near object hides from the
    /// colour camera has the object's colour, as in the vendor's library.
    AlignedColor,
    /// Colour in the depth camera's view, but without data where the colour camera does not see the point.
    AlignedVisibleColor,
    /// Rays of the colour camera, `Rg32Float`.
    ColorRays,
}

impl RawImage {
    const COUNT: usize = Self::ALL.len();

    /// Every image, in the order of the enum's values.
    pub(crate) const ALL: [Self; 11] = [
        Self::Depth,
        Self::Infrared,
        Self::Players,
        Self::Color,
        Self::Rays,
        Self::AlignedDepth,
        Self::AlignedInfrared,
        Self::AlignedPlayers,
        Self::AlignedColor,
        Self::AlignedVisibleColor,
        Self::ColorRays,
    ];
}

/// The images that outputs and clouds need this frame. No other aligned image is computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Demand(u16);

impl Demand {
    pub(crate) fn insert(&mut self, image: RawImage) {
        self.0 |= 1 << image as u16;
    }

    pub(crate) fn contains(self, image: RawImage) -> bool {
        self.0 & (1 << image as u16) != 0
    }
}

/// An image of an output into which a sensor's colour image is written directly.
#[derive(Clone, Debug)]
pub(crate) struct DirectColor {
    pub(crate) image: AssetId<Image>,
    pub(crate) report: Arc<FillReport>,
}

/// Reports to the main world that the render world has filled an image.
#[derive(Debug, Default)]
pub(crate) struct FillReport {
    is_filled: AtomicBool,
    cpu_nanoseconds: AtomicU64,
}

impl FillReport {
    /// Reports that the image has been filled, with the CPU time that it took.
    pub(crate) fn fill(&self, cpu: Duration) {
        let nanoseconds = u64::try_from(cpu.as_nanos()).unwrap_or(u64::MAX);
        self.cpu_nanoseconds.store(nanoseconds, Ordering::Relaxed);
        self.is_filled.store(true, Ordering::Release);
    }

    /// Whether the image was filled at least once.
    pub(crate) fn is_filled(&self) -> bool {
        self.is_filled.load(Ordering::Acquire)
    }

    /// CPU time of the last filling; `None` before the first.
    pub(crate) fn cpu_time(&self) -> Option<Duration> {
        self.is_filled()
            .then(|| Duration::from_nanos(self.cpu_nanoseconds.load(Ordering::Relaxed)))
    }
}

/// The key of a set of textures: a sensor, and whether its newest frame or the frame of its newest bodies is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TextureKey {
    /// The sensor entity in the main world.
    pub(crate) sensor: Entity,
    pub(crate) timing: ImageTiming,
}

/// The textures of every sensor.
#[derive(Resource, Default)]
pub(crate) struct SensorTextures(pub(crate) HashMap<TextureKey, TextureSet>);

/// One sensor's images on the GPU.
#[derive(Default)]
pub(crate) struct TextureSet {
    images: [Option<Stored>; RawImage::COUNT],
    /// Counts the changes of each image: results computed from an earlier version are stale.
    versions: [u64; RawImage::COUNT],
    /// The tables from which the two ray textures were filled.
    pub(super) tables: [Option<Arc<XyTable>>; 2],
    /// The generation of the source that the images are from.
    pub(super) generation: u64,
    /// The frame that is in the textures.
    pub(super) uploaded: u64,
    /// The body index map that is in its texture.
    pub(super) uploaded_players: u64,
    /// Whether images of this sensor can be aligned on this GPU.
    pub(crate) can_align: bool,
    /// Whether the colour texture is the sensor's own, not an output's.
    pub(super) color_is_own: bool,
    /// Textures into which the frame's colour image was written.
    pub(super) written: Vec<TextureId>,
    /// The frame whose latency is to be measured once it is submitted.
    pub(super) to_measure: Option<std::time::Instant>,
}

/// A texture with the view that shaders read.
#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) texture: Texture,
    pub(crate) view: TextureView,
    /// For colour: whether the view gives linear light, because the driver cannot give a view of the stored values.
    pub(crate) is_linear: bool,
}

impl Stored {
    pub(crate) fn size(&self) -> UVec2 {
        UVec2::new(self.texture.width(), self.texture.height())
    }
}

impl TextureSet {
    /// An image, if the sensor has it. An aligned image exists only while it is needed.
    pub(crate) fn get(&self, image: RawImage) -> Option<&Stored> {
        self.images[image as usize].as_ref()
    }

    /// A number that increases whenever the image changes, appears or disappears.
    pub(crate) fn version(&self, image: RawImage) -> u64 {
        self.versions[image as usize]
    }

    /// Sets or removes the texture of an image.
    pub(crate) fn set(&mut self, image: RawImage, stored: Option<Stored>) {
        if stored.is_some() || self.images[image as usize].is_some() {
            self.images[image as usize] = stored;
            self.touch(image);
        }
    }

    /// Marks an image's content as changed.
    pub(crate) fn touch(&mut self, image: RawImage) {
        self.versions[image as usize] += 1;
    }
}
