//! The recorder as a capture listener: it gets every capture, not only the newest.

use std::sync::Arc;

use kinect_azure::recording::{LiveRecorder, RecordingSettings};
use kinect_azure::{Capture, CaptureSource, ImuSample};

use crate::sensor::CaptureListener;

/// A recorder that gets a sensor's captures. It only puts captures and samples into its queue, so it never holds the capture thread
/// up.
pub(super) struct RecordingListener {
    pub(super) recorder: Arc<LiveRecorder>,
    pub(super) bodies: RecordedBodies,
}

/// The bodies that are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RecordedBodies {
    None,
    /// Those that come with the captures.
    OfCaptures,
    /// Those of a tracker.
    OfTracker,
}

impl CaptureListener for RecordingListener {
    fn prefers_jpegs(&self) -> bool {
        true
    }

    fn opened(&self, source: &dyn CaptureSource) {
        let mut settings = RecordingSettings::of(source);
        settings.bodies = match self.bodies {
            RecordedBodies::None => false,
            RecordedBodies::OfCaptures => settings.bodies,
            RecordedBodies::OfTracker => true,
        };
        self.recorder.source_opened(settings);
    }

    fn closed(&self) {
        self.recorder.source_closed();
    }

    fn ended(&self) {
        self.recorder.source_closed();
    }

    fn capture(&self, capture: &Capture) {
        if self.bodies != RecordedBodies::OfCaptures && capture.ground_truth.is_some() {
            let mut capture = capture.clone();
            capture.ground_truth = None;
            self.recorder.push_capture(&capture);
        } else {
            self.recorder.push_capture(capture);
        }
    }

    fn sample(&self, sample: &ImuSample) {
        self.recorder.push_imu_sample(sample);
    }
}
