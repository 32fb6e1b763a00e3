//! Records what is live: on a thread of its own, without ever making the source wait.
//!
//! How it works: whoever runs a source hands over what it delivers; that goes into a queue of shared images, bounded
//! by bytes (`queue`). A thread (`worker`) takes it out and writes it with a
//! [`RecordingWriter`](super::RecordingWriter), which hands every full 32 ms to the operating system, so that a crash
//! costs what came last and no more. When the disk is slower than the sensor for so long that the queue is full,
//! whole captures are left out and counted until there is room again. `disk` is where files go, `names` what they are
//! called.
//!
//! **One file, one clock.** A file holds captures of one run of one source. When the source was opened again, or its
//! device time goes back by more than two captures and 50 ms (a device restarted, a recording began again), the file
//! is finished and what follows goes into another one: `visitors.mkv`, `visitors-2.mkv`. When modes change, the
//! recording ends.

mod disk;
mod names;
mod queue;
mod settings;
mod state;
mod worker;

pub use disk::{LocalDisk, RecordingDisk};
pub use settings::LiveSettings;
pub use state::{LiveFigures, LiveState};

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::capture::{Capture, ImuSample};
use queue::Shared;
use worker::Worker;

use super::RecordingSettings;

/// A recording that is made while a source runs.
///
/// All its methods but [`finish`](Self::finish) return at once, whatever the disk does. It can be shared between
/// whoever runs the source and whoever shows how it is doing; [`stop`](Self::stop), or dropping it, has its thread
/// write what waits and finish the file. A process that ends before that leaves a file that
/// [`Recording`](super::Recording) plays and the vendor's player does not open: see [`wait_for_recorders`].
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

/// Waits, at most `timeout`, until no [`LiveRecorder`] of this process has anything left to write; gives whether that
/// is so.
///
/// For the end of `main`: a process that ends takes its threads with it, and a file that is not finished yet plays with
/// [`Recording`](super::Recording) but not with the vendor's player. Recorders must have been stopped or dropped before,
/// or at least be about to be by other threads.
pub fn wait_for_recorders(timeout: Duration) -> bool {
    let end = Instant::now().checked_add(timeout);
    let mut count = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    while *count > 0 {
        let left = end.map_or(timeout, |end| end.saturating_duration_since(Instant::now()));
        if left.is_zero() {
            return false;
        }
        count = ENDED
            .wait_timeout(count, left)
            .map_or_else(|poisoned| poisoned.into_inner().0, |(count, _)| count);
    }
    true
}

/// How many recorders of this process have not finished their files.
static RUNNING: Mutex<usize> = Mutex::new(0);
/// Told when one has.
static ENDED: Condvar = Condvar::new();

/// Counts a recorder for as long as its thread runs, however that ends.
struct Running;

impl Running {
    fn begin() -> Self {
        *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        Self
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        ENDED.notify_all();
    }
}
