//! The modes of the cameras.

use clap::Args;
use kinect_azure::{ColorFormat, ColorResolution, DepthMode, FrameRate};

use crate::modes::{color_format, color_resolution, depth_mode, frame_rate};

/// The modes of the cameras and the inertial sensor.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Cameras")]
pub struct CameraOptions {
    /// Depth mode: NFOV_2X2BINNED, NFOV_UNBINNED, WFOV_2X2BINNED, WFOV_UNBINNED, PASSIVE_IR or OFF
    #[arg(long, value_name = "MODE", default_value = "NFOV_UNBINNED", value_parser = depth_mode)]
    pub depth_mode: DepthMode,
    /// Colour resolution: 720P, 1080P, 1440P, 1536P, 2160P, 3072P or OFF
    #[arg(long, value_name = "SIZE", default_value = "720P", value_parser = color_resolution)]
    pub color_resolution: ColorResolution,
    /// Colour format: MJPG, NV12, YUY2 or BGRA
    #[arg(long, value_name = "FORMAT", default_value = "MJPG", value_parser = color_format)]
    pub color_format: ColorFormat,
    /// Captures per second: 5, 15, 30, or 25 with a Femto
    #[arg(long, value_name = "N", default_value = "30", value_parser = frame_rate)]
    pub fps: FrameRate,
    /// No inertial samples
    #[arg(long)]
    pub no_imu: bool,
}
