//! A thread that gives a tracker the newest capture.

use std::fmt;
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use kinect_azure::body::BodyFrame;
use kinect_azure::{Calibration, Capture};

use super::body_tracker::{BodyTracker, OpenTracker, TrackerError};
use super::newest::{Shared, Submitted};
use super::reaper;
use super::settings::RunnerSettings;
use super::status::{TrackerState, TrackerStatus};
use super::stop::StopSignal;
use super::worker::Worker;

/// The state of a runner's thread after it was told to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// The thread has ended.
    Ended,
    /// The thread is still in a call of the tracker and was left behind; see
    /// [`abandoned_threads`](super::abandoned_threads).
    Abandoned,
}

/// Runs a tracker on a thread of its own: it gives the tracker the newest capture and keeps the newest body frame. No
/// method waits for the tracker, except those whose names say so.
///
/// The tracker is opened with the first capture. After a failure it is opened again, at first soon, then at longer
/// and longer intervals. Dropping the runner ends the thread; a thread whose tracker does not return is left behind
/// and joined later.
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
/// use kinect_tracking::tracker::{RunnerSettings, TrackerRunner, TruthTracker};
///
/// let mut runner = TrackerRunner::start(RunnerSettings::default(), |_, _| {
///     Ok(Box::new(TruthTracker::default()) as _)
/// })?;
/// # let calibration = Arc::new(kinect_azure::Calibration {
/// #     depth_camera: None, color_camera: None, extrinsics: Default::default(),
/// #     depth_mode: Default::default(), color_resolution: Default::default(),
/// # });
/// # let truth = kinect_azure::body::BodyFrame::default();
/// # let capture = kinect_azure::Capture { ground_truth: Some(Arc::new(truth)), ..Default::default() };
/// runner.submit(capture, &calibration);
/// let frame = runner.wait_for_frame(Duration::from_secs(5));
/// assert!(frame.is_some());
/// # Ok::<(), kinect_tracking::tracker::TrackerError>(())
/// ```
pub struct TrackerRunner {
    settings: RunnerSettings,
    open: Arc<OpenTracker>,
    shared: Arc<Shared>,
    stop: StopSignal,
    thread: Option<JoinHandle<()>>,
}

impl TrackerRunner {
    /// Starts the thread. `open` is called on that thread to open the tracker, with the first capture and after each
    /// failure.
    ///
    /// # Errors
    /// Fails if the system cannot start a thread.
    pub fn start(
        settings: RunnerSettings,
        open: impl Fn(&Calibration, &StopSignal) -> Result<Box<dyn BodyTracker>, TrackerError>
        + Send
        + Sync
        + 'static,
    ) -> Result<Self, TrackerError> {
        let mut runner = Self {
            settings,
            open: Arc::new(open),
            shared: Arc::new(Shared::new()),
            stop: StopSignal::new(),
            thread: None,
        };
        runner.spawn(0, Duration::ZERO)?;
        Ok(runner)
    }

    fn spawn(&mut self, number: u64, pause: Duration) -> Result<(), TrackerError> {
        self.stop = StopSignal::new();
        let worker = Worker {
            number,
            shared: Arc::clone(&self.shared),
            stop: self.stop.clone(),
            open: Arc::clone(&self.open),
            settings: self.settings,
            pause,
        };
        let thread = std::thread::Builder::new()
            .name("body tracker".into())
            .spawn(move || worker.run())
            .map_err(|error| {
                TrackerError::failed(format!(
                    "the system cannot start a thread for the body tracker: {error}; close other programs"
                ))
            })?;
        self.thread = Some(thread);
        Ok(())
    }

    /// Submits a capture to the tracker. If an earlier capture still waits for the tracker, this capture replaces it,
    /// and the earlier one is counted as dropped. If the calibration differs from that of the captures before, the
    /// tracker is opened again.
    pub fn submit(&mut self, capture: Capture, calibration: &Arc<Calibration>) {
        let submitted = Submitted {
            capture,
            calibration: Arc::clone(calibration),
            at: Instant::now(),
        };
        let replaced = {
            let mut inner = self.shared.lock();
            inner.captures += 1;
            let replaced = inner.pending.replace(submitted);
            inner.dropped += u64::from(replaced.is_some());
            replaced
        };
        self.shared.submitted.notify_one();
        // The images are dropped without holding the lock.
        drop(replaced);
        self.watch();
    }

    /// The newest body frame; `None` if the tracker has returned no frame since the last call.
    pub fn take_frame(&mut self) -> Option<Arc<BodyFrame>> {
        self.watch();
        self.shared.lock().take_frame()
    }

    /// Waits for a new body frame, at most for `timeout`.
    pub fn wait_for_frame(&mut self, timeout: Duration) -> Option<Arc<BodyFrame>> {
        self.watch();
        let inner = self.shared.lock();
        let (mut inner, _) = self
            .shared
            .came_out
            .wait_timeout_while(inner, timeout, |inner| !inner.has_frame())
            .unwrap_or_else(PoisonError::into_inner);
        inner.take_frame()
    }

    /// What the tracker does and how long it takes.
    pub fn status(&mut self) -> TrackerStatus {
        let mut status = TrackerStatus::default();
        self.write_status(&mut status);
        status
    }

    /// Writes the [`status`](Self::status) over an earlier one. Does not allocate, unless texts have become longer.
    pub fn write_status(&mut self, status: &mut TrackerStatus) {
        self.watch();
        self.shared.lock().write_status(status);
    }

    /// Writes the depth timestamps in µs of the captures that are in the tracker over `times`: at most 16 captures that
    /// the tracker was given and whose body frames have not come out. A tracker that leaves captures out keeps them in
    /// this list until a later body frame comes out.
    pub fn write_times_in_tracker(&self, times: &mut Vec<u64>) {
        times.clear();
        times.extend(self.shared.lock().in_tracker());
    }

    /// Tells the thread to end without waiting for it; dropping the runner does the same.
    pub fn stop(mut self) {
        self.leave();
    }

    /// Tells the thread to end and waits for it, at most for `timeout`. A second is enough for a tracker that returns
    /// as [`BodyTracker::track`] asks.
    pub fn stop_within(mut self, timeout: Duration) -> Stopped {
        self.tell();
        let Some(thread) = self.thread.take() else {
            return Stopped::Ended;
        };
        let until = Instant::now() + timeout;
        while !thread.is_finished() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(2));
        }
        if thread.is_finished() {
            reaper::join(thread);
            return Stopped::Ended;
        }
        reaper::leave_behind(self.shared.lock().name.clone(), thread);
        Stopped::Abandoned
    }

    /// Leaves a thread behind whose tracker does not return, and starts another one.
    fn watch(&mut self) {
        let hung = Duration::try_from_secs_f32(self.settings.hung_after_seconds)
            .unwrap_or(Duration::from_secs(300));
        let (number, pause, left_too_many) = {
            let mut inner = self.shared.lock();
            let Some(since) = inner.busy_since.filter(|since| since.elapsed() > hung) else {
                return;
            };
            let message = format!(
                "the body tracker has not returned for {:.0} s; its thread is left behind; if this \
                 happens again, restart the program and update the graphics driver",
                since.elapsed().as_secs_f32()
            );
            inner.fails(&message);
            inner.busy_since = None;
            inner.worker += 1;
            inner.abandoned += 1;
            let left_too_many = inner.abandoned > self.settings.most_abandoned;
            if left_too_many {
                inner.state = TrackerState::Unusable(message);
            } else {
                inner.restarts += 1;
                inner.state = TrackerState::Restarting(message);
            }
            let failures = u32::try_from(inner.abandoned - 1).unwrap_or(u32::MAX);
            let pause = self.settings.pause_after(failures);
            (inner.worker, pause, left_too_many)
        };
        self.leave();
        if !left_too_many && let Err(error) = self.spawn(number, pause) {
            let mut inner = self.shared.lock();
            inner.fails(&error.message);
            inner.state = TrackerState::Unusable(error.message);
        }
    }

    fn tell(&self) {
        self.stop.give();
        // Taking the lock once ensures that a worker that checks for a capture sees the signal afterwards.
        drop(self.shared.lock());
        self.shared.submitted.notify_all();
    }

    fn leave(&mut self) {
        self.tell();
        if let Some(thread) = self.thread.take() {
            reaper::leave_behind(self.shared.lock().name.clone(), thread);
        }
    }
}

impl Drop for TrackerRunner {
    fn drop(&mut self) {
        self.leave();
    }
}

impl fmt::Debug for TrackerRunner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrackerRunner")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
