//! The modes an Azure Kinect can be set to, with the sizes and names that belong to each.

use core::fmt;

/// The images that the depth camera delivers. Sizes and ranges come from the data sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum DepthMode {
    /// The depth camera does not run.
    Off,
    /// Narrow field of view (75°×65°), 2×2 binned: 320×288, 0.5–5.46 m, up to 30 fps.
    Nfov2x2Binned,
    /// Narrow field of view (75°×65°): 640×576, 0.5–3.86 m, up to 30 fps.
    #[default]
    NfovUnbinned,
    /// Wide field of view (120°×120°), 2×2 binned: 512×512, 0.25–2.88 m, up to 30 fps.
    Wfov2x2Binned,
    /// Wide field of view (120°×120°): 1024×1024, 0.25–2.21 m, up to 15 fps.
    WfovUnbinned,
    /// No depth, only an infrared image lit by the room: 1024×1024, up to 30 fps.
    PassiveIr,
}

impl DepthMode {
    /// Every mode in which the camera runs.
    pub const ALL: [Self; 5] = [
        Self::Nfov2x2Binned,
        Self::NfovUnbinned,
        Self::Wfov2x2Binned,
        Self::WfovUnbinned,
        Self::PassiveIr,
    ];

    /// Width and height in pixels of the depth and infrared images, (0, 0) when off.
    pub const fn size(self) -> (u32, u32) {
        match self {
            Self::Off => (0, 0),
            Self::Nfov2x2Binned => (320, 288),
            Self::NfovUnbinned => (640, 576),
            Self::Wfov2x2Binned => (512, 512),
            Self::WfovUnbinned | Self::PassiveIr => (1024, 1024),
        }
    }

    /// Whether depth images are delivered: every mode but off and passive infrared.
    pub const fn has_depth(self) -> bool {
        !matches!(self, Self::Off | Self::PassiveIr)
    }

    /// The mode's name in recordings (tag `K4A_DEPTH_MODE`) and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "OFF",
            Self::Nfov2x2Binned => "NFOV_2X2BINNED",
            Self::NfovUnbinned => "NFOV_UNBINNED",
            Self::Wfov2x2Binned => "WFOV_2X2BINNED",
            Self::WfovUnbinned => "WFOV_UNBINNED",
            Self::PassiveIr => "PASSIVE_IR",
        }
    }

    /// The mode of that [`name`](Self::name), in any case (early recorders wrote `2x2`).
    pub fn from_name(name: &str) -> Option<Self> {
        core::iter::once(Self::Off)
            .chain(Self::ALL)
            .find(|mode| mode.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for DepthMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The size of the images that the colour camera delivers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum ColorResolution {
    /// The colour camera does not run.
    Off,
    /// 1280×720, 16:9.
    #[default]
    R720p,
    /// 1920×1080, 16:9.
    R1080p,
    /// 2560×1440, 16:9.
    R1440p,
    /// 2048×1536, 4:3.
    R1536p,
    /// 3840×2160, 16:9.
    R2160p,
    /// 4096×3072, 4:3, up to 15 fps.
    R3072p,
}

impl ColorResolution {
    /// Every resolution in which the camera runs.
    pub const ALL: [Self; 6] = [
        Self::R720p,
        Self::R1080p,
        Self::R1440p,
        Self::R1536p,
        Self::R2160p,
        Self::R3072p,
    ];

    /// Width and height in pixels, (0, 0) when off.
    pub const fn size(self) -> (u32, u32) {
        match self {
            Self::Off => (0, 0),
            Self::R720p => (1280, 720),
            Self::R1080p => (1920, 1080),
            Self::R1440p => (2560, 1440),
            Self::R1536p => (2048, 1536),
            Self::R2160p => (3840, 2160),
            Self::R3072p => (4096, 3072),
        }
    }

    /// The resolution whose images have that size.
    pub fn from_size(width: u32, height: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.size() == (width, height))
    }

    /// The resolution's name as in recordings and on the command line, for example `720P`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "OFF",
            Self::R720p => "720P",
            Self::R1080p => "1080P",
            Self::R1440p => "1440P",
            Self::R1536p => "1536P",
            Self::R2160p => "2160P",
            Self::R3072p => "3072P",
        }
    }
}

impl fmt::Display for ColorResolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The format in which the camera sends colour images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum ColorFormat {
    /// One JPEG per image.
    #[default]
    Mjpg,
    /// 4:2:0, a plane of Y and a plane of interleaved U and V; 720p only.
    Nv12,
    /// 4:2:2, `Y0 U Y1 V`; 720p only.
    Yuy2,
    /// 8 bits each of blue, green, red and alpha.
    Bgra32,
}

impl ColorFormat {
    /// The format's name in recordings (tag `K4A_COLOR_MODE`) and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mjpg => "MJPG",
            Self::Nv12 => "NV12",
            Self::Yuy2 => "YUY2",
            Self::Bgra32 => "BGRA",
        }
    }
}

impl fmt::Display for ColorFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Captures per second, common to both cameras.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum FrameRate {
    /// 5 captures per second.
    Fps5,
    /// 15 captures per second.
    Fps15,
    /// 25 captures per second (Orbbec Femto only).
    Fps25,
    /// 30 captures per second.
    #[default]
    Fps30,
}

impl FrameRate {
    /// Captures per second.
    pub const fn fps(self) -> u32 {
        match self {
            Self::Fps5 => 5,
            Self::Fps15 => 15,
            Self::Fps25 => 25,
            Self::Fps30 => 30,
        }
    }

    /// Nanoseconds from one capture to the next, rounded down as in recordings.
    pub const fn period_ns(self) -> u64 {
        1_000_000_000 / self.fps() as u64
    }
}

/// The sensor's part in a wired synchronisation of several sensors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum WiredSyncMode {
    /// Not synchronised.
    #[default]
    Standalone,
    /// Sends the synchronisation signal through its sync-out jack.
    Master,
    /// Follows the synchronisation signal at its sync-in jack.
    Subordinate,
}

impl WiredSyncMode {
    /// The mode's name in recordings (tag `K4A_WIRED_SYNC_MODE`).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standalone => "STANDALONE",
            Self::Master => "MASTER",
            Self::Subordinate => "SUBORDINATE",
        }
    }

    /// The mode of that [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Standalone, Self::Master, Self::Subordinate]
            .into_iter()
            .find(|mode| mode.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for WiredSyncMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Checks that a sensor can run in these modes.
///
/// # Errors
/// Fails with a sentence that names the modes that contradict each other, and modes that work.
pub fn check(
    depth: DepthMode,
    color: ColorResolution,
    format: ColorFormat,
    rate: FrameRate,
) -> Result<(), String> {
    if color == ColorResolution::Off && depth == DepthMode::Off {
        return Err("both cameras are off: set a depth mode or a colour resolution".to_owned());
    }
    let only_720p = matches!(format, ColorFormat::Nv12 | ColorFormat::Yuy2);
    if only_720p && !matches!(color, ColorResolution::R720p | ColorResolution::Off) {
        return Err(format!(
            "{format} exists at 720P only, not at {color}: use MJPG or BGRA, or 720P"
        ));
    }
    let fast = rate > FrameRate::Fps15;
    if fast && color == ColorResolution::R3072p {
        return Err(format!(
            "3072P does not run at {} captures per second: use 15, or 2160P",
            rate.fps()
        ));
    }
    if fast && depth == DepthMode::WfovUnbinned {
        return Err(format!(
            "WFOV_UNBINNED does not run at {} captures per second: use 15, or WFOV_2X2BINNED",
            rate.fps()
        ));
    }
    Ok(())
}

/// Checks that the delay of depth off colour is shorter than a frame period.
///
/// # Errors
/// Fails with a sentence that names the delay and its limit.
pub(crate) fn check_depth_delay(usec: i32, rate: FrameRate) -> Result<(), String> {
    let period = rate.period_ns() / 1000;
    if u64::from(usec.unsigned_abs()) >= period {
        return Err(format!(
            "the depth delay of {usec} µs is not less than the {period} µs from capture to capture"
        ));
    }
    Ok(())
}
