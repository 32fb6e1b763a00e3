//! The sensor modes that decide the native size of outputs.

use bevy::prelude::*;
use kinect_azure::DepthMode;
use kinect_azure::calibration::Sensor;

use crate::sensor::{SensorFrame, SensorStream};

/// The sensor modes that decide the native size of outputs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Modes {
    pub(super) color: UVec2,
    pub(super) depth_mode: DepthMode,
    pub(super) has_rays: bool,
    pub(super) depth_to_color: bool,
    pub(super) color_to_depth: bool,
}

impl Modes {
    pub(super) fn of(stream: &SensorStream, frame: &SensorFrame) -> Self {
        // The size of the delivered image counts, not the announced mode: recordings may hold unusual resolutions.
        let color = match &frame.0 {
            Some(frame) if !frame.color_bgra().is_empty() => frame.color_size,
            _ => stream.info.color_resolution.size(),
        };
        let knows = |from, to| {
            let calibration = stream.calibration.as_ref();
            calibration.is_some_and(|calibration| calibration.extrinsics(from, to).is_some())
        };
        Self {
            color: color.into(),
            depth_mode: stream.info.depth_mode,
            has_rays: stream.xy_table.is_some(),
            depth_to_color: knows(Sensor::Depth, Sensor::Color),
            color_to_depth: knows(Sensor::Color, Sensor::Depth),
        }
    }
}
