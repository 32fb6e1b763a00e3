//! The trait of all trackers.

use std::sync::Arc;

use kinect_azure::body::BodyFrame;
use kinect_azure::{Calibration, Capture};

use super::stop::StopSignal;

/// Finds bodies in captures.
///
/// A tracker is opened, used and dropped on one thread, which calls [`track`](Self::track) in a loop.
/// [`TrackerRunner`](super::TrackerRunner) is such a thread; a converter that needs every capture can call it itself.
pub trait BodyTracker: Send {
    /// The tracker's name and the processor it runs on, for display: "vendor's tracker 1.1 on CUDA".
    fn name(&self) -> &str;

    /// Sentences about libraries or devices that the tracker could not use, and what it uses instead: "CUDA is not
    /// installed; the processor runs the network". A tracker may add sentences while it runs; it never removes one.
    fn notes(&self) -> &[String] {
        &[]
    }

    /// Finds the bodies in a capture. Joints are in the depth camera's axes of the calibration, which is the same for
    /// all calls of one tracker.
    ///
    /// A tracker that works on several captures at a time returns the frame of an earlier capture; the frame's timestamp
    /// is that of its depth image. `None` if no frame is ready yet, or if the capture lacks an image that the tracker
    /// needs. A tracker whose queue is full waits until there is room: it accepts every capture.
    ///
    /// A call should return within half a second: it cannot be interrupted. A tracker that waits for longer must
    /// check the [`StopSignal`] that it was opened with.
    ///
    /// # Errors
    /// Fails if the capture cannot be tracked or the tracker has stopped working; [`TrackerErrorKind`] says whether the
    /// tracker can continue.
    fn track(
        &mut self,
        capture: &Capture,
        calibration: &Calibration,
    ) -> Result<Option<Arc<BodyFrame>>, TrackerError>;

    /// Waits for the frame of the oldest capture that the tracker still works on; `None` if it works on none. A converter
    /// calls this after the last capture, until it returns `None`.
    ///
    /// # Errors
    /// Fails as [`track`](Self::track) does.
    fn drain(&mut self) -> Result<Option<Arc<BodyFrame>>, TrackerError> {
        Ok(None)
    }
}

/// A function that opens a tracker for a calibration. It is called on the thread that will run the tracker, and again
/// after a failure or a change of the calibration. It may take seconds, but must return an error soon after the signal
/// tells it to stop.
pub type OpenTracker =
    dyn Fn(&Calibration, &StopSignal) -> Result<Box<dyn BodyTracker>, TrackerError> + Send + Sync;

impl StopSignal {
    /// Does nothing while the signal is not given.
    ///
    /// # Errors
    /// Fails if the thread should end, for trackers that open in several steps.
    pub fn check(&self) -> Result<(), TrackerError> {
        if self.is_given() {
            Err(TrackerError::failed(
                "the body tracker was stopped while it opened",
            ))
        } else {
            Ok(())
        }
    }
}

/// The error of a tracker.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TrackerError {
    /// Whether and how the tracker can continue.
    pub kind: TrackerErrorKind,
    /// What happened, to which capture, file or device, and what to do.
    pub message: String,
}

impl TrackerError {
    /// One capture could not be tracked.
    pub fn bad_capture(message: impl Into<String>) -> Self {
        Self {
            kind: TrackerErrorKind::BadCapture,
            message: message.into(),
        }
    }

    /// The tracker has stopped working.
    pub fn failed(message: impl Into<String>) -> Self {
        Self {
            kind: TrackerErrorKind::Failed,
            message: message.into(),
        }
    }

    /// The tracker cannot be used until something is installed or changed.
    pub fn unusable(message: impl Into<String>) -> Self {
        Self {
            kind: TrackerErrorKind::Unusable,
            message: message.into(),
        }
    }
}

/// The consequence of an error for the next capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub enum TrackerErrorKind {
    /// This capture could not be tracked; the next one may.
    BadCapture,
    /// The tracker has stopped working; opening it again may help.
    Failed,
    /// The tracker cannot be used: a library or a model is missing or wrong. Opening it again without a change does
    /// not help.
    Unusable,
}
