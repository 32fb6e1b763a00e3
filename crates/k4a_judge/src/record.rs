//! Recordings, written by the vendor's library without a device.

use std::path::Path;
use std::ptr::{null, null_mut};

use crate::abi::{DeviceConfiguration, Handle, ImuSample, SubtitleSettings, VideoSettings};
use crate::image::Capture;
use crate::{Judge, Refused, c_string, check, keep_path};

/// A recording being written: `add_*`, then [`write_header`](Self::write_header), then `write_*`. Dropping it finishes the
/// file.
pub struct Recorder {
    judge: &'static Judge,
    handle: Handle,
}

impl Judge {
    /// `k4a_record_create` without a device.
    pub fn record(
        &'static self,
        path: impl AsRef<Path>,
        configuration: DeviceConfiguration,
    ) -> Result<Recorder, Refused> {
        let path = keep_path(path.as_ref());
        let mut handle = null_mut();
        // SAFETY: the path stays for the life of the process, which is longer than the library keeps it.
        let code = unsafe {
            (self.functions.record_create)(
                path.as_ptr(),
                null_mut(),
                configuration,
                &raw mut handle,
            )
        };
        check("k4a_record_create", code)?;
        Ok(Recorder {
            judge: self,
            handle,
        })
    }
}

impl Recorder {
    /// `k4a_record_add_tag`.
    pub fn add_tag(&self, name: &str, value: &str) -> Result<(), Refused> {
        let (name, value) = (c_string(name), c_string(value));
        // SAFETY: the handle and both texts live.
        let code = unsafe {
            (self.judge.functions.record_add_tag)(self.handle, name.as_ptr(), value.as_ptr())
        };
        check("k4a_record_add_tag", code)
    }

    /// `k4a_record_add_imu_track`.
    pub fn add_imu_track(&self) -> Result<(), Refused> {
        // SAFETY: the handle lives.
        let code = unsafe { (self.judge.functions.record_add_imu_track)(self.handle) };
        check("k4a_record_add_imu_track", code)
    }

    /// `k4a_record_add_attachment`.
    pub fn add_attachment(&self, file_name: &str, bytes: &[u8]) -> Result<(), Refused> {
        let name = c_string(file_name);
        // SAFETY: the handle, the name and the bytes live.
        let code = unsafe {
            (self.judge.functions.record_add_attachment)(
                self.handle,
                name.as_ptr(),
                bytes.as_ptr(),
                bytes.len(),
            )
        };
        check("k4a_record_add_attachment", code)
    }

    /// `k4a_record_add_custom_video_track`.
    pub fn add_custom_video_track(
        &self,
        name: &str,
        codec_id: &str,
        private: &[u8],
        settings: VideoSettings,
    ) -> Result<(), Refused> {
        let (name, codec_id) = (c_string(name), c_string(codec_id));
        // SAFETY: the handle, both texts, the bytes and the settings live.
        let code = unsafe {
            (self.judge.functions.record_add_custom_video_track)(
                self.handle,
                name.as_ptr(),
                codec_id.as_ptr(),
                private.as_ptr(),
                private.len(),
                &raw const settings,
            )
        };
        check("k4a_record_add_custom_video_track", code)
    }

    /// `k4a_record_add_custom_subtitle_track`.
    pub fn add_custom_subtitle_track(
        &self,
        name: &str,
        codec_id: &str,
        private: &[u8],
        settings: Option<SubtitleSettings>,
    ) -> Result<(), Refused> {
        let (name, codec_id) = (c_string(name), c_string(codec_id));
        // SAFETY: the handle, both texts, the bytes and the settings live.
        let code = unsafe {
            (self.judge.functions.record_add_custom_subtitle_track)(
                self.handle,
                name.as_ptr(),
                codec_id.as_ptr(),
                private.as_ptr(),
                private.len(),
                settings.as_ref().map_or(null(), std::ptr::from_ref),
            )
        };
        check("k4a_record_add_custom_subtitle_track", code)
    }

    /// `k4a_record_write_header`.
    pub fn write_header(&self) -> Result<(), Refused> {
        // SAFETY: the handle lives.
        let code = unsafe { (self.judge.functions.record_write_header)(self.handle) };
        check("k4a_record_write_header", code)
    }

    /// `k4a_record_write_capture`.
    pub fn write_capture(&self, capture: &Capture) -> Result<(), Refused> {
        // SAFETY: both handles live; the library takes its own references.
        let code =
            unsafe { (self.judge.functions.record_write_capture)(self.handle, capture.handle()) };
        check("k4a_record_write_capture", code)
    }

    /// `k4a_record_write_imu_sample`.
    pub fn write_imu_sample(&self, sample: ImuSample) -> Result<(), Refused> {
        // SAFETY: the handle lives; the sample is passed by value.
        let code = unsafe { (self.judge.functions.record_write_imu_sample)(self.handle, sample) };
        check("k4a_record_write_imu_sample", code)
    }

    /// `k4a_record_write_custom_track_data`.
    pub fn write_custom_track_data(
        &self,
        track: &str,
        device_usec: u64,
        bytes: &[u8],
    ) -> Result<(), Refused> {
        let name = c_string(track);
        // SAFETY: the handle, the name and the bytes live; the library copies the bytes.
        let code = unsafe {
            (self.judge.functions.record_write_custom_track_data)(
                self.handle,
                name.as_ptr(),
                device_usec,
                bytes.as_ptr(),
                bytes.len(),
            )
        };
        check("k4a_record_write_custom_track_data", code)
    }

    /// `k4a_record_flush`.
    pub fn flush(&self) -> Result<(), Refused> {
        // SAFETY: the handle lives.
        let code = unsafe { (self.judge.functions.record_flush)(self.handle) };
        check("k4a_record_flush", code)
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // SAFETY: the handle lives and is not used again.
        unsafe { (self.judge.functions.record_close)(self.handle) }
    }
}
