//! Recordings, written by the vendor's library without a device.

use std::path::Path;

use k4a::abi::DeviceConfiguration;
use k4a::{ImuSample, SubtitleSettings, VideoSettings};

use crate::codes::known;
use crate::image::Capture;
use crate::judge::Judge;
use k4a::Error;

/// A recording being written: `add_*`, then [`write_header`](Self::write_header), then `write_*`. Dropping it finishes the
/// file.
pub struct Recorder(k4a::Recorder);

impl Judge {
    /// `k4a_record_create` without a device.
    pub fn record(
        &self,
        path: impl AsRef<Path>,
        configuration: DeviceConfiguration,
    ) -> Result<Recorder, Error> {
        let configuration = k4a::DeviceConfiguration {
            color_format: known!(ImageFormat, configuration.color_format),
            color_resolution: known!(ColorResolution, configuration.color_resolution),
            depth_mode: known!(DepthMode, configuration.depth_mode),
            frame_rate: known!(FrameRate, configuration.camera_fps),
            synchronized_images_only: configuration.synchronized_images_only,
            depth_delay_off_color_usec: configuration.depth_delay_off_color_usec,
            wired_sync_mode: known!(WiredSyncMode, configuration.wired_sync_mode),
            subordinate_delay_off_master_usec: configuration.subordinate_delay_off_master_usec,
            disable_streaming_indicator: configuration.disable_streaming_indicator,
        };
        self.record.record(path, None, &configuration).map(Recorder)
    }
}

impl Recorder {
    /// `k4a_record_add_tag`.
    pub fn add_tag(&self, name: &str, value: &str) -> Result<(), Error> {
        self.0.add_tag(name, value)
    }

    /// `k4a_record_add_imu_track`.
    pub fn add_imu_track(&self) -> Result<(), Error> {
        self.0.add_imu_track()
    }

    /// `k4a_record_add_attachment`.
    pub fn add_attachment(&self, file_name: &str, bytes: &[u8]) -> Result<(), Error> {
        self.0.add_attachment(file_name, bytes)
    }

    /// `k4a_record_add_custom_video_track`.
    pub fn add_custom_video_track(
        &self,
        name: &str,
        codec_id: &str,
        private: &[u8],
        settings: VideoSettings,
    ) -> Result<(), Error> {
        self.0
            .add_custom_video_track(name, codec_id, private, settings)
    }

    /// `k4a_record_add_custom_subtitle_track`.
    pub fn add_custom_subtitle_track(
        &self,
        name: &str,
        codec_id: &str,
        private: &[u8],
        settings: Option<SubtitleSettings>,
    ) -> Result<(), Error> {
        self.0
            .add_custom_subtitle_track(name, codec_id, private, settings)
    }

    /// `k4a_record_write_header`.
    pub fn write_header(&self) -> Result<(), Error> {
        self.0.write_header()
    }

    /// `k4a_record_write_capture`.
    pub fn write_capture(&self, capture: &Capture) -> Result<(), Error> {
        self.0.write_capture(capture.inner())
    }

    /// `k4a_record_write_imu_sample`.
    pub fn write_imu_sample(&self, sample: ImuSample) -> Result<(), Error> {
        self.0.write_imu_sample(sample)
    }

    /// `k4a_record_write_custom_track_data`.
    pub fn write_custom_track_data(
        &self,
        track: &str,
        device_usec: u64,
        bytes: &[u8],
    ) -> Result<(), Error> {
        self.0.write_custom_track_data(track, device_usec, bytes)
    }

    /// `k4a_record_flush`.
    pub fn flush(&self) -> Result<(), Error> {
        self.0.flush()
    }
}
