//! Modes that go together. Which modes a sensor can run in is a rule of `kinect_azure`; here other modes make room for the one that was
//! chosen.

use bevy_kinect_azure::kinect_azure::device::DeviceSettings;
use bevy_kinect_azure::kinect_azure::modes::{
    self, ColorFormat, ColorResolution, DepthMode, FrameRate, WiredSyncMode,
};

/// Depth modes with their names.
pub(super) const DEPTH: [(DepthMode, &str); 6] = [
    (DepthMode::Off, "Off"),
    (DepthMode::Nfov2x2Binned, "Narrow, binned, 320×288"),
    (DepthMode::NfovUnbinned, "Narrow, 640×576"),
    (DepthMode::Wfov2x2Binned, "Wide, binned, 512×512"),
    (DepthMode::WfovUnbinned, "Wide, 1024×1024"),
    (DepthMode::PassiveIr, "Infrared only, 1024×1024"),
];

/// Colour resolutions with their names.
pub(super) const COLOR: [(ColorResolution, &str); 7] = [
    (ColorResolution::Off, "Off"),
    (ColorResolution::R720p, "1280×720"),
    (ColorResolution::R1080p, "1920×1080"),
    (ColorResolution::R1440p, "2560×1440"),
    (ColorResolution::R1536p, "2048×1536"),
    (ColorResolution::R2160p, "3840×2160"),
    (ColorResolution::R3072p, "4096×3072"),
];

/// Formats with their names.
pub(super) const FORMATS: [(ColorFormat, &str); 4] = [
    (ColorFormat::Mjpg, "MJPG"),
    (ColorFormat::Nv12, "NV12"),
    (ColorFormat::Yuy2, "YUY2"),
    (ColorFormat::Bgra32, "BGRA"),
];

/// The rates with their names: 25 only with Orbbec's sensors.
pub(super) fn rates(has_25: bool) -> Vec<(FrameRate, &'static str)> {
    let mut all = vec![
        (FrameRate::Fps5, "5 per second"),
        (FrameRate::Fps15, "15 per second"),
    ];
    if has_25 {
        all.push((FrameRate::Fps25, "25 per second"));
    }
    all.push((FrameRate::Fps30, "30 per second"));
    all
}

/// The wired synchronisation's modes with their names.
pub(super) const SYNC: [(WiredSyncMode, &str); 3] = [
    (WiredSyncMode::Standalone, "Not synchronised"),
    (WiredSyncMode::Master, "Master"),
    (WiredSyncMode::Subordinate, "Subordinate"),
];

/// The mode that the user has chosen last; the others make room for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chosen {
    Depth,
    Color,
    Format,
    Rate,
}

/// The modes of both cameras.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Modes {
    pub(super) depth: DepthMode,
    pub(super) color: ColorResolution,
    pub(super) format: ColorFormat,
    pub(super) rate: FrameRate,
}

impl Modes {
    fn is_possible(&self) -> bool {
        modes::check(self.depth, self.color, self.format, self.rate).is_ok()
    }

    /// These modes, with other modes in place of those that contradict the chosen one.
    pub(super) fn settled(mut self, chosen: Chosen) -> Self {
        if self.is_possible() {
            return self;
        }
        let is_off = self.depth == DepthMode::Off && self.color == ColorResolution::Off;
        match chosen {
            Chosen::Depth if is_off => self.color = ColorResolution::R720p,
            _ if is_off => self.depth = DepthMode::NfovUnbinned,
            Chosen::Format => self.color = ColorResolution::R720p,
            Chosen::Rate => {
                if self.color == ColorResolution::R3072p {
                    self.color = ColorResolution::R2160p;
                }
                if self.depth == DepthMode::WfovUnbinned {
                    self.depth = DepthMode::Wfov2x2Binned;
                }
            }
            Chosen::Depth | Chosen::Color => {}
        }
        if !self.is_possible() && chosen != Chosen::Format {
            self.format = ColorFormat::Mjpg;
        }
        if !self.is_possible() && chosen != Chosen::Rate {
            self.rate = FrameRate::Fps15;
        }
        self
    }
}

/// Sets the modes of a live sensor; settings that contradict them are given up.
pub(super) fn set(settings: &mut DeviceSettings, modes: Modes) {
    settings.depth_mode = modes.depth;
    settings.color_resolution = modes.color;
    settings.color_format = modes.format;
    settings.frame_rate = modes.rate;
    let has_color = modes.color != ColorResolution::Off;
    let has_both = has_color && modes.depth != DepthMode::Off;
    if !has_both {
        settings.synchronized_images_only = false;
        settings.depth_delay_off_color_usec = 0;
    }
    if !has_color && settings.wired_sync_mode == WiredSyncMode::Master {
        settings.wired_sync_mode = WiredSyncMode::Standalone;
    }
    let period = i64::try_from(modes.rate.period_ns() / 1000).unwrap_or(i64::MAX);
    let most = i32::try_from(period - 1).unwrap_or(i32::MAX);
    let delay = settings.depth_delay_off_color_usec;
    settings.depth_delay_off_color_usec = delay.clamp(-most, most);
    let behind = settings.subordinate_delay_off_master_usec;
    settings.subordinate_delay_off_master_usec =
        behind.min(u32::try_from(period).unwrap_or(u32::MAX));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_gives_modes_that_a_sensor_can_run_in() {
        for (depth, _) in DEPTH {
            for (color, _) in COLOR {
                for (format, _) in FORMATS {
                    for (rate, _) in rates(true) {
                        let modes = Modes {
                            depth,
                            color,
                            format,
                            rate,
                        };
                        for chosen in [Chosen::Depth, Chosen::Color, Chosen::Format, Chosen::Rate] {
                            let settled = modes.settled(chosen);
                            assert!(settled.is_possible(), "{modes:?} {chosen:?}: {settled:?}");
                            let is_kept = match chosen {
                                Chosen::Depth => settled.depth == depth,
                                Chosen::Color => settled.color == color,
                                Chosen::Format => settled.format == format,
                                Chosen::Rate => settled.rate == rate,
                            };
                            assert!(is_kept, "{modes:?} {chosen:?}: {settled:?}");
                            let mut settings = DeviceSettings {
                                synchronized_images_only: true,
                                depth_delay_off_color_usec: -150_000,
                                wired_sync_mode: WiredSyncMode::Master,
                                ..DeviceSettings::default()
                            };
                            set(&mut settings, settled);
                            assert_eq!(settings.check(), Ok(()), "{settings:?}");
                        }
                    }
                }
            }
        }
    }
}
