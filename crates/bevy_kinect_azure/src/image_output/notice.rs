//! Notices about an output: why it shows nothing, or differs from its settings.

use core::fmt;

use bevy::prelude::*;
use bevy::render::render_resource::TextureFormat;

use super::settings::PixelFormat;

/// The most memory that an image may take, so that a wrong resolution does not exhaust the GPU.
pub(super) const MOST_BYTES: u64 = 1 << 30;

/// Notices about an output: why it shows nothing, or differs from its settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Notice {
    NoSensor,
    NotASensor(Entity),
    NoColorCamera,
    NoDepthCamera,
    NoDepth,
    NoCalibration,
    Refused {
        asked: PixelFormat,
        reason: Reason,
        nearest: PixelFormat,
    },
    TooMuchMemory {
        size: UVec2,
        bytes: u64,
    },
    Smaller {
        asked: UVec2,
        size: UVec2,
    },
    NotFiltered(TextureFormat),
}

impl Notice {
    /// Whether the output shows nothing at all.
    pub(super) fn is_error(self) -> bool {
        match self {
            Self::NoSensor
            | Self::NotASensor(_)
            | Self::NoColorCamera
            | Self::NoDepthCamera
            | Self::NoDepth
            | Self::NoCalibration
            | Self::Refused { .. }
            | Self::TooMuchMemory { .. } => true,
            Self::Smaller { .. } | Self::NotFiltered(_) => false,
        }
    }
}

/// Why a pixel format is refused.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Reason {
    NotInWgpu,
    NotOnThisGpu,
    HasNoSigns,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSensor => f.write_str(
                "the output belongs to no sensor: add ImageOutputOf(sensor), or put it on the sensor entity or on a descendant of it",
            ),
            Self::NotASensor(entity) => write!(
                f,
                "ImageOutputOf names {entity}, which is not a sensor: name an entity with KinectSensor"
            ),
            Self::NoColorCamera => f.write_str(
                "the sensor's colour camera is off: choose a colour resolution to see this output",
            ),
            Self::NoDepthCamera => f.write_str(
                "the sensor's depth camera is off: choose a depth mode to see this output",
            ),
            Self::NoDepth => f.write_str(
                "the sensor's depth mode gives no depth: choose another one to see this output",
            ),
            Self::NoCalibration => f.write_str(
                "the sensor has no calibration: its images can neither become points nor be aligned",
            ),
            Self::Refused {
                asked,
                reason,
                nearest,
            } => {
                let reason = match reason {
                    Reason::NotInWgpu => "wgpu does not have this format",
                    Reason::NotOnThisGpu => "this GPU cannot draw into that format",
                    Reason::HasNoSigns => "positions can be negative, so they need a signed floating-point format",
                };
                write!(
                    f,
                    "pixel format {asked:?} is refused: {reason}; the nearest is {nearest:?}"
                )
            }
            Self::TooMuchMemory { size, bytes } => write!(
                f,
                "an image of {} × {} pixels would take {} MiB of GPU memory, the limit is {} MiB: choose a lower resolution",
                size.x,
                size.y,
                bytes >> 20,
                MOST_BYTES >> 20
            ),
            Self::Smaller { asked, size } => write!(
                f,
                "{} × {} pixels exceed this GPU's largest texture: the image has {} × {} pixels instead",
                asked.x, asked.y, size.x, size.y
            ),
            Self::NotFiltered(format) => write!(
                f,
                "this GPU cannot filter {format:?}: the image is sampled nearest; the nearest format that can be filtered \
                 is R16Float (or Rgba16Float)"
            ),
        }
    }
}
