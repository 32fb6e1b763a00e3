//! Recordings that the vendor's library reads.

use std::ffi::CString;
use std::path::Path;
use std::ptr::null_mut;

use crate::abi::{self, Calibration, Handle, ImuSample, K4aRecord, VideoSettings};
use crate::calibration;
use crate::call::{self, c_path, c_text, check, check_some};
use crate::capture::Capture;
use crate::codes::{ColorResolution, DepthMode, FrameRate, ImageFormat, SeekOrigin, WiredSyncMode};
use crate::error::{Error, Result};
use crate::log;
use crate::record::RecordLibrary;

/// A recording that the vendor's library has opened. It can move to another thread, but not be shared.
#[derive(Debug)]
pub struct Playback {
    library: RecordLibrary,
    handle: Handle,
    /// The path, to which the library keeps a pointer.
    _path: CString,
}

// SAFETY: the handle is not bound to a thread, and only one has it at a time.
unsafe impl Send for Playback {}

/// How a recording was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordConfiguration {
    /// The format of the colour images; [`Custom`](ImageFormat::Custom) if the recording has no colour images.
    pub color_format: ImageFormat,
    /// Colour resolution.
    pub color_resolution: ColorResolution,
    /// Depth mode.
    pub depth_mode: DepthMode,
    /// Captures per second.
    pub frame_rate: FrameRate,
    /// Whether there are colour images.
    pub color_track_enabled: bool,
    /// Whether there are depth images.
    pub depth_track_enabled: bool,
    /// Whether there are infrared images.
    pub ir_track_enabled: bool,
    /// Whether there are inertial samples.
    pub imu_track_enabled: bool,
    /// Time from the colour to the depth exposure in µs; negative when depth came first.
    pub depth_delay_off_color_usec: i32,
    /// The device's part in a wired synchronisation.
    pub wired_sync_mode: WiredSyncMode,
    /// Delay of a subordinate's captures behind its master's in µs.
    pub subordinate_delay_off_master_usec: u32,
    /// The device time at which the recording begins, in µs. Microsoft's library stores only 32 bits of it, which
    /// overflow after 71.6 minutes.
    pub start_timestamp_offset_usec: u64,
}

impl RecordConfiguration {
    fn checked(function: &'static str, raw: abi::RecordConfiguration) -> Result<Self> {
        fn known<T>(function: &'static str, what: &str, code: i32, value: Option<T>) -> Result<T> {
            value.ok_or_else(|| {
                Error::unexpected(
                    function,
                    format!("the recording has the unknown {what} {code}"),
                )
            })
        }
        Ok(Self {
            color_format: known(
                function,
                "colour format",
                raw.color_format,
                ImageFormat::from_code(raw.color_format),
            )?,
            color_resolution: known(
                function,
                "colour resolution",
                raw.color_resolution,
                ColorResolution::from_code(raw.color_resolution),
            )?,
            depth_mode: known(
                function,
                "depth mode",
                raw.depth_mode,
                DepthMode::from_code(raw.depth_mode),
            )?,
            frame_rate: known(
                function,
                "frame rate",
                raw.camera_fps,
                FrameRate::from_code(raw.camera_fps),
            )?,
            color_track_enabled: raw.color_track_enabled,
            depth_track_enabled: raw.depth_track_enabled,
            ir_track_enabled: raw.ir_track_enabled,
            imu_track_enabled: raw.imu_track_enabled,
            depth_delay_off_color_usec: raw.depth_delay_off_color_usec,
            wired_sync_mode: known(
                function,
                "wired sync mode",
                raw.wired_sync_mode,
                WiredSyncMode::from_code(raw.wired_sync_mode),
            )?,
            subordinate_delay_off_master_usec: raw.subordinate_delay_off_master_usec,
            start_timestamp_offset_usec: u64::from(raw.start_timestamp_offset_low)
                | u64::from(raw.start_timestamp_offset_high) << 32,
        })
    }
}

/// A block of a custom track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataBlock {
    /// Device time in µs.
    pub device_timestamp_usec: u64,
    /// The bytes of the block.
    pub bytes: Vec<u8>,
}

impl RecordLibrary {
    /// Opens a recording.
    ///
    /// # Errors
    /// Fails if the file does not exist, or if the library cannot read it, for example because it has 25 frames a
    /// second or its recorder crashed.
    pub fn open(&self, path: impl AsRef<Path>) -> Result<Playback> {
        const FUNCTION: &str = "k4a_playback_open";
        let path = c_path(FUNCTION, path.as_ref())?;
        let mut handle = null_mut();
        check(FUNCTION, || {
            // SAFETY: the path stays until the recording is closed; the result points to a live handle.
            unsafe { (self.functions().playback_open)(path.as_ptr(), &raw mut handle) }
        })
        .map_err(|error| {
            error.with_advice(format!("check that {path:?} exists and is a recording"))
        })?;
        if handle.is_null() {
            return Err(Error::unexpected(
                FUNCTION,
                "the library returned no recording",
            ));
        }
        Ok(Playback {
            library: self.clone(),
            handle,
            _path: path,
        })
    }
}

impl Playback {
    fn functions(&self) -> &'static K4aRecord {
        self.library.functions()
    }

    /// The library that reads this recording.
    pub fn library(&self) -> &RecordLibrary {
        &self.library
    }

    /// The device's calibration: JSON, without a NUL.
    ///
    /// # Errors
    /// Fails if the recording has no calibration.
    pub fn raw_calibration(&self) -> Result<Vec<u8>> {
        call::bytes_without_nul("k4a_playback_get_raw_calibration", 0, |buffer, size| {
            // SAFETY: the handle lives; the buffer is null or as large as the size says.
            unsafe { (self.functions().playback_get_raw_calibration)(self.handle, buffer, size) }
        })
    }

    /// The calibration for the recording's modes.
    ///
    /// # Errors
    /// Fails if the recording has no calibration.
    pub fn calibration(&self) -> Result<Calibration> {
        calibration::received("k4a_playback_get_calibration", |calibration| {
            // SAFETY: the handle lives; the result is as large as the library expects.
            unsafe { (self.functions().playback_get_calibration)(self.handle, calibration) }
        })
    }

    /// How the recording was made.
    ///
    /// # Errors
    /// Fails if the recording has an unknown mode or format.
    pub fn record_configuration(&self) -> Result<RecordConfiguration> {
        const FUNCTION: &str = "k4a_playback_get_record_configuration";
        let mut raw = abi::RecordConfiguration::default();
        check(FUNCTION, || {
            // SAFETY: the handle lives; the result is as large as either vendor's library expects.
            unsafe {
                (self.functions().playback_get_record_configuration)(self.handle, &raw mut raw)
            }
        })?;
        RecordConfiguration::checked(FUNCTION, raw)
    }

    /// Names of all tracks, in alphabetical order.
    ///
    /// # Errors
    /// Fails if the library returns an error.
    pub fn tracks(&self) -> Result<Vec<String>> {
        // SAFETY: the handle lives.
        let count =
            log::during(|| unsafe { (self.functions().playback_get_track_count)(self.handle) });
        (0..count)
            .map(|index| {
                call::text("k4a_playback_get_track_name", 0, |buffer, size| {
                    // SAFETY: the handle lives; the buffer is null or as large as the size says.
                    unsafe {
                        (self.functions().playback_get_track_name)(
                            self.handle,
                            index,
                            buffer.cast(),
                            size,
                        )
                    }
                })
            })
            .collect()
    }

    /// Whether the recording has a track of that name.
    pub fn has_track(&self, name: &str) -> bool {
        let Ok(name) = CString::new(name) else {
            return false;
        };
        // SAFETY: the handle and the name live.
        log::during(|| unsafe {
            (self.functions().playback_check_track_exists)(self.handle, name.as_ptr())
        })
    }

    /// Whether a track is one of a device's: `COLOR`, `DEPTH`, `IR`, `IMU`.
    pub fn track_is_builtin(&self, name: &str) -> bool {
        let Ok(name) = CString::new(name) else {
            return false;
        };
        // SAFETY: the handle and the name live.
        log::during(|| unsafe {
            (self.functions().playback_track_is_builtin)(self.handle, name.as_ptr())
        })
    }

    /// Size and frame rate of a video track.
    ///
    /// # Errors
    /// Fails if there is no track of that name, or if the track holds no images.
    pub fn video_settings(&self, track: &str) -> Result<VideoSettings> {
        const FUNCTION: &str = "k4a_playback_track_get_video_settings";
        let name = c_text(FUNCTION, track)?;
        let mut settings = VideoSettings::default();
        check(FUNCTION, || {
            // SAFETY: the handle and the name live; the result is as large as the library expects.
            unsafe {
                (self.functions().playback_track_get_video_settings)(
                    self.handle,
                    name.as_ptr(),
                    &raw mut settings,
                )
            }
        })?;
        Ok(settings)
    }

    /// A track's codec.
    ///
    /// # Errors
    /// Fails if there is no track of that name.
    pub fn codec_id(&self, track: &str) -> Result<String> {
        const FUNCTION: &str = "k4a_playback_track_get_codec_id";
        let name = c_text(FUNCTION, track)?;
        call::text(FUNCTION, 0, |buffer, size| {
            // SAFETY: the handle and the name live; the buffer is null or as large as the size says.
            unsafe {
                (self.functions().playback_track_get_codec_id)(
                    self.handle,
                    name.as_ptr(),
                    buffer.cast(),
                    size,
                )
            }
        })
    }

    /// The private bytes of a track's codec.
    ///
    /// # Errors
    /// Fails if there is no track of that name.
    pub fn codec_context(&self, track: &str) -> Result<Vec<u8>> {
        const FUNCTION: &str = "k4a_playback_track_get_codec_context";
        let name = c_text(FUNCTION, track)?;
        call::bytes(FUNCTION, 0, |buffer, size| {
            // SAFETY: the handle and the name live; the buffer is null or as large as the size says.
            unsafe {
                (self.functions().playback_track_get_codec_context)(
                    self.handle,
                    name.as_ptr(),
                    buffer,
                    size,
                )
            }
        })
    }

    /// A tag's value.
    ///
    /// # Errors
    /// Fails if there is no tag of that name.
    pub fn tag(&self, name: &str) -> Result<String> {
        const FUNCTION: &str = "k4a_playback_get_tag";
        let name = c_text(FUNCTION, name)?;
        call::text(FUNCTION, 0, |buffer, size| {
            // SAFETY: the handle and the name live; the buffer is null or as large as the size says.
            unsafe {
                (self.functions().playback_get_tag)(self.handle, name.as_ptr(), buffer.cast(), size)
            }
        })
    }

    /// An attached file.
    ///
    /// # Errors
    /// Fails if no file of that name is attached.
    pub fn attachment(&self, file_name: &str) -> Result<Vec<u8>> {
        const FUNCTION: &str = "k4a_playback_get_attachment";
        let name = c_text(FUNCTION, file_name)?;
        call::bytes(FUNCTION, 0, |buffer, size| {
            // SAFETY: the handle and the name live; the buffer is null or as large as the size says.
            unsafe {
                (self.functions().playback_get_attachment)(self.handle, name.as_ptr(), buffer, size)
            }
        })
    }

    /// Sets the format to which colour images are converted from now on.
    ///
    /// # Errors
    /// Fails for formats other than NV12, YUY2 and BGRA32; MJPG works if the recording holds MJPG.
    pub fn set_color_conversion(&self, format: ImageFormat) -> Result<()> {
        // SAFETY: the handle lives.
        check("k4a_playback_set_color_conversion", || unsafe {
            (self.functions().playback_set_color_conversion)(self.handle, format.code())
        })
    }

    fn capture(
        &self,
        function: &'static str,
        get: unsafe extern "C" fn(Handle, *mut Handle) -> i32,
    ) -> Result<Option<Capture>> {
        let mut handle = null_mut();
        // SAFETY: the handle lives; the result is a new reference.
        let came = check_some(function, || unsafe { get(self.handle, &raw mut handle) })?;
        let capture =
            (!handle.is_null()).then(|| Capture::from_handle(self.library.library(), handle));
        match (came, capture) {
            (true, None) => Err(Error::unexpected(
                function,
                "the library returned no capture",
            )),
            (true, capture) => Ok(capture),
            (false, _) => Ok(None),
        }
    }

    /// The next capture; `None` at the end.
    ///
    /// # Errors
    /// Fails if the file is damaged at this place.
    pub fn next_capture(&self) -> Result<Option<Capture>> {
        let get = self.functions().playback_get_next_capture;
        self.capture("k4a_playback_get_next_capture", get)
    }

    /// The previous capture; `None` at the beginning.
    ///
    /// # Errors
    /// Fails if the file is damaged at this place.
    pub fn previous_capture(&self) -> Result<Option<Capture>> {
        let get = self.functions().playback_get_previous_capture;
        self.capture("k4a_playback_get_previous_capture", get)
    }

    fn imu_sample(
        &self,
        function: &'static str,
        get: unsafe extern "C" fn(Handle, *mut ImuSample) -> i32,
    ) -> Result<Option<ImuSample>> {
        let mut sample = ImuSample::default();
        // SAFETY: the handle lives; the result is as large as the library expects.
        let came = check_some(function, || unsafe { get(self.handle, &raw mut sample) })?;
        Ok(came.then_some(sample))
    }

    /// The next inertial sample; `None` at the end.
    ///
    /// # Errors
    /// Fails if the recording has no inertial track.
    pub fn next_imu_sample(&self) -> Result<Option<ImuSample>> {
        let get = self.functions().playback_get_next_imu_sample;
        self.imu_sample("k4a_playback_get_next_imu_sample", get)
    }

    /// The previous inertial sample; `None` at the beginning.
    ///
    /// # Errors
    /// Fails if the recording has no inertial track.
    pub fn previous_imu_sample(&self) -> Result<Option<ImuSample>> {
        let get = self.functions().playback_get_previous_imu_sample;
        self.imu_sample("k4a_playback_get_previous_imu_sample", get)
    }

    fn data_block(
        &self,
        function: &'static str,
        get: unsafe extern "C" fn(Handle, *const std::ffi::c_char, *mut Handle) -> i32,
        track: &str,
    ) -> Result<Option<DataBlock>> {
        let name = c_text(function, track)?;
        let f = self.functions();
        let mut handle = null_mut();
        let came = check_some(function, || {
            // SAFETY: the handle and the name live; the result points to a live handle.
            unsafe { get(self.handle, name.as_ptr(), &raw mut handle) }
        })?;
        if handle.is_null() {
            return if came {
                Err(Error::unexpected(function, "the library returned no block"))
            } else {
                Ok(None)
            };
        }
        // SAFETY: the block lives until it is released.
        let (device_timestamp_usec, size, memory) = unsafe {
            (
                (f.playback_data_block_get_device_timestamp_usec)(handle),
                (f.playback_data_block_get_buffer_size)(handle),
                (f.playback_data_block_get_buffer)(handle),
            )
        };
        let bytes = if size == 0 || isize::try_from(size).is_err() || memory.is_null() {
            Vec::new()
        } else {
            // SAFETY: the block holds that many bytes there.
            unsafe { std::slice::from_raw_parts(memory, size) }.to_vec()
        };
        // SAFETY: the block is ours and is not used again.
        unsafe { (f.playback_data_block_release)(handle) };
        Ok(Some(DataBlock {
            device_timestamp_usec,
            bytes,
        }))
    }

    /// The next block of a custom track; `None` at the end.
    ///
    /// # Errors
    /// Fails if there is no track of that name, or if it is one of the device's own tracks.
    pub fn next_data_block(&self, track: &str) -> Result<Option<DataBlock>> {
        let get = self.functions().playback_get_next_data_block;
        self.data_block("k4a_playback_get_next_data_block", get, track)
    }

    /// The previous block of a custom track; `None` at the beginning.
    ///
    /// # Errors
    /// Fails if there is no track of that name, or if it is one of the device's own tracks.
    pub fn previous_data_block(&self, track: &str) -> Result<Option<DataBlock>> {
        let get = self.functions().playback_get_previous_data_block;
        self.data_block("k4a_playback_get_previous_data_block", get, track)
    }

    /// Goes to a time. The next capture is then the first with an image at or after that time, and the previous capture
    /// is the last before it.
    ///
    /// # Errors
    /// Fails if the file is damaged at this place.
    pub fn seek(&self, offset_usec: i64, origin: SeekOrigin) -> Result<()> {
        // SAFETY: the handle lives.
        check("k4a_playback_seek_timestamp", || unsafe {
            (self.functions().playback_seek_timestamp)(self.handle, offset_usec, origin.code())
        })
    }

    /// The recording's length in µs.
    pub fn length_usec(&self) -> u64 {
        // SAFETY: the handle lives.
        unsafe { (self.functions().playback_get_recording_length_usec)(self.handle) }
    }
}

impl Drop for Playback {
    fn drop(&mut self) {
        // SAFETY: the handle lives and is not used again; the path is freed afterwards.
        log::during(|| unsafe { (self.functions().playback_close)(self.handle) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_later_than_71_minutes_is_kept_where_the_library_keeps_it() {
        let raw = abi::RecordConfiguration {
            start_timestamp_offset_low: 5,
            start_timestamp_offset_high: 2,
            ..abi::RecordConfiguration::default()
        };
        let typed = RecordConfiguration::checked("f", raw);
        assert_eq!(
            typed.map(|typed| typed.start_timestamp_offset_usec).ok(),
            Some((2 << 32) + 5)
        );
    }

    #[test]
    fn modes_that_mean_nothing_are_errors() {
        let raw = abi::RecordConfiguration {
            depth_mode: 17,
            ..abi::RecordConfiguration::default()
        };
        let error = RecordConfiguration::checked("f", raw).map_err(|error| error.to_string());
        assert_eq!(
            error,
            Err("f: the recording has the unknown depth mode 17".to_owned())
        );
    }
}
