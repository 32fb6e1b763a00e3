//! Converts the library's numbers and images to this crate's.

use std::sync::Arc;

use crate::capture::ImuSample;
use crate::image::{Image, ImageFormat, ImagePool, Pixels, VendorMemory};
use crate::modes::{ColorFormat, ColorResolution, DepthMode, FrameRate, WiredSyncMode};

use super::settings::DeviceSettings;

impl From<DepthMode> for k4a::DepthMode {
    fn from(mode: DepthMode) -> Self {
        match mode {
            DepthMode::Off => Self::Off,
            DepthMode::Nfov2x2Binned => Self::Nfov2x2Binned,
            DepthMode::NfovUnbinned => Self::NfovUnbinned,
            DepthMode::Wfov2x2Binned => Self::Wfov2x2Binned,
            DepthMode::WfovUnbinned => Self::WfovUnbinned,
            DepthMode::PassiveIr => Self::PassiveIr,
        }
    }
}

impl From<ColorResolution> for k4a::ColorResolution {
    fn from(resolution: ColorResolution) -> Self {
        match resolution {
            ColorResolution::Off => Self::Off,
            ColorResolution::R720p => Self::R720p,
            ColorResolution::R1080p => Self::R1080p,
            ColorResolution::R1440p => Self::R1440p,
            ColorResolution::R1536p => Self::R1536p,
            ColorResolution::R2160p => Self::R2160p,
            ColorResolution::R3072p => Self::R3072p,
        }
    }
}

fn color_format(format: ColorFormat) -> k4a::ImageFormat {
    match format {
        ColorFormat::Mjpg => k4a::ImageFormat::ColorMjpg,
        ColorFormat::Nv12 => k4a::ImageFormat::ColorNv12,
        ColorFormat::Yuy2 => k4a::ImageFormat::ColorYuy2,
        ColorFormat::Bgra32 => k4a::ImageFormat::ColorBgra32,
    }
}

/// The configuration that the library is started with.
pub(super) fn configuration(settings: &DeviceSettings) -> k4a::DeviceConfiguration {
    k4a::DeviceConfiguration {
        color_format: color_format(settings.color_format),
        color_resolution: settings.color_resolution.into(),
        depth_mode: settings.depth_mode.into(),
        frame_rate: match settings.frame_rate {
            FrameRate::Fps5 => k4a::FrameRate::Fps5,
            FrameRate::Fps15 => k4a::FrameRate::Fps15,
            FrameRate::Fps25 => k4a::FrameRate::Fps25,
            FrameRate::Fps30 => k4a::FrameRate::Fps30,
        },
        synchronized_images_only: settings.synchronized_images_only,
        depth_delay_off_color_usec: settings.depth_delay_off_color_usec,
        wired_sync_mode: match settings.wired_sync_mode {
            WiredSyncMode::Standalone => k4a::WiredSyncMode::Standalone,
            WiredSyncMode::Master => k4a::WiredSyncMode::Master,
            WiredSyncMode::Subordinate => k4a::WiredSyncMode::Subordinate,
        },
        subordinate_delay_off_master_usec: settings.subordinate_delay_off_master_usec,
        disable_streaming_indicator: settings.disable_streaming_indicator,
    }
}

pub(super) fn imu_sample(sample: &k4a::ImuSample) -> ImuSample {
    ImuSample {
        temperature_celsius: sample.temperature.is_finite().then_some(sample.temperature),
        acceleration: sample.acc,
        acceleration_timestamp_usec: sample.acc_timestamp_usec,
        angular_velocity: sample.gyro,
        angular_velocity_timestamp_usec: sample.gyro_timestamp_usec,
    }
}

/// Images of one kind from a sensor: the format and size that they must have, and a pool of their descriptions. Their pixels
/// stay in the library's memory.
#[derive(Debug)]
pub(super) struct Stream {
    format: ImageFormat,
    size: (u32, u32),
    pool: ImagePool,
}

impl Stream {
    pub(super) fn new(format: ImageFormat, size: (u32, u32)) -> Self {
        Self {
            format,
            size,
            pool: ImagePool::new(format),
        }
    }

    /// Converts an image of the library; an error when its format or size is not that of the mode.
    pub(super) fn image(&mut self, theirs: k4a::Image) -> Result<Arc<Image>, String> {
        let (format, size) = (self.format, self.size);
        let expected = match format {
            ImageFormat::Color(color) => color_format(color),
            ImageFormat::Depth16 => k4a::ImageFormat::Depth16,
            ImageFormat::Ir16 => k4a::ImageFormat::Ir16,
        };
        if theirs.format() != expected || (theirs.width(), theirs.height()) != size {
            return Err(format!(
                "an image is {:?} of {}×{} pixels, but the mode has {expected:?} of {}×{}",
                theirs.format(),
                theirs.width(),
                theirs.height(),
                size.0,
                size.1
            ));
        }
        self.pool.fill(|image| {
            image.width = size.0;
            image.height = size.1;
            image.device_timestamp_usec = theirs.device_timestamp_usec();
            image.system_timestamp_nsec = theirs.system_timestamp_nsec();
            image.exposure_usec = theirs.exposure_usec();
            image.white_balance_kelvin = theirs.white_balance_kelvin();
            image.iso_speed = theirs.iso_speed();
            let packed = format.packed_stride(size.0);
            // Some libraries give no stride where rows are tightly packed.
            image.stride = match theirs.stride() as u32 {
                0 => packed,
                stride => stride,
            };
            if matches!(format, ImageFormat::Color(_)) {
                let bytes = theirs.bytes().len();
                image.pixels = Pixels::Vendor(VendorMemory::new(theirs, bytes));
                return Ok(());
            }
            let bytes = packed as usize * size.1 as usize;
            if theirs.bytes().len() < bytes {
                return Err(format!(
                    "an image has {} bytes instead of {bytes}",
                    theirs.bytes().len()
                ));
            }
            if image.stride == packed && VendorMemory::is_aligned(&theirs) {
                image.pixels = Pixels::Vendor(VendorMemory::new(theirs, bytes));
                return Ok(());
            }
            // Depth and infrared images must be tightly packed 16-bit numbers; copy the image if a library does not
            // keep to that.
            let values = theirs
                .bytes()
                .chunks(image.stride as usize)
                .take(size.1 as usize)
                .flat_map(|row| row.chunks_exact(2).take(size.0 as usize))
                .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
                .collect::<Vec<_>>();
            if values.len() * 2 != bytes {
                return Err(format!(
                    "an image has {} pixels instead of {}",
                    values.len(),
                    bytes / 2
                ));
            }
            image.stride = packed;
            image.pixels = Pixels::U16(values);
            Ok(())
        })
    }
}
