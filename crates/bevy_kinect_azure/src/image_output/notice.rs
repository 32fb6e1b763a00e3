//! Why an output shows nothing, or not quite what was asked for.

use core::fmt;

use bevy::prelude::*;
use bevy::render::render_resource::TextureFormat;

use super::settings::PixelFormat;

/// The most memory an image may take, so that a slip in a resolution does not take the GPU down.
pub(super) const MOST_BYTES: u64 = 1 << 30;

/// Why an output shows nothing, or not quite what was asked for.
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

/// What is wrong with a pixel format.
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
                "it belongs to no sensor: add ImageOutputOf(sensor), or put it on the sensor entity or on a descendant of it",
            ),
            Self::NotASensor(entity) => write!(
                f,
                "{entity}, which its ImageOutputOf names, is no sensor: name an entity with KinectSensor"
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
                    Reason::NotInWgpu => "there is no such format in wgpu",
                    Reason::NotOnThisGpu => "this GPU cannot draw into that format",
                    Reason::HasNoSigns => "positions need a floating-point format with signs",
                };
                write!(
                    f,
                    "pixel format {asked:?} is refused: {reason}; the nearest is {nearest:?}"
                )
            }
            Self::TooMuchMemory { size, bytes } => write!(
                f,
                "an image of {} × {} pixels would take {} MiB of GPU memory, {} are the most: choose a lower resolution",
                size.x,
                size.y,
                bytes >> 20,
                MOST_BYTES >> 20
            ),
            Self::Smaller { asked, size } => write!(
                f,
                "{} × {} pixels are more than this GPU's textures can be: {} × {} are shown",
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
