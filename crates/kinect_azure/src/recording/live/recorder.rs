//! The handle of a live recorder.

use std::path::PathBuf;
use std::sync::Arc;

use super::disk::{LocalDisk, RecordingDisk};
use super::queue::Shared;
use super::running::Running;
use super::settings::LiveSettings;
use super::state::{LiveFigures, LiveState};
use super::worker::Worker;
use crate::body::BodyFrame;
use crate::capture::{Capture, ImuSample};
use crate::recording::writer::RecordingSettings;

/// A recording that is made while a source runs.
///
/// All its methods but [`finish`](Self::finish) return at once, however slow the disk is. It can be shared between
/// the thread that runs the source and the thread that displays the recorder's state. After [`stop`](Self::stop), or
/// when the recorder is dropped, its thread writes the queued data and finishes the file. A process that ends before
/// that leaves a file that [`Recording`](crate::recording::Recording) plays and the vendor's player does not open:
/// see [`wait_for_recorders`](super::wait_for_recorders).
///
/// ```no_run
/// use std::time::Duration;
/// use kinect_azure::recording::{LiveRecorder, LiveSettings, RecordingSettings};
/// use kinect_simulation::{SimulatedSensor, SimulationSettings};
/// use kinect_azure::{CaptureSource, NextCapture};
///
/// let mut sensor = SimulatedSensor::new(&SimulationSettings::default())?;
/// let recorder = LiveRecorder::start(LiveSettings::new("visitors-{date}-{number}.mkv"));
/// recorder.source_opened(RecordingSettings::of(&sensor));
/// for _ in 0..300 {
///     if let NextCapture::Capture(capture) = sensor.next_capture(Duration::from_millis(100))? {
///         recorder.push_capture(&capture);
///     }
///     while let Some(sample) = sensor.next_imu_sample()? {
///         recorder.push_imu_sample(&sample);
///     }
/// }
/// println!("{:?}", recorder.finish());
/// # Ok::<(), kinect_azure::SourceError>(())
/// ```
#[derive(Debug)]
pub struct LiveRecorder {
    shared: Arc<Shared>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl LiveRecorder {
    /// Starts a recording. The first file is created once [`source_opened`](Self::source_opened) was called with the
    /// source's modes. Errors, also of starting, are reported by [`state`](Self::state).
    pub fn start(settings: LiveSettings) -> Self {
        Self::start_on(Box::new(LocalDisk::default()), settings)
    }

    /// Starts a recording on the caller's own [`RecordingDisk`].
    pub fn start_on(disk: Box<dyn RecordingDisk>, settings: LiveSettings) -> Self {
        let shared = Arc::new(Shared::new(settings.most_queued_bytes));
        let worker = Worker::new(Arc::clone(&shared), disk, settings);
        let running = Running::begin();
        let thread = std::thread::Builder::new()
            .name("kinect recorder".to_owned())
            .spawn(move || {
                let _running = running;
                worker.run();
            });
        let thread = match thread {
            Ok(thread) => Some(thread),
            Err(error) => {
                shared.end(LiveState::Failed {
                    reason: format!(
                        "no thread could be started for the recording: {error}; close programs or raise the limit of \
                         threads, then record again"
                    ),
                });
                None
            }
        };
        Self { shared, thread }
    }

    /// Tells the recorder that the source is open, and that its captures have these settings from now on. The
    /// application's tags and attachments are added to those of the [`LiveSettings`]. Call it whenever the source was
    /// opened (again): a file ends, and the next capture begins another one.
    pub fn source_opened(&self, settings: RecordingSettings) {
        self.shared.push_opened(settings);
    }

    /// Tells the recorder that the source is closed, lost or at its end, so that the file is finished. Captures that
    /// come later, for example because a recording that plays was sought back, begin another file.
    pub fn source_closed(&self) {
        self.shared.push_closed();
    }

    /// Queues a capture, whose images are shared, not copied. The capture is left out and counted if the queue is
    /// full, and ignored if the recording has ended.
    pub fn push_capture(&self, capture: &Capture) {
        self.shared.push_capture(capture);
    }

    /// Queues an inertial sample. Samples are recorded in their order, also while captures are left out.
    pub fn push_imu_sample(&self, sample: &ImuSample) {
        self.shared.push_sample(sample);
    }

    /// Queues the bodies that a tracker found in a depth image, at most 2 s after the image was queued. They are
    /// recorded if [`RecordingSettings::bodies`] is `true`.
    pub fn push_bodies(&self, frame: &Arc<BodyFrame>) {
        self.shared.push_bodies(frame);
    }

    /// Stops the recording: the queued data is written, the file is finished, and later data is ignored.
    pub fn stop(&self) {
        self.shared.stop();
    }

    /// The recorder's state.
    pub fn state(&self) -> LiveState {
        self.shared.state()
    }

    /// The number of captures, samples and bytes that were recorded and left out so far.
    pub fn figures(&self) -> LiveFigures {
        self.shared.figures()
    }

    /// The file that is being written, or the last one that was.
    pub fn path(&self) -> Option<PathBuf> {
        self.shared.path()
    }

    /// The last warning, for example of a disk that is nearly full; [`LiveFigures::warnings`] counts them.
    pub fn warning(&self) -> Option<String> {
        self.shared.warning()
    }

    /// Stops the recording and waits until the file is finished; returns the final state.
    pub fn finish(mut self) -> LiveState {
        self.stop();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread is reported in the state already.
            let _ = thread.join();
        }
        self.state()
    }
}

impl Drop for LiveRecorder {
    fn drop(&mut self) {
        self.stop();
    }
}
