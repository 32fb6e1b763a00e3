//! The queue of data for the disk, and the recorder's state and figures: everything that its thread shares with other
//! threads.
//!
//! Locks are held for a few instructions, never while anything is written.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::state::{LiveFigures, LiveState};
use crate::body::BodyFrame;
use crate::capture::{Capture, ImuSample};
use crate::recording::writer::RecordingSettings;

/// Room for inertial samples beyond what captures may take: some twelve minutes of them.
const SAMPLE_RESERVE: usize = 64 << 20;

/// Data or an event that was passed to the recorder.
#[derive(Debug)]
pub(super) enum Item {
    Opened(Box<RecordingSettings>),
    Closed,
    Capture(Capture),
    Sample(ImuSample),
    Bodies(Arc<BodyFrame>),
}

/// What the recorder's thread does next.
#[derive(Debug)]
pub(super) enum Next {
    Item(Item),
    /// Nothing came for a while.
    Idle,
    /// The queue is empty and the recording was stopped.
    End,
}

#[derive(Debug)]
pub(super) struct Shared {
    queue: Mutex<Queue>,
    arrived: Condvar,
    report: Mutex<Report>,
    limit: usize,
}

#[derive(Debug, Default)]
struct Queue {
    items: VecDeque<Item>,
    bytes: usize,
    stopped: bool,
    /// Captures were left out and the queue is still more than half full.
    behind: bool,
    dropped_captures: u64,
    dropped_samples: u64,
    dropped_bodies: u64,
}

/// The state and figures that the thread reports.
#[derive(Debug, Default)]
struct Report {
    state: LiveState,
    figures: LiveFigures,
    path: Option<PathBuf>,
    warning: Option<String>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The guarded data is consistent at any time, even after a panic of another thread.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn size(item: &Item) -> usize {
    let held = match item {
        Item::Capture(capture) => {
            let images: usize = capture.images().map(|image| image.size()).sum();
            images + capture.ground_truth.as_deref().map_or(0, size_of_bodies)
        }
        Item::Bodies(frame) => size_of_bodies(frame),
        Item::Opened(_) | Item::Closed | Item::Sample(_) => 0,
    };
    size_of::<Item>() + held
}

fn size_of_bodies(frame: &BodyFrame) -> usize {
    let map = frame.index_map.as_ref().map_or(0, |map| map.pixels().len());
    size_of_val(frame.bodies.as_slice()) + map
}

impl Shared {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            queue: Mutex::default(),
            arrived: Condvar::new(),
            report: Mutex::default(),
            limit,
        }
    }

    pub(super) fn push_capture(&self, capture: &Capture) {
        if capture.images().next().is_none() {
            return;
        }
        let item = Item::Capture(capture.clone());
        let size = size(&item);
        let mut queue = lock(&self.queue);
        if queue.stopped {
            return;
        }
        if queue.bytes.saturating_add(size) > self.limit && queue.bytes > 0 {
            queue.dropped_captures += 1;
            queue.behind = true;
            return;
        }
        queue.bytes += size;
        queue.items.push_back(item);
        drop(queue);
        self.arrived.notify_one();
    }

    pub(super) fn push_sample(&self, sample: &ImuSample) {
        let item = Item::Sample(*sample);
        let mut queue = lock(&self.queue);
        if queue.stopped {
            return;
        }
        if queue.bytes > self.limit.saturating_add(SAMPLE_RESERVE) {
            queue.dropped_samples += 1;
            return;
        }
        queue.bytes += size(&item);
        queue.items.push_back(item);
        // The thread takes samples when a capture comes, and every 100 ms: waking it for each sample would waste
        // time.
    }

    /// Queues a body frame like a sample: body frames are small, and belong to images that were queued before.
    pub(super) fn push_bodies(&self, frame: &Arc<BodyFrame>) {
        let item = Item::Bodies(Arc::clone(frame));
        let mut queue = lock(&self.queue);
        if queue.stopped {
            return;
        }
        if queue.bytes > self.limit.saturating_add(SAMPLE_RESERVE) {
            queue.dropped_bodies += 1;
            return;
        }
        queue.bytes += size(&item);
        queue.items.push_back(item);
    }

    pub(super) fn push_opened(&self, settings: RecordingSettings) {
        self.push_event(Item::Opened(Box::new(settings)));
    }

    pub(super) fn push_closed(&self) {
        self.push_event(Item::Closed);
    }

    fn push_event(&self, item: Item) {
        let mut queue = lock(&self.queue);
        if queue.stopped {
            return;
        }
        // A source that is lost over and over must not fill the memory: of consecutive open and close events, only
        // the last is kept.
        if let Item::Opened(_) = item {
            while let Some(old) = queue
                .items
                .pop_back_if(|last| matches!(last, Item::Opened(_) | Item::Closed))
            {
                queue.bytes -= size(&old);
            }
        } else if let Some(Item::Closed) = queue.items.back() {
            return;
        }
        queue.bytes += size(&item);
        queue.items.push_back(item);
        drop(queue);
        self.arrived.notify_one();
    }

    pub(super) fn stop(&self) {
        lock(&self.queue).stopped = true;
        self.arrived.notify_one();
    }

    /// The next item; waits for it at most `patience`.
    pub(super) fn next(&self, patience: Duration) -> Next {
        let mut queue = lock(&self.queue);
        if queue.items.is_empty() && !queue.stopped {
            queue = self
                .arrived
                .wait_timeout(queue, patience)
                .map_or_else(|poisoned| poisoned.into_inner().0, |(queue, _)| queue);
        }
        match queue.items.pop_front() {
            Some(item) => {
                queue.bytes -= size(&item);
                if queue.bytes <= self.limit / 2 {
                    queue.behind = false;
                }
                Next::Item(item)
            }
            None if queue.stopped => Next::End,
            None => Next::Idle,
        }
    }

    /// Sets the thread's state.
    pub(super) fn enter(&self, state: LiveState) {
        lock(&self.report).state = state;
    }

    /// Enters the final state, unless the recorder has ended already. The queue is cleared, and later data is
    /// ignored.
    pub(super) fn end(&self, state: LiveState) {
        let items = {
            let mut queue = lock(&self.queue);
            queue.stopped = true;
            queue.behind = false;
            queue.bytes = 0;
            core::mem::take(&mut queue.items)
        };
        drop(items);
        let mut report = lock(&self.report);
        if !report.state.has_ended() {
            report.state = state;
        }
    }

    pub(super) fn state(&self) -> LiveState {
        let (behind, stopped) = {
            let queue = lock(&self.queue);
            (queue.behind, queue.stopped)
        };
        let state = lock(&self.report).state.clone();
        match state {
            LiveState::Waiting | LiveState::Recording if stopped => LiveState::Finishing,
            // The disk can also be too slow while the file is created.
            LiveState::Waiting | LiveState::Recording if behind => LiveState::FallingBehind,
            state => state,
        }
    }

    /// Sets the figures the thread knows.
    pub(super) fn report(&self, figures: &LiveFigures) {
        lock(&self.report).figures = *figures;
    }

    pub(super) fn figures(&self) -> LiveFigures {
        let figures = lock(&self.report).figures;
        let queue = lock(&self.queue);
        LiveFigures {
            dropped_captures: queue.dropped_captures,
            dropped_imu_samples: figures.dropped_imu_samples + queue.dropped_samples,
            dropped_body_frames: figures.dropped_body_frames + queue.dropped_bodies,
            queued_bytes: queue.bytes as u64,
            ..figures
        }
    }

    pub(super) fn set_path(&self, path: PathBuf) {
        lock(&self.report).path = Some(path);
    }

    pub(super) fn path(&self) -> Option<PathBuf> {
        lock(&self.report).path.clone()
    }

    pub(super) fn warn(&self, warning: String) {
        lock(&self.report).warning = Some(warning);
    }

    pub(super) fn warning(&self) -> Option<String> {
        lock(&self.report).warning.clone()
    }
}
