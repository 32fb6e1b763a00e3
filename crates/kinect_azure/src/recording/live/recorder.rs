//! The recorder as its user sees it.

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
/// All its methods but [`finish`](Self::finish) return at once, whatever the disk does. It can be shared between
/// whoever runs the source and whoever shows how it is doing; [`stop`](Self::stop), or dropping it, has its thread
/// write what waits and finish the file. A process that ends before that leaves a file that
/// [`Recording`](crate::recording::Recording) plays and the vendor's player does not open: see
/// [`wait_for_recorders`](super::wait_for_recorders).
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
    /// Starts a recording. Its file is created once [`source_opened`](Self::source_opened) says what is recorded;
    /// what goes wrong, then or here, is its [`state`](Self::state).
    pub fn start(settings: LiveSettings) -> Self {
        Self::start_on(Box::new(LocalDisk::default()), settings)
    }

    /// Starts a recording on something that stands for a disk.
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

    /// The source is open: from now on captures of these settings come. The application's tags and attachments are
    /// added to those of the [`LiveSettings`]. Call it whenever the source was opened (again): a file ends, and the
    /// next capture begins another one.
    pub fn source_opened(&self, settings: RecordingSettings) {
        self.shared.push_opened(settings);
    }

    /// The source is closed, lost or at its end: the file is finished. Captures that come nevertheless, say because a
    /// recording was sought back, begin another one.
    pub fn source_closed(&self) {
        self.shared.push_closed();
    }

    /// Hands over a capture: its images are shared, not copied. Left out and counted when the queue is full; ignored
    /// once the recording has ended.
    pub fn push_capture(&self, capture: &Capture) {
        self.shared.push_capture(capture);
    }

    /// Hands over an inertial sample. Samples are kept in their order, also while captures are left out.
    pub fn push_imu_sample(&self, sample: &ImuSample) {
        self.shared.push_sample(sample);
    }

    /// Hands over the people in a depth image that was handed over before, as a tracker found them, up to 2 s later. They
    /// are recorded where [`RecordingSettings::bodies`] says so.
    pub fn push_bodies(&self, frame: &Arc<BodyFrame>) {
        self.shared.push_bodies(frame);
    }

    /// Has what waits written and the file finished; nothing is taken any more.
    pub fn stop(&self) {
        self.shared.stop();
    }

    /// How it is doing.
    pub fn state(&self) -> LiveState {
        self.shared.state()
    }

    /// How much was recorded so far, and how much was not.
    pub fn figures(&self) -> LiveFigures {
        self.shared.figures()
    }

    /// The file that is being written, or was last.
    pub fn path(&self) -> Option<PathBuf> {
        self.shared.path()
    }

    /// The last warning, such as of a disk that is nearly full; [`LiveFigures::warnings`] counts them.
    pub fn warning(&self) -> Option<String> {
        self.shared.warning()
    }

    /// Stops and waits until the file is finished; gives the state it ended in.
    pub fn finish(mut self) -> LiveState {
        self.stop();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread is a state already.
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
