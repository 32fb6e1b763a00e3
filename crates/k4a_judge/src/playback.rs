//! Recordings, read by the vendor's library.

use std::path::Path;

use k4a::{Calibration, ImuSample, SeekOrigin, VideoSettings};

use crate::codes::known;
use crate::image::Capture;
use crate::judge::Judge;
use k4a::Error;

/// A recording opened by the vendor's library. It may be used by one thread at a time.
pub struct Playback(k4a::Playback);

impl Judge {
    /// `k4a_playback_open`.
    pub fn open(&self, path: impl AsRef<Path>) -> Result<Playback, Error> {
        self.record.open(path).map(Playback)
    }
}

impl Playback {
    /// The raw calibration with the NUL the library appends.
    pub fn raw_calibration(&self) -> Result<Vec<u8>, Error> {
        let mut raw = self.0.raw_calibration()?;
        raw.push(0);
        Ok(raw)
    }

    /// The calibration for the recording's modes.
    pub fn calibration(&self) -> Result<Calibration, Error> {
        self.0.calibration()
    }

    /// How the recording was made.
    pub fn record_configuration(&self) -> Result<k4a::RecordConfiguration, Error> {
        self.0.record_configuration()
    }

    /// Names of all tracks in the library's order.
    pub fn tracks(&self) -> Result<Vec<String>, Error> {
        self.0.tracks()
    }

    /// Whether the recording has a track of that name.
    pub fn has_track(&self, name: &str) -> bool {
        self.0.has_track(name)
    }

    /// Whether a track is a built-in track (`COLOR`, `DEPTH`, `IR`, `IMU`).
    pub fn track_is_builtin(&self, name: &str) -> bool {
        self.0.track_is_builtin(name)
    }

    /// Size and frame rate of a video track.
    pub fn video_settings(&self, track: &str) -> Result<VideoSettings, Error> {
        self.0.video_settings(track)
    }

    /// A track's codec.
    pub fn codec_id(&self, track: &str) -> Result<String, Error> {
        self.0.codec_id(track)
    }

    /// A track's private bytes.
    pub fn codec_context(&self, track: &str) -> Result<Vec<u8>, Error> {
        self.0.codec_context(track)
    }

    /// A tag's value.
    pub fn tag(&self, name: &str) -> Result<String, Error> {
        self.0.tag(name)
    }

    /// An attached file.
    pub fn attachment(&self, file_name: &str) -> Result<Vec<u8>, Error> {
        self.0.attachment(file_name)
    }

    /// Converts colour images to a `k4a_image_format_t` from now on.
    pub fn set_color_conversion(&self, format: i32) -> Result<(), Error> {
        self.0.set_color_conversion(known!(ImageFormat, format))
    }

    /// The next capture; `None` at the end.
    pub fn next_capture(&self) -> Result<Option<Capture>, Error> {
        Ok(self.0.next_capture()?.map(Capture::new))
    }

    /// The previous capture; `None` at the beginning.
    pub fn previous_capture(&self) -> Result<Option<Capture>, Error> {
        Ok(self.0.previous_capture()?.map(Capture::new))
    }

    /// The next inertial sample; `None` at the end.
    pub fn next_imu_sample(&self) -> Result<Option<ImuSample>, Error> {
        self.0.next_imu_sample()
    }

    /// The previous inertial sample; `None` at the beginning.
    pub fn previous_imu_sample(&self) -> Result<Option<ImuSample>, Error> {
        self.0.previous_imu_sample()
    }

    /// The next block of a custom track with its device time in µs; `None` at the end.
    pub fn next_data_block(&self, track: &str) -> Result<Option<(u64, Vec<u8>)>, Error> {
        let block = self.0.next_data_block(track)?;
        Ok(block.map(|block| (block.device_timestamp_usec, block.bytes)))
    }

    /// `k4a_playback_seek_timestamp`.
    pub fn seek(&self, offset_usec: i64, origin: SeekOrigin) -> Result<(), Error> {
        self.0.seek(offset_usec, origin)
    }

    /// The recording's length in µs.
    pub fn length_usec(&self) -> u64 {
        self.0.length_usec()
    }
}
