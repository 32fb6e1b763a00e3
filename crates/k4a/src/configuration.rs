//! What a device is started with.

use crate::abi;
use crate::codes::{ColorResolution, DepthMode, FrameRate, ImageFormat, WiredSyncMode};

/// What the cameras shall do. The default has both of them off.
///
/// Not everything goes with everything; the library refuses what does not: at least one camera must be on,
/// [`WfovUnbinned`](DepthMode::WfovUnbinned) and [`R3072p`](ColorResolution::R3072p) go with 15 frames a second at most,
/// NV12 and YUY2 with 720p only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceConfiguration {
    /// How colour images come; one of the colour formats, even when the colour camera is off.
    pub color_format: ImageFormat,
    /// The colour camera.
    pub color_resolution: ColorResolution,
    /// The depth camera.
    pub depth_mode: DepthMode,
    /// Of both cameras.
    pub frame_rate: FrameRate,
    /// Whether captures that lack an image are dropped; only with both cameras on.
    pub synchronized_images_only: bool,
    /// When depth is taken after colour (before, when negative), in µs, less than a frame; only with both cameras on.
    pub depth_delay_off_color_usec: i32,
    /// Whose clock the device follows. Masters need their colour camera.
    pub wired_sync_mode: WiredSyncMode,
    /// When a subordinate's frames come after its master's, in µs, less than a frame; 0 for others.
    pub subordinate_delay_off_master_usec: u32,
    /// Keeps the light on the front off.
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
