//! The tracker: it takes captures, returns frames, and handles each of the library's errors.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use k4a::{ErrorKind, ProcessingMode, TrackerLibrary, Wait};
use kinect_azure::body::BodyFrame;
use kinect_azure::{Calibration, Capture, DepthMode, Image};

use super::captures::Captures;
use super::finding::tracker_library;
use super::frames::Frames;
use super::setup::VendorSetup;
use crate::tracker::{BodyTracker, StopSignal, TrackerError, TrackerErrorKind};

/// The library's own queue holds three captures.
const QUEUE: usize = 3;
/// How long the library may take to accept a capture for which it has room.
const ROOM: Duration = Duration::from_millis(200);
/// How often a call that waits for a frame checks whether to stop.
const LOOK: Duration = Duration::from_millis(100);
/// A frame that takes longer than this counts as lost.
const SILENT: Duration = Duration::from_secs(10);
/// The first frame may take longer, while the graphics card is set up.
const SILENT_AT_FIRST: Duration = Duration::from_secs(60);
/// The first frame may take minutes while TensorRT optimises the network.
const SILENT_WHILE_OPTIMISING: Duration = Duration::from_secs(280);

/// The vendor's body tracker.
///
/// On a graphics card the library works on up to three captures at a time, because it runs the network for one capture
/// while it fits bodies to another; on the processor it works on one capture. If the library has that many captures,
/// the tracker waits for a frame before it submits the next capture. Dropping the tracker shuts it down and destroys
/// it, which may take seconds.
#[derive(Debug)]
pub struct VendorTracker {
    name: String,
    notes: Vec<String>,
    /// Depth images are of this mode.
    depth_mode: DepthMode,
    /// The time from one capture to the next.
    period: Duration,
    most_in_works: usize,
    /// The captures that the library works on: the timestamps of their depth images in µs, and when they were enqueued.
    in_works: VecDeque<(u64, Instant)>,
    stop: StopSignal,
    /// How long the next frame may take.
    patience: Duration,
    /// Errors of calls that returned a frame.
    late_errors: VecDeque<TrackerError>,
    captures: Captures,
    frames: Frames,
    tracker: k4a::Tracker,
}

impl VendorTracker {
    /// Loads the library and opens the tracker, which takes seconds.
    ///
    /// # Errors
    /// Fails with [`Unusable`](crate::tracker::TrackerErrorKind::Unusable) if the library is not installed or belongs
    /// to another vendor, if the mode has no depth, if the factory calibration or the file of the network is missing,
    /// or if version 1.0 does not support the settings. Fails with [`Failed`](crate::tracker::TrackerErrorKind::Failed)
    /// if the library reports a failure without a reason.
    pub fn open(
        setup: &VendorSetup,
        calibration: &Calibration,
        stop: &StopSignal,
    ) -> Result<Self, TrackerError> {
        let camera = calibration
            .depth_camera
            .as_ref()
            .filter(|_| calibration.depth_mode.has_depth())
            .ok_or_else(|| no_depth(setup, calibration.depth_mode))?;
        let raw = setup.factory_calibration.as_deref().ok_or_else(|| {
            TrackerError::unusable(format!(
                "the vendor's body tracker needs the sensor's factory calibration, which {} does not have; choose \
                 another body tracker",
                setup.sensor
            ))
        })?;
        if let Some(model) = &setup.configuration.model_path
            && !model.is_file()
        {
            return Err(TrackerError::unusable(format!(
                "the model {} of the vendor's body tracker is not there; name one of the files dnn_model_2_0*.onnx of \
                 the Azure Kinect Body Tracking SDK, or no file for its standard model",
                model.display()
            )));
        }
        let library = tracker_library(setup)?;
        let structure = library
            .library()
            .calibration(
                raw,
                calibration.depth_mode.into(),
                calibration.color_resolution.into(),
            )
            .map_err(|error| {
                TrackerError::unusable(format!(
                    "the vendor's library does not take the factory calibration of {}: {error}",
                    setup.sensor
                ))
            })?;
        told_to_stop(stop)?;
        let (tracker, mode, notes) = create(&library, &structure, setup, stop)?;
        // If no caller waits for the tracker any more, it is destroyed at once.
        told_to_stop(stop)?;
        tracker.set_temporal_smoothing(setup.smoothing);
        Ok(Self {
            name: name(&library, mode),
            notes,
            depth_mode: calibration.depth_mode,
            period: Duration::from_nanos(setup.frame_rate.period_ns()),
            most_in_works: if mode == ProcessingMode::Cpu {
                1
            } else {
                QUEUE
            },
            in_works: VecDeque::with_capacity(QUEUE),
            stop: stop.clone(),
            patience: if mode == ProcessingMode::GpuTensorRt {
                SILENT_WHILE_OPTIMISING
            } else {
                SILENT_AT_FIRST
            },
            late_errors: VecDeque::new(),
            captures: Captures::new(library.library()),
            frames: Frames::new((camera.width, camera.height)),
            tracker,
        })
    }

    /// Waits for the next frame, at most that long.
    fn pop(&mut self, timeout: Duration) -> Result<Option<Arc<BodyFrame>>, TrackerError> {
        let frame = match self.tracker.pop(timeout) {
            Ok(Wait::Ready(frame)) => frame,
            Ok(Wait::TimedOut) => return self.check_silence().map(|()| None),
            // The library returned no frame; it may return the next one.
            Err(error) if error.kind() == ErrorKind::Unexpected => {
                self.in_works.pop_front();
                return Err(TrackerError::bad_capture(format!(
                    "the vendor's body tracker gave no frame for a capture: {error}"
                )));
            }
            Err(error) => {
                return Err(TrackerError::failed(format!(
                    "the vendor's body tracker has stopped ({error}); it is opened again; if this repeats, free \
                     graphics memory or choose another processing mode"
                )));
            }
        };
        self.patience = SILENT;
        let usec = frame.device_timestamp_usec();
        // Frames come in the order of their captures, so the frames of captures before this one are lost.
        let place = self
            .in_works
            .iter()
            .position(|(entered, _)| *entered == usec);
        let done = place.map_or(1, |place| place + 1).min(self.in_works.len());
        self.in_works.drain(..done);
        let read = self.frames.read(&frame);
        for note in self.frames.take_notes() {
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
        read.map(Some)
    }

    /// Waits for the next frame until it comes; `None` if the tracker was told to stop.
    fn wait_for_frame(&mut self) -> Result<Option<Arc<BodyFrame>>, TrackerError> {
        while !self.stop.is_given() {
            let found = self.pop(LOOK)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// Checks that the frame of the oldest capture can still come.
    fn check_silence(&self) -> Result<(), TrackerError> {
        match self.in_works.front() {
            Some((_, since)) if since.elapsed() > self.patience => {
                Err(TrackerError::failed(format!(
                    "the vendor's body tracker has given no frame for {:.0} s; it is opened again; if this repeats, update \
                 the graphics driver or choose another processing mode",
                    since.elapsed().as_secs_f32()
                )))
            }
            _ => Ok(()),
        }
    }

    /// Gives a capture to the tracker; otherwise returns the reason for refusing it.
    fn enqueue(&mut self, depth: &Image, capture: &Capture) -> Result<(), TrackerError> {
        let bad = |what: String| Err(TrackerError::bad_capture(what));
        let (width, height) = self.depth_mode.size();
        if (depth.width, depth.height) != (width, height) {
            return bad(format!(
                "a depth image has {} × {} pixels where its mode {:?} has {width} × {height}; it is not tracked",
                depth.width, depth.height, self.depth_mode
            ));
        }
        let taken = self
            .captures
            .capture(depth, capture)
            .and_then(|made| self.tracker.enqueue(&made, ROOM));
        match taken {
            Ok(Wait::Ready(())) => {
                self.in_works
                    .push_back((depth.device_timestamp_usec, Instant::now()));
                Ok(())
            }
            Ok(Wait::TimedOut) => bad(format!(
                "the queue of the vendor's body tracker is full with {} of its {QUEUE} captures taken; a capture was \
                 left out",
                self.in_works.len()
            )),
            Err(error) => bad(format!(
                "the vendor's body tracker does not take a capture{}: {error}",
                if capture.ir.is_some() {
                    ""
                } else {
                    ", which has no infrared image"
                }
            )),
        }
    }
}

impl BodyTracker for VendorTracker {
    fn name(&self) -> &str {
        &self.name
    }

    fn notes(&self) -> &[String] {
        &self.notes
    }

    fn track(
        &mut self,
        capture: &Capture,
        _: &Calibration,
    ) -> Result<Option<Arc<BodyFrame>>, TrackerError> {
        let mut found = None;
        if self.in_works.len() >= self.most_in_works {
            match self.wait_for_frame() {
                Ok(None) => return Ok(None),
                Ok(frame) => found = frame,
                // The frame of another capture; this capture is not lost with it.
                Err(error) if error.kind == TrackerErrorKind::BadCapture => {
                    self.late_errors.push_back(error);
                }
                Err(error) => return Err(error),
            }
        }
        if let Some(depth) = &capture.depth
            && let Err(error) = self.enqueue(depth, capture)
        {
            // Frames that are ready are not lost with a capture.
            self.late_errors.push_back(error);
        }
        if found.is_none() && !self.in_works.is_empty() {
            found = self.pop(self.period)?;
        }
        match self.late_errors.pop_front_if(|_| found.is_none()) {
            Some(error) => Err(error),
            None => Ok(found),
        }
    }

    fn drain(&mut self) -> Result<Option<Arc<BodyFrame>>, TrackerError> {
        if let Some(error) = self.late_errors.pop_front() {
            return Err(error);
        }
        if self.in_works.is_empty() {
            return Ok(None);
        }
        self.wait_for_frame()
    }
}

impl Drop for VendorTracker {
    fn drop(&mut self) {
        self.tracker.shutdown();
        // Finished frames are taken out before the tracker is destroyed.
        for _ in 0..=QUEUE {
            match self.tracker.pop(Duration::ZERO) {
                Ok(Wait::Ready(frame)) => drop(frame),
                Err(error) if error.kind() == ErrorKind::Unexpected => {}
                Ok(Wait::TimedOut) | Err(_) => break,
            }
        }
    }
}

/// Creates the tracker; on the processor if the graphics card cannot be used and the setup allows that. Also returns
/// the mode in which it runs, and a note about what could not be used.
fn create(
    library: &TrackerLibrary,
    calibration: &k4a::abi::Calibration,
    setup: &VendorSetup,
    stop: &StopSignal,
) -> Result<(k4a::Tracker, ProcessingMode, Vec<String>), TrackerError> {
    let wanted = &setup.configuration;
    let mode = wanted.processing_mode;
    if mode == ProcessingMode::GpuDirectMl && !cfg!(windows) {
        return Err(TrackerError::unusable(
            "the vendor's body tracker has DirectML on Windows only; choose the processing mode Gpu, Cuda, TensorRt or \
             Cpu",
        ));
    }
    let refused = match library.tracker(calibration, wanted) {
        Ok(tracker) => return Ok((tracker, mode, Vec::new())),
        Err(error) => error,
    };
    if mode == ProcessingMode::Cpu
        || !setup.processor_instead
        || !matches!(refused.kind(), ErrorKind::Failed | ErrorKind::Unexpected)
    {
        return Err(not_created(&refused));
    }
    told_to_stop(stop)?;
    let on_processor = k4a::TrackerConfiguration {
        processing_mode: ProcessingMode::Cpu,
        ..wanted.clone()
    };
    match library.tracker(calibration, &on_processor) {
        Ok(tracker) => Ok((
            tracker,
            ProcessingMode::Cpu,
            vec![format!(
                "the vendor's body tracker cannot use the graphics card ({refused}); the processor runs the network, \
                 which is slow"
            )],
        )),
        // The reason is not the graphics card.
        Err(_) => Err(not_created(&refused)),
    }
}

fn not_created(error: &k4a::Error) -> TrackerError {
    let message = format!("the vendor's body tracker does not start: {error}");
    match error.kind() {
        ErrorKind::InvalidArgument | ErrorKind::NotSupported => TrackerError::unusable(message),
        // The library gives no reason; perhaps memory becomes free later.
        _ => TrackerError::failed(message),
    }
}

fn no_depth(setup: &VendorSetup, mode: DepthMode) -> TrackerError {
    TrackerError::unusable(format!(
        "the vendor's body tracker needs depth images, and {} runs in the depth mode {mode:?}; use NfovUnbinned or \
         Wfov2x2Binned",
        setup.sensor
    ))
}

fn told_to_stop(stop: &StopSignal) -> Result<(), TrackerError> {
    if stop.is_given() {
        return Err(TrackerError::failed(
            "the vendor's body tracker was told to stop while it was opened",
        ));
    }
    Ok(())
}

fn name(library: &TrackerLibrary, mode: ProcessingMode) -> String {
    let version = if library.is_1_1() { "1.1" } else { "1.0" };
    let on = match mode {
        ProcessingMode::Gpu => "the graphics card",
        ProcessingMode::Cpu => "the processor",
        ProcessingMode::GpuCuda => "CUDA",
        ProcessingMode::GpuTensorRt => "TensorRT",
        ProcessingMode::GpuDirectMl => "DirectML",
    };
    format!("vendor's body tracker {version} on {on}")
}
