//! `libk4abt`: the vendor's body tracker.
//!
//! Version 1.0 and 1.1 differ in how the configuration is passed. The loaded version is recognised by a function that
//! only 1.1 has.

use std::ffi::CString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::ptr::{null, null_mut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::abi::{
    Calibration, Handle, INVALID_BODY_ID, JOINT_COUNT, K4abt, Skeleton, TrackerConfiguration10,
    TrackerConfiguration11, TrackerCreate10, TrackerCreate11,
};
use crate::call::{c_path, check, check_some, milliseconds};
use crate::capture::Capture;
use crate::codes::{DepthMode, JointConfidence, ProcessingMode, SensorOrientation};
use crate::companion;
use crate::device::Wait;
use crate::error::{Error, Result};
use crate::image::Image;
use crate::library::Library;
use crate::load_error::{LoadError, Refusal};
use crate::log;
use crate::search::Part;

/// A loaded `libk4abt`, with the `libk4a` that it uses. Cheap to clone; the library stays loaded for the life of the
/// process.
#[derive(Clone)]
pub struct TrackerLibrary(&'static Loaded);

struct Loaded {
    functions: K4abt,
    create: Create,
    library: Library,
    path: PathBuf,
}

/// Every `libk4abt` that is loaded, one for each `libk4a`.
static LOADED: Mutex<Vec<TrackerLibrary>> = Mutex::new(Vec::new());

/// The two signatures of `k4abt_tracker_create`.
#[derive(Clone, Copy)]
enum Create {
    V10(TrackerCreate10),
    V11(TrackerCreate11),
}

impl Library {
    /// Loads the `libk4abt` that belongs to this `libk4a`: the one in the same folder, the one that
    /// [`TRACKER_LIBRARY_VARIABLE`] names, or the one of an installed Body Tracking SDK.
    ///
    /// # Errors
    /// Fails if the library is not found, or if it uses another `libk4a` than this one. If both vendors' libraries are
    /// loaded, it uses the one that was loaded first.
    ///
    /// [`TRACKER_LIBRARY_VARIABLE`]: crate::TRACKER_LIBRARY_VARIABLE
    pub fn tracker_library(&self) -> Result<TrackerLibrary, LoadError> {
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = loaded.iter().find(|known| known.library() == self) {
            return Ok(known.clone());
        }
        let ((functions, create), path) = companion::load(self, Part::Tracker, |library| {
            let missing = |symbol| Refusal::incomplete("libk4abt", symbol);
            // SAFETY: the names are those of the vendor's functions, whose signatures the table has; the library stays.
            let functions = unsafe { K4abt::load(library) }.map_err(missing)?;
            let create = "k4abt_tracker_create";
            // On Windows a structure larger than 8 bytes is passed by its address, so the longer structure works for
            // both versions.
            let create = if cfg!(windows) || functions.frame_get_system_timestamp_nsec.is_some() {
                // SAFETY: this is the signature of version 1.1.
                unsafe { library.get(create) }.map(|found| Create::V11(*found))
            } else {
                // SAFETY: this is the signature of version 1.0.
                unsafe { library.get(create) }.map(|found| Create::V10(*found))
            }
            .map_err(|_| missing(create))?;
            Ok((functions, create))
        })?;
        let tracker = TrackerLibrary(Box::leak(Box::new(Loaded {
            functions,
            create,
            library: self.clone(),
            path,
        })));
        loaded.push(tracker.clone());
        Ok(tracker)
    }
}

/// The configuration of a tracker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackerConfiguration {
    /// How the sensor is mounted. Joints stay in the depth camera's axes.
    pub sensor_orientation: SensorOrientation,
    /// The processor that the tracker runs on.
    pub processing_mode: ProcessingMode,
    /// The index of the graphics card.
    pub gpu_device_id: i32,
    /// The file of the neural network; `None` = the file in the library's folder. Version 1.0 cannot use another
    /// file.
    pub model_path: Option<PathBuf>,
}

impl Default for TrackerConfiguration {
    fn default() -> Self {
        Self {
            sensor_orientation: SensorOrientation::Default,
            processing_mode: ProcessingMode::Gpu,
            gpu_device_id: 0,
            model_path: None,
        }
    }
}

impl TrackerLibrary {
    fn functions(&self) -> &'static K4abt {
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

    /// Whether the library has version 1.1, in which the model can be chosen and which has more processing modes.
    pub fn is_1_1(&self) -> bool {
        self.functions().frame_get_system_timestamp_nsec.is_some()
    }

    /// Creates a tracker for one calibration. This takes seconds, and memory of the graphics card.
    ///
    /// # Errors
    /// Fails if the calibration has no depth, if the model, CUDA or DirectML is missing, or if version 1.0 does not
    /// support the configuration.
    pub fn tracker(
        &self,
        calibration: &Calibration,
        configuration: &TrackerConfiguration,
    ) -> Result<Tracker> {
        const FUNCTION: &str = "k4abt_tracker_create";
        let calibration = calibration.checked(FUNCTION)?;
        if matches!(
            calibration.depth_mode(),
            None | Some(DepthMode::Off | DepthMode::PassiveIr)
        ) {
            return Err(Error::invalid(FUNCTION, "the calibration has no depth")
                .with_advice("use the depth mode NfovUnbinned or Wfov2x2Binned"));
        }
        let model = configuration
            .model_path
            .as_deref()
            .map(|path| c_path(FUNCTION, path))
            .transpose()?;
        if !self.is_1_1() {
            if model.is_some() {
                return Err(Error::not_supported(
                    FUNCTION,
                    "libk4abt 1.0 cannot choose its model",
                ));
            }
            if !matches!(
                configuration.processing_mode,
                ProcessingMode::Gpu | ProcessingMode::Cpu
            ) {
                return Err(Error::not_supported(
                    FUNCTION,
                    format!(
                        "libk4abt 1.0 does not know the processing mode {:?}",
                        configuration.processing_mode
                    ),
                )
                .with_advice("use Gpu or Cpu"));
            }
        }
        let (orientation, mode, gpu) = (
            configuration.sensor_orientation.code(),
            configuration.processing_mode.code(),
            configuration.gpu_device_id,
        );
        let mut handle = null_mut();
        check(FUNCTION, || match self.0.create {
            Create::V11(create) => {
                let raw = TrackerConfiguration11 {
                    sensor_orientation: orientation,
                    processing_mode: mode,
                    gpu_device_id: gpu,
                    model_path: model.as_ref().map_or(null(), |model| model.as_ptr()),
                };
                // SAFETY: calibration and model live, the model until the tracker is destroyed; the result points to a
                // live handle.
                unsafe { create(calibration, raw, &raw mut handle) }
            }
            Create::V10(create) => {
                let raw = TrackerConfiguration10 {
                    sensor_orientation: orientation,
                    processing_mode: mode,
                    gpu_device_id: gpu,
                };
                // SAFETY: the calibration lives; the result points to a live handle.
                unsafe { create(calibration, raw, &raw mut handle) }
            }
        })
        .map_err(|error| {
            error.with_advice(format!(
                "{:?} must be there, and the model file (dnn_model_2_0_op11.onnx) beside {} or where model_path says",
                configuration.processing_mode,
                self.path().display()
            ))
        })?;
        if handle.is_null() {
            return Err(Error::unexpected(
                FUNCTION,
                "the library returned no tracker",
            ));
        }
        Ok(Tracker {
            open: Arc::new(OpenTracker {
                library: self.clone(),
                handle,
                _model: model,
                enqueue: Mutex::default(),
                pop: Mutex::default(),
            }),
        })
    }
}

impl fmt::Debug for TrackerLibrary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrackerLibrary")
            .field("path", &self.path())
            .field("is_1_1", &self.is_1_1())
            .field("library", self.library())
            .finish()
    }
}

/// A body tracker. It returns one frame of bodies for each enqueued capture, in the same order.
///
/// It can be shared: one thread enqueues, another pops, a third shuts the tracker down, which wakes both. Do not
/// enqueue repeatedly with long timeouts without popping: the tracker holds three frames. Dropping the tracker shuts
/// it down.
#[derive(Debug)]
pub struct Tracker {
    open: Arc<OpenTracker>,
}

/// The open tracker, which is destroyed once its owner and all its frames are dropped.
#[derive(Debug)]
struct OpenTracker {
    library: TrackerLibrary,
    handle: Handle,
    /// The library may keep a pointer to it.
    _model: Option<CString>,
    /// Locked by the thread that enqueues.
    enqueue: Mutex<()>,
    /// Locked by the thread that pops.
    pop: Mutex<()>,
}

// SAFETY: the library allows enqueueing and popping on different threads, and to shut down meanwhile; the locks above
// prevent other concurrent calls.
unsafe impl Send for OpenTracker {}
// SAFETY: as above.
unsafe impl Sync for OpenTracker {}

impl Drop for OpenTracker {
    fn drop(&mut self) {
        let f = self.library.functions();
        log::during(|| {
            // SAFETY: the handle lives; nobody else has a reference, so that no call is under way. Shutting down twice does
            // nothing.
            unsafe { (f.tracker_shutdown)(self.handle) };
            // SAFETY: as above, and it is not used again.
            unsafe { (f.tracker_destroy)(self.handle) };
        });
    }
}

fn lock(mutex: &Mutex<()>) -> MutexGuard<'_, ()> {
    // The lock guards no data that a panic could leave half written.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Tracker {
    fn functions(&self) -> &'static K4abt {
        self.open.library.functions()
    }

    /// Enqueues a capture, which must have a depth image of the calibration's mode and should have an infrared image.
    /// If the call times out, the tracker's queue is full, and the capture was not enqueued.
    ///
    /// # Errors
    /// Fails if the capture has no depth image or belongs to another library, or if the tracker was shut down.
    pub fn enqueue(&self, capture: &Capture, timeout: Duration) -> Result<Wait<()>> {
        const FUNCTION: &str = "k4abt_tracker_enqueue_capture";
        if capture.library() != self.open.library.library() {
            return Err(Error::other_library(FUNCTION));
        }
        let _turn = lock(&self.open.enqueue);
        let taken = check_some(FUNCTION, || {
            // SAFETY: both handles live; the tracker takes its own reference.
            unsafe {
                (self.functions().tracker_enqueue_capture)(
                    self.open.handle,
                    capture.handle(),
                    milliseconds(timeout),
                )
            }
        })
        .map_err(|error| {
            error.with_advice("the capture must hold depth of the calibration's mode")
        })?;
        Ok(if taken {
            Wait::Ready(())
        } else {
            Wait::TimedOut
        })
    }

    /// The next frame of bodies.
    ///
    /// # Errors
    /// Fails if the tracker was shut down or cannot continue.
    pub fn pop(&self, timeout: Duration) -> Result<Wait<BodyFrame>> {
        const FUNCTION: &str = "k4abt_tracker_pop_result";
        let _turn = lock(&self.open.pop);
        let mut handle = null_mut();
        let came = check_some(FUNCTION, || {
            // SAFETY: the handle lives; the result points to a live handle.
            unsafe {
                (self.functions().tracker_pop_result)(
                    self.open.handle,
                    &raw mut handle,
                    milliseconds(timeout),
                )
            }
        })?;
        if handle.is_null() {
            return if came {
                Err(Error::unexpected(FUNCTION, "the library returned no frame"))
            } else {
                Ok(Wait::TimedOut)
            };
        }
        let frame = BodyFrame {
            tracker: self.open.clone(),
            handle,
        };
        Ok(if came {
            Wait::Ready(frame)
        } else {
            Wait::TimedOut
        })
    }

    /// How much joints are smoothed over time, 0 (not at all) to 1; values outside this range are clamped.
    pub fn set_temporal_smoothing(&self, factor: f32) {
        let factor = if factor.is_nan() {
            0.0
        } else {
            factor.clamp(0.0, 1.0)
        };
        let _turn = lock(&self.open.enqueue);
        // SAFETY: the handle lives.
        log::during(|| unsafe {
            (self.functions().tracker_set_temporal_smoothing)(self.open.handle, factor)
        });
    }

    /// Shuts the tracker down: enqueueing fails from now on, popping returns the finished frames and then fails, and
    /// waiting calls return.
    pub fn shutdown(&self) {
        // SAFETY: the handle lives; the library allows this while others wait.
        log::during(|| unsafe { (self.functions().tracker_shutdown)(self.open.handle) });
    }
}

impl Drop for Tracker {
    fn drop(&mut self) {
        // Frames may keep the tracker alive, but it must not keep working.
        self.shutdown();
    }
}

/// The bodies of one capture.
#[derive(Debug)]
pub struct BodyFrame {
    tracker: Arc<OpenTracker>,
    handle: Handle,
}

// SAFETY: the handle is not bound to a thread, and only one has it at a time.
unsafe impl Send for BodyFrame {}

/// One joint.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Joint {
    /// mm in the depth camera's axes: x right, y down, z forward.
    pub position: [f32; 3],
    /// From the joint's axes to the depth camera's: a unit quaternion w, x, y, z.
    pub orientation: [f32; 4],
    /// The tracker's confidence in the joint. An unknown number counts as [`None`](JointConfidence::None).
    pub confidence: JointConfidence,
}

/// One body.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// The body's id, which stays the same as long as the tracker follows the body.
    pub id: u32,
    /// Pelvis, spine, … in the order of `k4abt_joint_id_t`.
    pub joints: [Joint; JOINT_COUNT],
}

impl BodyFrame {
    fn functions(&self) -> &'static K4abt {
        self.tracker.library.functions()
    }

    /// How many bodies there are.
    pub fn body_count(&self) -> u32 {
        // SAFETY: the handle lives.
        unsafe { (self.functions().frame_get_num_bodies)(self.handle) }
    }

    /// The body with that index (0 to [`body_count`](Self::body_count) − 1), which is also its value in the
    /// [`body_index_map`](Self::body_index_map).
    ///
    /// # Errors
    /// Fails if the index is too large.
    pub fn body(&self, index: u32) -> Result<Body> {
        const FUNCTION: &str = "k4abt_frame_get_body_skeleton";
        let count = self.body_count();
        if index >= count {
            return Err(Error::invalid(
                FUNCTION,
                format!("there is no body {index}: there are {count}"),
            ));
        }
        let mut raw = Skeleton::default();
        check(FUNCTION, || {
            // SAFETY: the handle lives; the result is as large as the library expects.
            unsafe { (self.functions().frame_get_body_skeleton)(self.handle, index, &raw mut raw) }
        })?;
        // SAFETY: the handle lives.
        let id = unsafe { (self.functions().frame_get_body_id)(self.handle, index) };
        if id == INVALID_BODY_ID {
            return Err(Error::unexpected(
                "k4abt_frame_get_body_id",
                format!("body {index} of {count} has no id"),
            ));
        }
        Ok(Body {
            id,
            joints: raw.joints.map(|joint| Joint {
                position: joint.position,
                orientation: joint.orientation,
                confidence: JointConfidence::from_code(joint.confidence_level)
                    .unwrap_or(JointConfidence::None),
            }),
        })
    }

    /// All bodies, in the order of their indices.
    ///
    /// # Errors
    /// Fails if the library returns an error.
    pub fn bodies(&self) -> Result<Vec<Body>> {
        (0..self.body_count())
            .map(|index| self.body(index))
            .collect()
    }

    /// When the depth image was taken, in µs on the device's clock.
    pub fn device_timestamp_usec(&self) -> u64 {
        // SAFETY: the handle lives.
        unsafe { (self.functions().frame_get_device_timestamp_usec)(self.handle) }
    }

    /// When the depth image arrived, in ns on the host's monotonic clock; `None` with version 1.0.
    pub fn system_timestamp_nsec(&self) -> Option<u64> {
        let get = self.functions().frame_get_system_timestamp_nsec?;
        // SAFETY: the handle lives.
        Some(unsafe { get(self.handle) })
    }

    /// The body index map: for each depth pixel the body's index in this frame, or
    /// [`BODY_INDEX_MAP_BACKGROUND`](crate::abi::BODY_INDEX_MAP_BACKGROUND).
    ///
    /// # Errors
    /// Fails if the library returns no image or an invalid one.
    pub fn body_index_map(&self) -> Result<Image> {
        const FUNCTION: &str = "k4abt_frame_get_body_index_map";
        // SAFETY: the handle lives; the result is a new reference, or null.
        let handle =
            log::during(|| unsafe { (self.functions().frame_get_body_index_map)(self.handle) });
        if handle.is_null() {
            return Err(Error::unexpected(FUNCTION, "the library returned no image"));
        }
        Image::from_handle(self.tracker.library.library(), handle, FUNCTION)
    }

    /// The capture that was enqueued.
    ///
    /// # Errors
    /// Fails if the library returns no capture.
    pub fn capture(&self) -> Result<Capture> {
        const FUNCTION: &str = "k4abt_frame_get_capture";
        // SAFETY: the handle lives; the result is a new reference, or null.
        let handle = log::during(|| unsafe { (self.functions().frame_get_capture)(self.handle) });
        if handle.is_null() {
            return Err(Error::unexpected(
                FUNCTION,
                "the library returned no capture",
            ));
        }
        Ok(Capture::from_handle(self.tracker.library.library(), handle))
    }
}

impl Drop for BodyFrame {
    fn drop(&mut self) {
        // SAFETY: the handle is ours and is not used again; the tracker is freed afterwards.
        unsafe { (self.functions().frame_release)(self.handle) }
    }
}
