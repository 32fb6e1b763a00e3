//! `libk4arecord`: recordings written by the vendor's library. `playback` reads them.

use std::ffi::CString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::ptr::{from_ref, null, null_mut};
use std::sync::{Arc, Mutex, PoisonError};

use crate::abi::{self, Handle, ImuSample, K4aRecord, SubtitleSettings, VideoSettings};
use crate::call::{c_path, c_text, check};
use crate::capture::Capture;
use crate::companion;
use crate::configuration::DeviceConfiguration;
use crate::device::{Device, OpenDevice};
use crate::error::{Error, Result};
use crate::library::Library;
use crate::load_error::{LoadError, Refusal};
use crate::log;
use crate::search::Part;

/// A loaded `libk4arecord`, with the `libk4a` that it uses. It is cheap to clone; the library stays loaded for the life
/// of the process.
#[derive(Clone)]
pub struct RecordLibrary(&'static Loaded);

struct Loaded {
    functions: K4aRecord,
    library: Library,
    path: PathBuf,
}

/// Every `libk4arecord` that is loaded, one for each `libk4a`.
static LOADED: Mutex<Vec<RecordLibrary>> = Mutex::new(Vec::new());

impl Library {
    /// Loads the `libk4arecord` that belongs to this `libk4a`: the one in the same folder, or the one that
    /// [`RECORD_LIBRARY_VARIABLE`] names.
    ///
    /// # Errors
    /// Fails if the library is not found, or if it uses another `libk4a` than this one.
    ///
    /// [`RECORD_LIBRARY_VARIABLE`]: crate::RECORD_LIBRARY_VARIABLE
    pub fn record_library(&self) -> Result<RecordLibrary, LoadError> {
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = loaded.iter().find(|known| known.library() == self) {
            return Ok(known.clone());
        }
        let (functions, path) = companion::load(self, Part::Record, |library| {
            // SAFETY: the names are those of the vendor's functions, whose signatures the table has; the library stays.
            unsafe { K4aRecord::load(library) }
                .map_err(|symbol| Refusal::incomplete("libk4arecord 1.4", symbol))
        })?;
        let record = RecordLibrary(Box::leak(Box::new(Loaded {
            functions,
            library: self.clone(),
            path,
        })));
        loaded.push(record.clone());
        Ok(record)
    }
}

impl RecordLibrary {
    pub(crate) fn functions(&self) -> &'static K4aRecord {
        &self.0.functions
    }

    /// The `libk4a` that it uses.
    pub fn library(&self) -> &Library {
        &self.0.library
    }

    /// The file that it was loaded from; only the file's name if the system's loader found it.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Begins a recording. Call the `add_…` functions, [`write_header`](Recorder::write_header), the `write_…`
    /// functions, and [`finish`](Recorder::finish), in this order. With a device, its serial number, firmware
    /// versions and calibration are recorded.
    ///
    /// # Errors
    /// Fails if the file cannot be created, or if the device belongs to another library.
    pub fn record(
        &self,
        path: impl AsRef<Path>,
        device: Option<&Device>,
        configuration: &DeviceConfiguration,
    ) -> Result<Recorder> {
        const FUNCTION: &str = "k4a_record_create";
        if device.is_some_and(|device| device.library() != self.library()) {
            return Err(Error::other_library(FUNCTION));
        }
        let path = c_path(FUNCTION, path.as_ref())?;
        let raw = abi::DeviceConfiguration::from(configuration);
        let device = device.map(|device| device.shared().clone());
        let mut handle = null_mut();
        {
            let _turn = device.as_ref().map(|device| device.control());
            check(FUNCTION, || {
                // SAFETY: path and device stay until the recording is closed; the result points to a live handle.
                unsafe {
                    (self.functions().record_create)(
                        path.as_ptr(),
                        device.as_ref().map_or(null_mut(), |device| device.handle()),
                        raw,
                        &raw mut handle,
                    )
                }
            })?;
        }
        if handle.is_null() {
            return Err(Error::unexpected(
                FUNCTION,
                "the library returned no recording",
            ));
        }
        Ok(Recorder {
            library: self.clone(),
            handle,
            _path: path,
            _device: device,
        })
    }
}

impl fmt::Debug for RecordLibrary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordLibrary")
            .field("path", &self.path())
            .field("library", self.library())
            .finish()
    }
}

/// A recording that is being written, by one thread at a time. Dropping it finishes the file and ignores errors;
/// [`finish`](Self::finish) returns them.
///
/// The library collects two seconds of data and writes them on a thread of its own, so write images and inertial
/// samples in turns, each at most about a second late.
#[derive(Debug)]
pub struct Recorder {
    library: RecordLibrary,
    handle: Handle,
    /// The path and the device, to which the library keeps pointers.
    _path: CString,
    _device: Option<Arc<OpenDevice>>,
}

// SAFETY: the handle is not bound to a thread, and only one has it at a time.
unsafe impl Send for Recorder {}

impl Recorder {
    fn functions(&self) -> &'static K4aRecord {
        self.library.functions()
    }

    /// Adds a tag. A name consists of A–Z, 0–9, `-` and `_`; the library drops tags with other names without an error.
    ///
    /// # Errors
    /// Fails if the header is already written.
    pub fn add_tag(&self, name: &str, value: &str) -> Result<()> {
        const FUNCTION: &str = "k4a_record_add_tag";
        let (name, value) = (c_text(FUNCTION, name)?, c_text(FUNCTION, value)?);
        check(FUNCTION, || {
            // SAFETY: the handle and both texts live.
            unsafe { (self.functions().record_add_tag)(self.handle, name.as_ptr(), value.as_ptr()) }
        })
    }

    /// Adds a track of inertial samples.
    ///
    /// # Errors
    /// Fails if the header is already written, or if the recording already has an inertial track.
    pub fn add_imu_track(&self) -> Result<()> {
        // SAFETY: the handle lives.
        check("k4a_record_add_imu_track", || unsafe {
            (self.functions().record_add_imu_track)(self.handle)
        })
    }

    /// Attaches a file.
    ///
    /// # Errors
    /// Fails if the header is already written, or if another file has the name.
    pub fn add_attachment(&self, file_name: &str, bytes: &[u8]) -> Result<()> {
        const FUNCTION: &str = "k4a_record_add_attachment";
        let name = c_text(FUNCTION, file_name)?;
        check(FUNCTION, || {
            // SAFETY: the handle, the name and the bytes live; the library copies the bytes.
            unsafe {
                (self.functions().record_add_attachment)(
                    self.handle,
                    name.as_ptr(),
                    bytes.as_ptr(),
                    bytes.len(),
                )
            }
        })
    }

    /// Adds a custom video track, with its codec and the codec's private bytes.
    ///
    /// # Errors
    /// Fails if the header is already written, if another track has the name, or if the name has other characters than
    /// A–Z, 0–9, `-` and `_`.
    pub fn add_custom_video_track(
        &self,
        name: &str,
        codec_id: &str,
        private: &[u8],
        settings: VideoSettings,
    ) -> Result<()> {
        const FUNCTION: &str = "k4a_record_add_custom_video_track";
        let (name, codec_id) = (c_text(FUNCTION, name)?, c_text(FUNCTION, codec_id)?);
        check(FUNCTION, || {
            // SAFETY: the handle, both texts, the bytes and the settings live; the library copies the bytes.
            unsafe {
                (self.functions().record_add_custom_video_track)(
                    self.handle,
                    name.as_ptr(),
                    codec_id.as_ptr(),
                    private.as_ptr(),
                    private.len(),
                    &raw const settings,
                )
            }
        })
    }

    /// Adds a custom subtitle track, for any other data.
    ///
    /// # Errors
    /// Fails as [`add_custom_video_track`](Self::add_custom_video_track) does.
    pub fn add_custom_subtitle_track(
        &self,
        name: &str,
        codec_id: &str,
        private: &[u8],
        settings: Option<SubtitleSettings>,
    ) -> Result<()> {
        const FUNCTION: &str = "k4a_record_add_custom_subtitle_track";
        let (name, codec_id) = (c_text(FUNCTION, name)?, c_text(FUNCTION, codec_id)?);
        check(FUNCTION, || {
            // SAFETY: the handle, both texts, the bytes and the settings live; the library copies the bytes.
            unsafe {
                (self.functions().record_add_custom_subtitle_track)(
                    self.handle,
                    name.as_ptr(),
                    codec_id.as_ptr(),
                    private.as_ptr(),
                    private.len(),
                    settings.as_ref().map_or(null(), from_ref),
                )
            }
        })
    }

    /// Writes the tags, tracks and attachments that were added; then captures can be written.
    ///
    /// # Errors
    /// Fails if the header is already written, or if the disk is full.
    pub fn write_header(&self) -> Result<()> {
        // SAFETY: the handle lives.
        check("k4a_record_write_header", || unsafe {
            (self.functions().record_write_header)(self.handle)
        })
    }

    /// Writes the images of a capture that fit the configuration. The capture can be dropped afterwards.
    ///
    /// # Errors
    /// Fails if the header is not written yet, if an image has another format than the configuration's (the other
    /// images are written), if the capture is older than data that is already on the disk, or if the capture belongs to
    /// another library.
    pub fn write_capture(&self, capture: &Capture) -> Result<()> {
        const FUNCTION: &str = "k4a_record_write_capture";
        if capture.library() != self.library.library() {
            return Err(Error::other_library(FUNCTION));
        }
        // SAFETY: both handles live; the library takes its own references.
        check(FUNCTION, || unsafe {
            (self.functions().record_write_capture)(self.handle, capture.handle())
        })
    }

    /// Writes an inertial sample.
    ///
    /// # Errors
    /// Fails if the header is not written yet, if the inertial track was not added, or if the sample is older than data
    /// that is already on the disk.
    pub fn write_imu_sample(&self, sample: ImuSample) -> Result<()> {
        // SAFETY: the handle lives; the sample is passed by value.
        check("k4a_record_write_imu_sample", || unsafe {
            (self.functions().record_write_imu_sample)(self.handle, sample)
        })
    }

    /// Writes a block of a custom track, at a device time in µs.
    ///
    /// # Errors
    /// Fails if the header is not written yet, if there is no track of that name, or if the block is older than data
    /// that is already on the disk.
    pub fn write_custom_track_data(
        &self,
        track: &str,
        device_timestamp_usec: u64,
        bytes: &[u8],
    ) -> Result<()> {
        const FUNCTION: &str = "k4a_record_write_custom_track_data";
        let name = c_text(FUNCTION, track)?;
        check(FUNCTION, || {
            // SAFETY: the handle, the name and the bytes live; the library copies the bytes.
            unsafe {
                (self.functions().record_write_custom_track_data)(
                    self.handle,
                    name.as_ptr(),
                    device_timestamp_usec,
                    bytes.as_ptr(),
                    bytes.len(),
                )
            }
        })
    }

    /// Writes the collected data, so that the file can be read up to this point.
    ///
    /// # Errors
    /// Fails if the disk is full.
    pub fn flush(&self) -> Result<()> {
        // SAFETY: the handle lives.
        check("k4a_record_flush", || unsafe {
            (self.functions().record_flush)(self.handle)
        })
    }

    /// Writes the collected data and closes the file.
    ///
    /// # Errors
    /// Fails if the disk is full.
    pub fn finish(self) -> Result<()> {
        self.flush()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // SAFETY: the handle lives and is not used again; path and device are freed afterwards.
        log::during(|| unsafe { (self.functions().record_close)(self.handle) });
    }
}
