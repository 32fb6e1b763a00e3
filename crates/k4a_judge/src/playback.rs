//! Recordings, read by the vendor's library.

use std::mem::zeroed;
use std::path::Path;
use std::ptr::null_mut;

use crate::abi::{Calibration, Handle, RecordConfiguration};
pub use crate::abi::{ImuSample, VideoSettings};
use crate::image::Capture;
use crate::{Judge, Refused, c_string, check, keep_path};

/// A recording opened by the vendor's library. One thread at a time.
pub struct Playback {
    judge: &'static Judge,
    handle: Handle,
}

/// What a seek's offset counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeekOrigin {
    /// The beginning of the file.
    Begin = 0,
    /// The end; offsets are negative.
    End = 1,
    /// The device clock's zero.
    DeviceTime = 2,
}

/// End of the stream.
const STREAM_EOF: i32 = 2;
/// The buffer is too small; the size now says how large it must be.
const BUFFER_TOO_SMALL: i32 = 2;

impl Judge {
    /// `k4a_playback_open`.
    pub fn open(&'static self, path: impl AsRef<Path>) -> Result<Playback, Refused> {
        let path = keep_path(path.as_ref());
        let mut handle = null_mut();
        // SAFETY: the path stays for the life of the process, which is longer than the library keeps it.
        let code = unsafe { (self.functions.playback_open)(path.as_ptr(), &raw mut handle) };
        check("k4a_playback_open", code)?;
        Ok(Playback {
            judge: self,
            handle,
        })
    }
}

impl Playback {
    /// Asks for the size first, then for the bytes.
    fn bytes(
        &self,
        function: &'static str,
        call: impl Fn(*mut u8, *mut usize) -> i32,
    ) -> Result<Vec<u8>, Refused> {
        let mut size = 0;
        let code = call(null_mut(), &raw mut size);
        if code != BUFFER_TOO_SMALL {
            // Nothing to copy, or a failure.
            return check(function, code).map(|()| Vec::new());
        }
        let mut bytes = vec![0; size];
        check(function, call(bytes.as_mut_ptr(), &raw mut size))?;
        bytes.truncate(size);
        Ok(bytes)
    }

    fn text(
        &self,
        function: &'static str,
        call: impl Fn(*mut u8, *mut usize) -> i32,
    ) -> Result<String, Refused> {
        let mut bytes = self.bytes(function, call)?;
        while bytes.last() == Some(&0) {
            bytes.pop();
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The raw calibration with the NUL the library appends.
    pub fn raw_calibration(&self) -> Result<Vec<u8>, Refused> {
        self.bytes("k4a_playback_get_raw_calibration", |buffer, size| {
            // SAFETY: the handle lives; the buffer is null or as large as the size says.
            unsafe {
                (self.judge.functions.playback_get_raw_calibration)(self.handle, buffer, size)
            }
        })
    }

    /// The calibration for the recording's modes.
    pub fn calibration(&self) -> Result<Calibration, Refused> {
        // SAFETY: all zero is a valid value of this structure of numbers.
        let mut calibration: Calibration = unsafe { zeroed() };
        // SAFETY: the handle lives; the result is as large as the library expects.
        let code = unsafe {
            (self.judge.functions.playback_get_calibration)(self.handle, &raw mut calibration)
        };
        check("k4a_playback_get_calibration", code)?;
        Ok(calibration)
    }

    /// How the recording was made.
    pub fn record_configuration(&self) -> Result<RecordConfiguration, Refused> {
        // Larger than Microsoft's structure, because Orbbec's library writes four bytes more.
        let mut buffer = [RecordConfiguration::default(); 2];
        // SAFETY: the handle lives; the result is at least as large as the library expects.
        let code = unsafe {
            (self.judge.functions.playback_get_record_configuration)(
                self.handle,
                buffer.as_mut_ptr(),
            )
        };
        check("k4a_playback_get_record_configuration", code)?;
        Ok(buffer[0])
    }

    /// Names of all tracks in the library's order.
    pub fn tracks(&self) -> Result<Vec<String>, Refused> {
        // SAFETY: the handle lives.
        let count = unsafe { (self.judge.functions.playback_get_track_count)(self.handle) };
        (0..count)
            .map(|index| {
                self.text("k4a_playback_get_track_name", |buffer, size| {
                    // SAFETY: the handle lives; the buffer is null or as large as the size says.
                    unsafe {
                        (self.judge.functions.playback_get_track_name)(
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

    /// Whether a track is there.
    pub fn has_track(&self, name: &str) -> bool {
        let name = c_string(name);
        // SAFETY: the handle and the name live.
        unsafe { (self.judge.functions.playback_check_track_exists)(self.handle, name.as_ptr()) }
    }

    /// Whether a track is one of the sensor's.
    pub fn track_is_builtin(&self, name: &str) -> bool {
        let name = c_string(name);
        // SAFETY: the handle and the name live.
        unsafe { (self.judge.functions.playback_track_is_builtin)(self.handle, name.as_ptr()) }
    }

    /// Size and rate of a video track.
    pub fn video_settings(&self, track: &str) -> Result<VideoSettings, Refused> {
        let name = c_string(track);
        let mut settings = VideoSettings::default();
        // SAFETY: the handle and the name live; the result is as large as the library expects.
        let code = unsafe {
            (self.judge.functions.playback_track_get_video_settings)(
                self.handle,
                name.as_ptr(),
                &raw mut settings,
            )
        };
        check("k4a_playback_track_get_video_settings", code)?;
        Ok(settings)
    }

    /// A track's codec.
    pub fn codec_id(&self, track: &str) -> Result<String, Refused> {
        let name = c_string(track);
        self.text("k4a_playback_track_get_codec_id", |buffer, size| {
            // SAFETY: the handle and the name live; the buffer is null or as large as the size says.
            unsafe {
                (self.judge.functions.playback_track_get_codec_id)(
                    self.handle,
                    name.as_ptr(),
                    buffer.cast(),
                    size,
                )
            }
        })
    }

    /// A track's private bytes.
    pub fn codec_context(&self, track: &str) -> Result<Vec<u8>, Refused> {
        let name = c_string(track);
        self.bytes("k4a_playback_track_get_codec_context", |buffer, size| {
            // SAFETY: the handle and the name live; the buffer is null or as large as the size says.
            unsafe {
                (self.judge.functions.playback_track_get_codec_context)(
                    self.handle,
                    name.as_ptr(),
                    buffer,
                    size,
                )
            }
        })
    }

    /// A tag's value.
    pub fn tag(&self, name: &str) -> Result<String, Refused> {
        let name = c_string(name);
        self.text("k4a_playback_get_tag", |buffer, size| {
            // SAFETY: the handle and the name live; the buffer is null or as large as the size says.
            unsafe {
                (self.judge.functions.playback_get_tag)(
                    self.handle,
                    name.as_ptr(),
                    buffer.cast(),
                    size,
                )
            }
        })
    }

    /// An attached file.
    pub fn attachment(&self, file_name: &str) -> Result<Vec<u8>, Refused> {
        let name = c_string(file_name);
        self.bytes("k4a_playback_get_attachment", |buffer, size| {
            // SAFETY: the handle and the name live; the buffer is null or as large as the size says.
            unsafe {
                (self.judge.functions.playback_get_attachment)(
                    self.handle,
                    name.as_ptr(),
                    buffer,
                    size,
                )
            }
        })
    }

    /// Converts colour images to that `k4a_image_format_t` from now on.
    pub fn set_color_conversion(&self, format: i32) -> Result<(), Refused> {
        // SAFETY: the handle lives.
        let code =
            unsafe { (self.judge.functions.playback_set_color_conversion)(self.handle, format) };
        check("k4a_playback_set_color_conversion", code)
    }

    fn capture(
        &self,
        function: &'static str,
        get: unsafe extern "C" fn(Handle, *mut Handle) -> i32,
    ) -> Result<Option<Capture>, Refused> {
        let mut handle = null_mut();
        // SAFETY: the handle lives; what comes back is a reference of our own.
        match unsafe { get(self.handle, &raw mut handle) } {
            STREAM_EOF => Ok(None),
            code => {
                check(function, code)?;
                Ok((!handle.is_null()).then(|| Capture::new(self.judge, handle)))
            }
        }
    }

    /// The next capture; `None` at the end.
    pub fn next_capture(&self) -> Result<Option<Capture>, Refused> {
        self.capture(
            "k4a_playback_get_next_capture",
            self.judge.functions.playback_get_next_capture,
        )
    }

    /// The previous capture; `None` at the beginning.
    pub fn previous_capture(&self) -> Result<Option<Capture>, Refused> {
        self.capture(
            "k4a_playback_get_previous_capture",
            self.judge.functions.playback_get_previous_capture,
        )
    }

    fn imu(
        &self,
        function: &'static str,
        get: unsafe extern "C" fn(Handle, *mut ImuSample) -> i32,
    ) -> Result<Option<ImuSample>, Refused> {
        let mut sample = ImuSample::default();
        // SAFETY: the handle lives; the result is as large as the library expects.
        match unsafe { get(self.handle, &raw mut sample) } {
            STREAM_EOF => Ok(None),
            code => check(function, code).map(|()| Some(sample)),
        }
    }

    /// The next inertial sample; `None` at the end.
    pub fn next_imu_sample(&self) -> Result<Option<ImuSample>, Refused> {
        self.imu(
            "k4a_playback_get_next_imu_sample",
            self.judge.functions.playback_get_next_imu_sample,
        )
    }

    /// The previous inertial sample; `None` at the beginning.
    pub fn previous_imu_sample(&self) -> Result<Option<ImuSample>, Refused> {
        self.imu(
            "k4a_playback_get_previous_imu_sample",
            self.judge.functions.playback_get_previous_imu_sample,
        )
    }

    /// The next block of a custom track with its device time in µs; `None` at the end.
    pub fn next_data_block(&self, track: &str) -> Result<Option<(u64, Vec<u8>)>, Refused> {
        let name = c_string(track);
        let f = &self.judge.functions;
        let mut handle = null_mut();
        // SAFETY: the handle and the name live.
        let code = unsafe {
            (f.playback_get_next_data_block)(self.handle, name.as_ptr(), &raw mut handle)
        };
        if code == STREAM_EOF {
            return Ok(None);
        }
        check("k4a_playback_get_next_data_block", code)?;
        // SAFETY: the block lives until it is released; its bytes are copied before that.
        unsafe {
            let time = (f.playback_data_block_get_device_timestamp_usec)(handle);
            let size = (f.playback_data_block_get_buffer_size)(handle);
            let bytes = (f.playback_data_block_get_buffer)(handle);
            let copy = if size == 0 {
                Vec::new()
            } else {
                std::slice::from_raw_parts(bytes, size).to_vec()
            };
            (f.playback_data_block_release)(handle);
            Ok(Some((time, copy)))
        }
    }

    /// `k4a_playback_seek_timestamp`.
    pub fn seek(&self, offset_usec: i64, origin: SeekOrigin) -> Result<(), Refused> {
        // SAFETY: the handle lives.
        let code = unsafe {
            (self.judge.functions.playback_seek_timestamp)(self.handle, offset_usec, origin as i32)
        };
        check("k4a_playback_seek_timestamp", code)
    }

    /// The recording's length in µs.
    pub fn length_usec(&self) -> u64 {
        // SAFETY: the handle lives.
        unsafe { (self.judge.functions.playback_get_recording_length_usec)(self.handle) }
    }
}

impl Drop for Playback {
    fn drop(&mut self) {
        // SAFETY: the handle lives and is not used again.
        unsafe { (self.judge.functions.playback_close)(self.handle) }
    }
}
