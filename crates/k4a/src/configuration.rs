//! The configuration that the cameras are started with.

use crate::abi;
use crate::codes::{ColorResolution, DepthMode, FrameRate, ImageFormat, WiredSyncMode};

/// The modes in which the cameras are started. In the default both cameras are off.
///
/// The library refuses combinations that no device has: at least one camera must be on,
/// [`WfovUnbinned`](DepthMode::WfovUnbinned) and [`R3072p`](ColorResolution::R3072p) go with 15 frames a second at most,
/// NV12 and YUY2 with 720p only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceConfiguration {
    /// Format of colour images; one of the colour formats, even when the colour camera is off.
    pub color_format: ImageFormat,
    /// Colour resolution.
    pub color_resolution: ColorResolution,
    /// Depth mode.
    pub depth_mode: DepthMode,
    /// Captures per second.
    pub frame_rate: FrameRate,
    /// Whether captures that lack an image are dropped; only with both cameras on.
    pub synchronized_images_only: bool,
    /// Time from the colour to the depth exposure in µs, negative when depth comes first: shorter than the time from frame to
    /// frame, and 0 unless both cameras are on.
    pub depth_delay_off_color_usec: i32,
    /// The device's part in a wired synchronisation. A master needs its colour camera.
    pub wired_sync_mode: WiredSyncMode,
    /// Delay of a subordinate's captures behind its master's in µs, shorter than the time from frame to frame; 0 for other
    /// devices.
    pub subordinate_delay_off_master_usec: u32,
    /// Keeps the light on the front of the device off.
    pub disable_streaming_indicator: bool,
}

impl Default for DeviceConfiguration {
    fn default() -> Self {
        Self {
            color_format: ImageFormat::ColorMjpg,
            color_resolution: ColorResolution::Off,
            depth_mode: DepthMode::Off,
            frame_rate: FrameRate::Fps30,
            synchronized_images_only: false,
            depth_delay_off_color_usec: 0,
            wired_sync_mode: WiredSyncMode::Standalone,
            subordinate_delay_off_master_usec: 0,
            disable_streaming_indicator: false,
        }
    }
}

impl From<&DeviceConfiguration> for abi::DeviceConfiguration {
    fn from(typed: &DeviceConfiguration) -> Self {
        Self {
            color_format: typed.color_format.code(),
            color_resolution: typed.color_resolution.code(),
            depth_mode: typed.depth_mode.code(),
            camera_fps: typed.frame_rate.code(),
            synchronized_images_only: typed.synchronized_images_only,
            depth_delay_off_color_usec: typed.depth_delay_off_color_usec,
            wired_sync_mode: typed.wired_sync_mode.code(),
            subordinate_delay_off_master_usec: typed.subordinate_delay_off_master_usec,
            disable_streaming_indicator: typed.disable_streaming_indicator,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_everything_off_at_30_frames_a_second() {
        let c = abi::DeviceConfiguration::from(&DeviceConfiguration::default());
        let off = abi::DeviceConfiguration {
            camera_fps: 2,
            ..abi::DeviceConfiguration::default()
        };
        assert_eq!(c, off);
    }
}
