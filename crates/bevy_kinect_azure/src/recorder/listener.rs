//! The recorder as a capture listener: it gets every capture, not only the newest.

use kinect_azure::recording::{LiveRecorder, RecordingSettings};
use kinect_azure::{Capture, CaptureSource, ImuSample};

use crate::sensor::CaptureListener;

/// A recorder only puts captures and samples into its queue, so it never holds the capture thread up.
impl CaptureListener for LiveRecorder {
    fn prefers_jpegs(&self) -> bool {
        true
    }

    fn opened(&self, source: &dyn CaptureSource) {
        self.source_opened(RecordingSettings::of(source));
    }

    fn closed(&self) {
        self.source_closed();
    }

    fn ended(&self) {
        self.source_closed();
    }

    fn capture(&self, capture: &Capture) {
        self.push_capture(capture);
    }

    fn sample(&self, sample: &ImuSample) {
        self.push_imu_sample(sample);
    }
}
