//! The settings of a live sensor, and the check that a sensor can run with them.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;
use serde::{Deserialize, Serialize};

use crate::modes::{self, ColorFormat, ColorResolution, DepthMode, FrameRate, WiredSyncMode};

/// The vendor of a sensor and of its library.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum DeviceVendor {
    /// Either vendor; the library that is found first is used.
    #[default]
    Any,
    /// Microsoft: Azure Kinect, through `libk4a`.
    Microsoft,
    /// Orbbec: Femto Bolt, Mega and Mega I, through Orbbec's K4A wrapper.
    Orbbec,
}

impl From<k4a::Vendor> for DeviceVendor {
    fn from(vendor: k4a::Vendor) -> Self {
        match vendor {
            k4a::Vendor::Microsoft => Self::Microsoft,
            k4a::Vendor::Orbbec => Self::Orbbec,
        }
    }
}

impl fmt::Display for DeviceVendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "any vendor",
            Self::Microsoft => "Microsoft",
            Self::Orbbec => "Orbbec",
        })
    }
}

/// Chooses one of the connected sensors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum DeviceSelector {
    /// The first sensor that is not in use.
    #[default]
    FirstFree,
    /// The sensor with that index in the library. Indices change when sensors are plugged in or out.
    Index(u32),
    /// The sensor with that serial number.
    Serial(String),
}

/// Which live sensor to open, and the modes in which it runs.
///
/// Opening a [`DeviceSource`](super::DeviceSource) begins with [`check`](Self::check), which refuses settings that no sensor
/// can run with.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct DeviceSettings {
    /// The vendor of the sensor.
    pub vendor: DeviceVendor,
    /// The vendor's library or the folder that holds it; `None` looks in the places that [`k4a::search`] lists.
    pub library: Option<PathBuf>,
    /// The sensor.
    pub device: DeviceSelector,
    /// Depth mode. [`WfovUnbinned`](DepthMode::WfovUnbinned) runs at 15 captures per second at most.
    pub depth_mode: DepthMode,
    /// Colour resolution. [`R3072p`](ColorResolution::R3072p) runs at 15 captures per second at most.
    pub color_resolution: ColorResolution,
    /// Format of the colour images that the sensor sends. NV12 and YUY2 exist at 720p only.
    pub color_format: ColorFormat,
    /// Captures per second; 25 only with Orbbec's sensors.
    pub frame_rate: FrameRate,
    /// Delivers only captures that have a colour and a depth image; needs both cameras.
    pub synchronized_images_only: bool,
    /// Time from the colour to the depth exposure in µs, negative when depth comes first: shorter than the time from frame to
    /// frame, and 0 unless both cameras are on.
    pub depth_delay_off_color_usec: i32,
    /// The sensor's part in a wired synchronisation. A master needs its colour camera. Set the same manual exposure
    /// ([`ColorControls::exposure`](super::ColorControls::exposure)) on all synchronised sensors: with automatic
    /// exposure their colour images can get out of step.
    pub wired_sync_mode: WiredSyncMode,
    /// Delay of a subordinate's captures behind its master's in µs: at most the time from frame to frame, and 0 unless the
    /// sensor is a subordinate.
    pub subordinate_delay_off_master_usec: u32,
    /// Switches off the streaming indicator, the light on the front of the sensor.
    pub disable_streaming_indicator: bool,
    /// Whether inertial samples are delivered.
    pub imu: bool,
    /// How long a running sensor may deliver nothing before it counts as lost. Some systems report an unplugged
    /// sensor in no other way. At least half a second; shorter times count as half a second. The first capture after
    /// a start may take ten seconds more; a subordinate waits for its master without a limit.
    ///
    /// When images of one camera stop while others come, a [warning](super::DeviceStatus::warnings) follows after this
    /// time, and the error [`CameraStopped`](crate::SourceErrorKind::CameraStopped) after twice this time.
    pub watchdog: Duration,
}

impl Default for DeviceSettings {
    /// 720p MJPG and NFOV unbinned at 30 captures per second, of the first free sensor.
    fn default() -> Self {
        Self {
            vendor: DeviceVendor::default(),
            library: None,
            device: DeviceSelector::default(),
            depth_mode: DepthMode::NfovUnbinned,
            color_resolution: ColorResolution::R720p,
            color_format: ColorFormat::Mjpg,
            frame_rate: FrameRate::Fps30,
            synchronized_images_only: false,
            depth_delay_off_color_usec: 0,
            wired_sync_mode: WiredSyncMode::Standalone,
            subordinate_delay_off_master_usec: 0,
            disable_streaming_indicator: false,
            imu: true,
            watchdog: Duration::from_secs(5),
        }
    }
}

impl DeviceSettings {
    /// Settings for the sensor with that serial number.
    pub fn serial(serial: impl Into<String>) -> Self {
        Self {
            device: DeviceSelector::Serial(serial.into()),
            ..Self::default()
        }
    }

    /// Whether these settings choose the same sensor as `other`, so that the sensor can stay open when one replaces
    /// the other.
    pub fn same_device(&self, other: &Self) -> bool {
        self.vendor == other.vendor && self.library == other.library && self.device == other.device
    }

    /// Checks that a sensor can run with these settings. No sensor is asked.
    ///
    /// # Errors
    /// Fails with a sentence that names the settings that contradict each other, and settings that work.
    pub fn check(&self) -> Result<(), String> {
        let color = self.color_resolution != ColorResolution::Off;
        let depth = self.depth_mode != DepthMode::Off;
        modes::check(
            self.depth_mode,
            self.color_resolution,
            self.color_format,
            self.frame_rate,
        )?;
        if self.frame_rate == FrameRate::Fps25 && self.vendor == DeviceVendor::Microsoft {
            return Err(
                "25 captures per second are for Orbbec's sensors only: use 15 or 30".to_owned(),
            );
        }
        if self.synchronized_images_only && !(color && depth) {
            return Err(
                "synchronized_images_only needs both cameras: turn the other camera on, or turn \
                 synchronized_images_only off"
                    .to_owned(),
            );
        }
        if self.depth_delay_off_color_usec != 0 && !(color && depth) {
            return Err(
                "a depth delay needs both cameras: set the delay to 0, or turn the other camera on"
                    .to_owned(),
            );
        }
        modes::check_depth_delay(self.depth_delay_off_color_usec, self.frame_rate)?;
        if self.wired_sync_mode == WiredSyncMode::Master && !color {
            return Err(
                "a master needs its colour camera, which triggers the subordinates: set a colour resolution"
                    .to_owned(),
            );
        }
        if self.subordinate_delay_off_master_usec != 0
            && self.wired_sync_mode != WiredSyncMode::Subordinate
        {
            return Err(format!(
                "only a subordinate has a delay to its master: set subordinate_delay_off_master_usec to 0 instead of \
                 {}",
                self.subordinate_delay_off_master_usec
            ));
        }
        let period = self.frame_rate.period_ns() / 1000;
        if u64::from(self.subordinate_delay_off_master_usec) > period {
            return Err(format!(
                "the subordinate's delay of {} µs is more than the {period} µs from capture to capture",
                self.subordinate_delay_off_master_usec
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_no_sensor_does_is_refused_with_the_fix() {
        let good = DeviceSettings::default();
        good.check().unwrap();
        let bad = |change: fn(&mut DeviceSettings), word: &str| {
            let mut settings = DeviceSettings::default();
            change(&mut settings);
            let error = settings.check().unwrap_err();
            assert!(error.contains(word), "{error}");
        };
        bad(
            |s| {
                s.depth_mode = DepthMode::Off;
                s.color_resolution = ColorResolution::Off;
            },
            "set a depth mode",
        );
        bad(|s| s.color_resolution = ColorResolution::R3072p, "use 15");
        bad(|s| s.depth_mode = DepthMode::WfovUnbinned, "WFOV_2X2BINNED");
        bad(
            |s| {
                s.color_format = ColorFormat::Nv12;
                s.color_resolution = ColorResolution::R1080p;
            },
            "use MJPG",
        );
        bad(|s| s.depth_delay_off_color_usec = -33_333, "33333");
        bad(
            |s| {
                s.depth_mode = DepthMode::Off;
                s.depth_delay_off_color_usec = 1;
            },
            "both cameras",
        );
        bad(
            |s| {
                s.depth_mode = DepthMode::Off;
                s.synchronized_images_only = true;
            },
            "both cameras",
        );
        bad(
            |s| {
                s.color_resolution = ColorResolution::Off;
                s.wired_sync_mode = WiredSyncMode::Master;
            },
            "colour camera",
        );
        bad(
            |s| s.subordinate_delay_off_master_usec = 5,
            "only a subordinate",
        );
        bad(
            |s| {
                s.wired_sync_mode = WiredSyncMode::Subordinate;
                s.subordinate_delay_off_master_usec = 40_000;
            },
            "33333",
        );
        bad(
            |s| {
                s.vendor = DeviceVendor::Microsoft;
                s.frame_rate = FrameRate::Fps25;
            },
            "Orbbec",
        );
    }
}
