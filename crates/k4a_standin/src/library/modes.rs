//! The numbers of the C enums, and which configurations the cameras accept.

use k4a::abi::DeviceConfiguration;
use kinect_azure::{ColorFormat, ColorResolution, DepthMode, FrameRate, WiredSyncMode};

use super::vendor::is_orbbec;

/// `k4a_image_format_t` of depth and infrared images.
pub(super) const DEPTH16: i32 = 4;
/// `k4a_image_format_t` of infrared images.
pub(super) const IR16: i32 = 5;

const DEPTH_MODES: [DepthMode; 6] = [
    DepthMode::Off,
    DepthMode::Nfov2x2Binned,
    DepthMode::NfovUnbinned,
    DepthMode::Wfov2x2Binned,
    DepthMode::WfovUnbinned,
    DepthMode::PassiveIr,
];
const RESOLUTIONS: [ColorResolution; 7] = [
    ColorResolution::Off,
    ColorResolution::R720p,
    ColorResolution::R1080p,
    ColorResolution::R1440p,
    ColorResolution::R1536p,
    ColorResolution::R2160p,
    ColorResolution::R3072p,
];
const FORMATS: [ColorFormat; 4] = [
    ColorFormat::Mjpg,
    ColorFormat::Nv12,
    ColorFormat::Yuy2,
    ColorFormat::Bgra32,
];
const RATES: [FrameRate; 4] = [
    FrameRate::Fps5,
    FrameRate::Fps15,
    FrameRate::Fps30,
    FrameRate::Fps25,
];
const SYNC: [WiredSyncMode; 3] = [
    WiredSyncMode::Standalone,
    WiredSyncMode::Master,
    WiredSyncMode::Subordinate,
];

fn of<T: Copy>(all: &[T], number: i32) -> Option<T> {
    all.get(usize::try_from(number).ok()?).copied()
}

/// The mode of a `k4a_depth_mode_t`.
pub(super) fn depth_mode(number: i32) -> Option<DepthMode> {
    of(&DEPTH_MODES, number)
}

/// The resolution of a `k4a_color_resolution_t`.
pub(super) fn color_resolution(number: i32) -> Option<ColorResolution> {
    of(&RESOLUTIONS, number)
}

/// The `k4a_depth_mode_t`.
pub(super) fn depth_number(mode: DepthMode) -> i32 {
    DEPTH_MODES.iter().position(|m| *m == mode).unwrap_or(0) as i32
}

/// The `k4a_color_resolution_t`.
pub(super) fn color_number(resolution: ColorResolution) -> i32 {
    RESOLUTIONS
        .iter()
        .position(|r| *r == resolution)
        .unwrap_or(0) as i32
}

/// The `k4a_image_format_t`.
pub(super) fn format_number(format: ColorFormat) -> i32 {
    FORMATS.iter().position(|f| *f == format).unwrap_or(0) as i32
}

/// An accepted configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Modes {
    pub(super) depth: DepthMode,
    pub(super) color: ColorResolution,
    pub(super) format: ColorFormat,
    pub(super) rate: FrameRate,
    pub(super) sync: WiredSyncMode,
    pub(super) synchronized_only: bool,
    pub(super) depth_delay_usec: i32,
    pub(super) subordinate_delay_usec: u32,
}

/// Orbbec's limit of delays in µs.
const ORBBEC_DELAY: i64 = 33_333;

/// The configuration that `k4a_device_start_cameras` accepts, with the plugged cables (in, out); otherwise the reason
/// for refusing it.
pub(super) fn check(
    configuration: &DeviceConfiguration,
    (sync_in, sync_out): (bool, bool),
) -> Result<Modes, String> {
    let c = configuration;
    let format = of(&FORMATS, c.color_format).ok_or_else(|| {
        format!(
            "color_format {} is not MJPG, NV12, YUY2 or BGRA32",
            c.color_format
        )
    })?;
    let color = color_resolution(c.color_resolution)
        .ok_or_else(|| format!("color_resolution {} is unknown", c.color_resolution))?;
    let depth = depth_mode(c.depth_mode)
        .ok_or_else(|| format!("depth_mode {} is unknown", c.depth_mode))?;
    let rate = of(&RATES, c.camera_fps)
        .filter(|rate| *rate != FrameRate::Fps25 || is_orbbec())
        .ok_or_else(|| format!("camera_fps {} is unknown", c.camera_fps))?;
    let sync = of(&SYNC, c.wired_sync_mode)
        .ok_or_else(|| format!("wired_sync_mode {} is unknown", c.wired_sync_mode))?;
    let refuse = |what: &str| Err(what.to_owned());
    let (color_on, depth_on) = (color != ColorResolution::Off, depth != DepthMode::Off);
    if !color_on && !depth_on {
        return refuse("both cameras are off");
    }
    if rate > FrameRate::Fps15 && depth == DepthMode::WfovUnbinned {
        return refuse("WFOV_UNBINNED runs at 15 fps at most");
    }
    if rate > FrameRate::Fps15 && color == ColorResolution::R3072p {
        return refuse("3072P runs at 15 fps at most");
    }
    if color_on
        && color != ColorResolution::R720p
        && matches!(format, ColorFormat::Nv12 | ColorFormat::Yuy2)
    {
        return refuse("NV12 and YUY2 are delivered at 720P only");
    }
    let period = if is_orbbec() {
        ORBBEC_DELAY
    } else {
        i64::from(1_000_000 / rate.fps())
    };
    let delay = i64::from(c.depth_delay_off_color_usec);
    if delay.abs() > period {
        return refuse("depth_delay_off_color_usec is longer than a frame");
    }
    if delay != 0 && !(color_on && depth_on) {
        return refuse("depth_delay_off_color_usec needs both cameras");
    }
    if c.synchronized_images_only && !(color_on && depth_on) {
        return refuse("synchronized_images_only needs both cameras");
    }
    if !is_orbbec() {
        match sync {
            WiredSyncMode::Master if !sync_out => {
                return refuse("a master needs the sync-out cable");
            }
            WiredSyncMode::Master if !color_on => {
                return refuse("a master needs the colour camera");
            }
            WiredSyncMode::Subordinate if !sync_in => {
                return refuse("a subordinate needs the sync-in cable");
            }
            _ => {}
        }
    }
    if c.subordinate_delay_off_master_usec != 0 && sync != WiredSyncMode::Subordinate {
        return refuse("subordinate_delay_off_master_usec is for subordinates");
    }
    if i64::from(c.subordinate_delay_off_master_usec) > period {
        return refuse("subordinate_delay_off_master_usec is longer than a frame");
    }
    Ok(Modes {
        depth,
        color,
        format,
        rate,
        sync,
        synchronized_only: c.synchronized_images_only,
        depth_delay_usec: c.depth_delay_off_color_usec,
        subordinate_delay_usec: c.subordinate_delay_off_master_usec,
    })
}
