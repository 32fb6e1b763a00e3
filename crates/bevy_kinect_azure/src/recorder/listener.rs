//! Where a recorder is joined to a capture thread: everything that the source delivers passes here before the newest
//! wins.

use kinect_azure::recording::{LiveRecorder, RecordingSettings};
use kinect_azure::{Capture, CaptureSource, ImuSample};

use crate::sensor::CaptureListener;

/// A recorder only puts what it is given into its queue.
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
