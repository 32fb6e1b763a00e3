//! The thread of a tracker: opens the tracker, gives it captures, and opens it again after failures.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use kinect_azure::Calibration;

use super::body_tracker::{BodyTracker, OpenTracker, TrackerError, TrackerErrorKind};
use super::newest::{Inner, Shared, Submitted};
use super::settings::RunnerSettings;
use super::status::TrackerState;
use super::stop::StopSignal;

/// One thread's part of a runner.
pub(super) struct Worker {
    pub(super) number: u64,
    pub(super) shared: Arc<Shared>,
    pub(super) stop: StopSignal,
    pub(super) open: Arc<OpenTracker>,
    pub(super) settings: RunnerSettings,
    /// How long to wait before opening, after the failure of the worker before.
    pub(super) pause: Duration,
}

/// A tracker that is open.
struct Open {
    tracker: Box<dyn BodyTracker>,
    calibration: Arc<Calibration>,
    /// Errors of single captures in a row.
    bad_captures: u32,
}

impl Worker {
    /// Runs until it is told to stop or another worker has taken its place.
    pub(super) fn run(mut self) {
        let mut open: Option<Open> = None;
        let mut failures: u32 = 0;
        // An unusable tracker is not opened again for the same calibration.
        let mut refused: Option<Arc<Calibration>> = None;
        if self.pause > Duration::ZERO && self.stop.wait(self.pause) {
            return self.end(open);
        }
        while let Some(submitted) = self.next_capture() {
            let other = |calibration: &Arc<Calibration>| {
                !Arc::ptr_eq(calibration, &submitted.calibration)
                    && **calibration != *submitted.calibration
            };
            if open.as_ref().is_some_and(|open| other(&open.calibration)) {
                self.update(|inner| inner.restarts += 1);
                self.close(open.take());
            }
            if refused.as_ref().is_some_and(|refused| !other(refused)) {
                continue;
            }
            refused = None;
            let result = match &mut open {
                Some(open) => self.track(open, &submitted),
                None => self.open(&submitted.calibration).and_then(|tracker| {
                    let open = open.insert(Open {
                        tracker,
                        calibration: Arc::clone(&submitted.calibration),
                        bad_captures: 0,
                    });
                    self.track(open, &submitted)
                }),
            };
            match result {
                Ok(true) => failures = 0,
                Ok(false) => {}
                Err(error) if error.kind == TrackerErrorKind::Unusable => {
                    refused = Some(Arc::clone(&submitted.calibration));
                    self.update(|inner| {
                        inner.fails(&error.message);
                        inner.state = TrackerState::Unusable(error.message.clone());
                    });
                    self.close(open.take());
                }
                Err(error) => {
                    self.update(|inner| {
                        inner.fails(&error.message);
                        inner.restarts += 1;
                        inner.state = TrackerState::Restarting(error.message.clone());
                    });
                    self.close(open.take());
                    let pause = self.settings.pause_after(failures);
                    failures = failures.saturating_add(1);
                    if self.stop.wait(pause) {
                        break;
                    }
                }
            }
        }
        self.end(open);
    }

    fn end(&mut self, open: Option<Open>) {
        self.close(open);
        self.update(|inner| inner.state = TrackerState::Stopped);
    }

    /// Drops the tracker, which may hang like any other call.
    fn close(&self, open: Option<Open>) {
        if open.is_none() {
            return;
        }
        self.update(|inner| inner.busy_since = Some(Instant::now()));
        drop_quietly(open);
        self.update(|inner| inner.busy_since = None);
    }

    /// Waits for a capture; `None` when it is time to end.
    fn next_capture(&self) -> Option<Submitted> {
        let mut inner = self.shared.lock();
        loop {
            if inner.worker != self.number || self.stop.is_given() {
                return None;
            }
            if let Some(submitted) = inner.pending.take() {
                return Some(submitted);
            }
            inner = self
                .shared
                .submitted
                .wait(inner)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn open(&self, calibration: &Arc<Calibration>) -> Result<Box<dyn BodyTracker>, TrackerError> {
        self.update(|inner| {
            inner.state = TrackerState::Opening;
            inner.busy_since = Some(Instant::now());
        });
        let opened = caught(|| (self.open)(calibration, &self.stop));
        self.update(|inner| {
            inner.busy_since = None;
            if let Ok(tracker) = &opened {
                inner.state = TrackerState::Running;
                inner.name = tracker.name().into();
                inner.notes = tracker.notes().to_vec();
            }
        });
        opened
    }

    /// Tracks one capture; returns whether the tracker gave a frame.
    fn track(&self, open: &mut Open, submitted: &Submitted) -> Result<bool, TrackerError> {
        let start = Instant::now();
        self.update(|inner| {
            inner.enters(submitted, start);
            inner.busy_since = Some(start);
        });
        let result = caught(|| {
            open.tracker
                .track(&submitted.capture, &submitted.calibration)
        });
        let took = start.elapsed();
        match result {
            Ok(frame) => {
                let came = frame.is_some();
                open.bad_captures = 0;
                // Frames that were not taken are dropped without holding the lock.
                let replaced = self.update(|inner| {
                    inner.busy_since = None;
                    // Notes are only added to.
                    if let Some(new) = open.tracker.notes().get(inner.notes.len()..) {
                        inner.notes.extend_from_slice(new);
                    }
                    inner.returns(submitted.at, took, frame)
                });
                drop(replaced);
                if came {
                    self.shared.came_out.notify_all();
                }
                Ok(came)
            }
            Err(error) => {
                self.update(|inner| inner.busy_since = None);
                if error.kind != TrackerErrorKind::BadCapture {
                    return Err(error);
                }
                open.bad_captures += 1;
                if open.bad_captures >= self.settings.bad_captures_in_a_row.max(1) {
                    return Err(error);
                }
                self.update(|inner| inner.fails(&error.message));
                Ok(false)
            }
        }
    }

    /// Writes into the shared data, unless another worker has replaced this one.
    fn update<T: Default>(&self, write: impl FnOnce(&mut Inner) -> T) -> T {
        let mut inner = self.shared.lock();
        if inner.worker == self.number {
            write(&mut inner)
        } else {
            T::default()
        }
    }
}

/// Calls a tracker; a panic in it becomes an error.
fn caught<T>(call: impl FnOnce() -> Result<T, TrackerError>) -> Result<T, TrackerError> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| {
        let what = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_default();
        Err(TrackerError::failed(format!(
            "the body tracker panicked ({what}); it is opened again; please report this"
        )))
    })
}

/// Drops a tracker, and catches a panic in its destructor.
fn drop_quietly(open: Option<Open>) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(open)));
}
