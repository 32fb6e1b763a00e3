//! Where a recorder is joined to a capture thread: everything that the source delivers passes here before the newest
//! wins.
//!
//! A tap belongs to the sensor entity, not to one of its threads, so that a recorder outlasts them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bevy::prelude::*;
use kinect_azure::recording::{LiveRecorder, RecordingSettings};
use kinect_azure::{Capture, CaptureSource, ImuSample};

/// A sensor's tap; its capture thread has another end of it.
#[derive(Component, Clone, Debug, Default)]
pub(crate) struct RecorderTap(Arc<Mutex<Tap>>);

#[derive(Debug, Default)]
struct Tap {
    recorder: Option<Arc<LiveRecorder>>,
    /// What a recording of the source holds; `None` while it is closed.
    source: Option<RecordingSettings>,
}

impl RecorderTap {
    /// Held for a few instructions, by the capture thread and by the app.
    fn lock(&self) -> MutexGuard<'_, Tap> {
        // What is inside is whole at any time: a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives everything from now on to that recorder instead of any other.
    pub(super) fn attach(&self, recorder: Arc<LiveRecorder>) {
        let mut tap = self.lock();
        if let Some(source) = &tap.source {
            recorder.source_opened(source.clone());
        }
        tap.recorder = Some(recorder);
    }

    /// Gives nothing to that recorder any more.
    pub(super) fn detach(&self, recorder: &Arc<LiveRecorder>) {
        let mut tap = self.lock();
        let is_it = |attached: &mut Arc<LiveRecorder>| Arc::ptr_eq(attached, recorder);
        drop(tap.recorder.take_if(is_it));
    }

    /// The thread has opened its source.
    pub(crate) fn opened(&self, source: &dyn CaptureSource) {
        let settings = RecordingSettings::of(source);
        let mut tap = self.lock();
        if let Some(recorder) = &tap.recorder {
            recorder.source_opened(settings.clone());
        }
        tap.source = Some(settings);
    }

    /// The thread has closed its source.
    pub(crate) fn closed(&self) {
        let mut tap = self.lock();
        if tap.source.take().is_some()
            && let Some(recorder) = &tap.recorder
        {
            recorder.source_closed();
        }
    }

    /// The source is at its end, but may be sought back.
    pub(crate) fn ended(&self) {
        if let Some(recorder) = &self.lock().recorder {
            recorder.source_closed();
        }
    }

    pub(crate) fn capture(&self, capture: &Capture) {
        if let Some(recorder) = &self.lock().recorder {
            recorder.push_capture(capture);
        }
    }

    pub(crate) fn sample(&self, sample: &ImuSample) {
        if let Some(recorder) = &self.lock().recorder {
            recorder.push_imu_sample(sample);
        }
    }
}
