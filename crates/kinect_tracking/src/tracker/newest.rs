//! The data that a runner and its thread share: the newest capture for the tracker, the newest frame from it, and
//! counts.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use kinect_azure::body::BodyFrame;
use kinect_azure::{Calibration, Capture};

use super::stages::{StageLog, StageTimes};
use super::status::{TrackerState, TrackerStatus};

/// A capture on its way to the tracker.
#[derive(Debug)]
pub(super) struct Submitted {
    pub(super) capture: Capture,
    pub(super) calibration: Arc<Calibration>,
    pub(super) at: Instant,
}

/// The number of captures whose submission time is remembered, from which the latency of their frames is computed.
const REMEMBERED: usize = 16;

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) pending: Option<Submitted>,
    /// The newest frame and the time at which its capture was submitted, until the frame is taken.
    frame: Option<(Arc<BodyFrame>, Instant)>,
    /// The worker that may write here: an abandoned one may not.
    pub(super) worker: u64,
    pub(super) state: TrackerState,
    pub(super) name: String,
    pub(super) notes: Vec<String>,
    pub(super) captures: u64,
    pub(super) dropped: u64,
    pub(super) frames: u64,
    pub(super) errors: u64,
    pub(super) last_error: Option<String>,
    pub(super) restarts: u64,
    pub(super) abandoned: u64,
    /// The time at which the worker began its present call of the tracker.
    pub(super) busy_since: Option<Instant>,
    waiting: StageLog,
    tracking: StageLog,
    latency: StageLog,
    taken: StageLog,
    /// Depth timestamps in µs of the newest captures that went into the tracker, with the time of their submission.
    entered: [Option<(u64, Instant)>; REMEMBERED],
    next_entered: usize,
}

impl Inner {
    /// Writes the status over an earlier one, whose memory is used again.
    pub(super) fn write_status(&self, status: &mut TrackerStatus) {
        status.state.clone_from(&self.state);
        status.name.clone_from(&self.name);
        status.notes.clone_from(&self.notes);
        status.last_error.clone_from(&self.last_error);
        status.captures = self.captures;
        status.dropped = self.dropped;
        status.frames = self.frames;
        status.errors = self.errors;
        status.restarts = self.restarts;
        status.abandoned = self.abandoned;
        status.busy_seconds = self
            .busy_since
            .map_or(0.0, |since| since.elapsed().as_secs_f32());
        status.stages = StageTimes {
            waiting: self.waiting.time(),
            tracking: self.tracking.time(),
            latency: self.latency.time(),
            taken: self.taken.time(),
        };
    }

    /// Whether a frame waits to be taken.
    pub(super) const fn has_frame(&self) -> bool {
        self.frame.is_some()
    }

    /// Takes the newest frame.
    pub(super) fn take_frame(&mut self) -> Option<Arc<BodyFrame>> {
        let (frame, submitted) = self.frame.take()?;
        self.taken.add(submitted.elapsed());
        Some(frame)
    }

    /// The depth timestamps of the captures in the tracker, whose frames have not come out.
    pub(super) fn in_tracker(&self) -> impl Iterator<Item = u64> {
        self.entered.iter().flatten().map(|(usec, _)| *usec)
    }

    /// The tracker begins with a capture.
    pub(super) fn enters(&mut self, submitted: &Submitted, now: Instant) {
        self.waiting
            .add(now.saturating_duration_since(submitted.at));
        if let Some(depth) = &submitted.capture.depth {
            self.entered[self.next_entered] = Some((depth.device_timestamp_usec, submitted.at));
            self.next_entered = (self.next_entered + 1) % REMEMBERED;
        }
    }

    /// The tracker has returned from a capture.
    pub(super) fn returns(
        &mut self,
        submitted: Instant,
        took: Duration,
        frame: Option<Arc<BodyFrame>>,
    ) -> Option<Arc<BodyFrame>> {
        self.tracking.add(took);
        let frame = frame?;
        self.frames += 1;
        let usec = frame.device_timestamp_usec;
        let entered = self
            .entered
            .iter()
            .flatten()
            .find(|(entered, _)| *entered == usec)
            .map_or(submitted, |(_, at)| *at);
        self.latency.add(entered.elapsed());
        // Frames come out in the order of their captures, so no earlier one follows.
        for entry in &mut self.entered {
            entry.take_if(|(entered, _)| *entered <= usec);
        }
        let replaced = self.frame.replace((frame, entered))?;
        Some(replaced.0)
    }

    pub(super) fn fails(&mut self, message: &str) {
        self.errors += 1;
        self.last_error = Some(message.into());
    }
}

/// The shared data, and the conditions that threads wait for.
#[derive(Debug)]
pub(super) struct Shared {
    inner: Mutex<Inner>,
    /// A capture was submitted, or the worker should check whether to stop.
    pub(super) submitted: Condvar,
    /// A frame came out.
    pub(super) came_out: Condvar,
}

impl Shared {
    pub(super) fn new() -> Self {
        Self {
            inner: Mutex::new(Inner {
                pending: None,
                frame: None,
                worker: 0,
                state: TrackerState::Waiting,
                name: String::new(),
                notes: Vec::new(),
                captures: 0,
                dropped: 0,
                frames: 0,
                errors: 0,
                last_error: None,
                restarts: 0,
                abandoned: 0,
                busy_since: None,
                waiting: StageLog::EMPTY,
                tracking: StageLog::EMPTY,
                latency: StageLog::EMPTY,
                taken: StageLog::EMPTY,
                entered: [None; REMEMBERED],
                next_entered: 0,
            }),
            submitted: Condvar::new(),
            came_out: Condvar::new(),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
