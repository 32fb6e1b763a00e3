//! The queue in which blocks wait for the app. When it is full, the oldest block is dropped.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;

use super::block::AudioBlock;
use super::error::MicrophoneError;

/// How long an open array may deliver nothing before it counts as lost. An array delivers sound every few ms; the first
/// delivery may take a second.
const SILENCE_LIMIT: Duration = Duration::from_secs(3);

/// Counts of a stream since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct AudioCounters {
    /// Blocks that the stream has made.
    pub blocks: u64,
    /// Blocks that were dropped because they were not taken in time.
    pub dropped_blocks: u64,
    /// How often sound was lost because the computer was too slow to fetch it.
    pub gaps: u64,
}

#[derive(Debug)]
pub(super) struct BlockQueue {
    state: Mutex<State>,
    changed: Condvar,
    capacity: usize,
}

#[derive(Debug)]
struct State {
    blocks: VecDeque<Arc<AudioBlock>>,
    counters: AudioCounters,
    /// Why no more blocks come.
    ended: Option<MicrophoneError>,
    /// The device has been released.
    released: bool,
    last_delivery: Instant,
}

impl BlockQueue {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            state: Mutex::new(State {
                blocks: VecDeque::with_capacity(capacity),
                counters: AudioCounters::default(),
                ended: None,
                released: false,
                last_delivery: Instant::now(),
            }),
            changed: Condvar::new(),
            capacity,
        }
    }

    /// Adds a block. If the queue is full, the oldest block is dropped.
    pub(super) fn push(&self, block: Arc<AudioBlock>) {
        let mut state = self.lock();
        if state.blocks.len() >= self.capacity {
            state.blocks.pop_front();
            state.counters.dropped_blocks += 1;
        }
        state.blocks.push_back(block);
        state.counters.blocks += 1;
        drop(state);
        self.changed.notify_all();
    }

    /// Notes that the device has delivered sound just now.
    pub(super) fn delivered(&self) {
        self.lock().last_delivery = Instant::now();
    }

    pub(super) fn count_gap(&self) {
        self.lock().counters.gaps += 1;
    }

    /// Ends the stream: no more blocks come. The reason of the first call is kept.
    pub(super) fn end(&self, why: MicrophoneError) {
        self.lock().ended.get_or_insert(why);
        self.changed.notify_all();
    }

    /// Notes that the device has been released.
    pub(super) fn release(&self) {
        self.lock().released = true;
        self.changed.notify_all();
    }

    /// Waits until the device has been released; `false` if that takes longer than `timeout`.
    pub(super) fn wait_for_release(&self, timeout: Duration) -> bool {
        let state = self.lock();
        let waited = self
            .changed
            .wait_timeout_while(state, timeout, |state| !state.released);
        waited.unwrap_or_else(PoisonError::into_inner).0.released
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code under this lock can panic halfway through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes the blocks of a [`MicrophoneStream`](super::MicrophoneStream). Clones take from the same queue: each block goes to
/// one of them.
#[derive(Clone, Debug)]
pub struct AudioReceiver(pub(super) Arc<BlockQueue>);

impl AudioReceiver {
    /// The oldest block in the queue, without waiting.
    pub fn try_next(&self) -> Option<Arc<AudioBlock>> {
        self.0.lock().blocks.pop_front()
    }

    /// Waits for the next block, at most for `timeout`; `None` if no block came in that time. After the last block of a
    /// stream that has ended, returns the error that ended it.
    pub fn next_block(
        &self,
        timeout: Duration,
    ) -> Result<Option<Arc<AudioBlock>>, MicrophoneError> {
        // A timeout beyond the range of `Instant` counts as a day.
        let day = Duration::from_secs(86_400);
        let end = Instant::now() + timeout.min(day);
        let mut state = self.0.lock();
        loop {
            if let Some(block) = state.blocks.pop_front() {
                return Ok(Some(block));
            }
            check(&mut state)?;
            let now = Instant::now();
            let left = end.saturating_duration_since(now);
            if left.is_zero() {
                return Ok(None);
            }
            // The wait is also cut short to notice a silent device.
            let silence = SILENCE_LIMIT.saturating_sub(now - state.last_delivery);
            let wait = left.min(silence.max(Duration::from_millis(1)));
            state = self
                .0
                .changed
                .wait_timeout(state, wait)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// `Ok` while the stream runs; afterwards the error that ended it.
    pub fn check(&self) -> Result<(), MicrophoneError> {
        check(&mut self.0.lock())
    }

    /// Counts since the stream was opened.
    pub fn counters(&self) -> AudioCounters {
        self.0.lock().counters
    }
}

fn check(state: &mut State) -> Result<(), MicrophoneError> {
    if state.ended.is_none() && state.last_delivery.elapsed() >= SILENCE_LIMIT {
        state.ended = Some(MicrophoneError::Lost(format!(
            "the microphone array has delivered nothing for {} s. Look whether it is plugged in, and open it again",
            SILENCE_LIMIT.as_secs()
        )));
    }
    state.ended.clone().map_or(Ok(()), Err)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use super::*;

    fn block(sequence: u64) -> Arc<AudioBlock> {
        Arc::new(AudioBlock {
            sequence,
            ..AudioBlock::default()
        })
    }

    #[test]
    fn the_oldest_blocks_go_and_are_counted() {
        let receiver = AudioReceiver(Arc::new(BlockQueue::new(3)));
        for sequence in 0..10 {
            receiver.0.push(block(sequence));
        }
        let left: Vec<u64> = std::iter::from_fn(|| receiver.try_next())
            .map(|b| b.sequence)
            .collect();
        assert_eq!(left, [7, 8, 9]);
        let counters = receiver.counters();
        assert_eq!((counters.blocks, counters.dropped_blocks), (10, 7));
    }

    #[test]
    fn the_end_comes_after_the_last_block_and_wakes_who_waits() {
        let receiver = AudioReceiver(Arc::new(BlockQueue::new(3)));
        receiver.0.push(block(0));
        let waiting = receiver.clone();
        let waiter = std::thread::spawn(move || {
            let first = waiting.next_block(Duration::MAX);
            (first, waiting.next_block(Duration::MAX))
        });
        std::thread::sleep(Duration::from_millis(50));
        receiver.0.end(MicrophoneError::Lost("unplugged".into()));
        receiver.0.end(MicrophoneError::Driver("later".into()));
        let (first, second) = waiter.join().unwrap();
        assert_eq!(first.unwrap().unwrap().sequence, 0);
        assert_eq!(second, Err(MicrophoneError::Lost("unplugged".into())));
        assert!(receiver.check().is_err());
    }

    #[test]
    fn waiting_ends_with_the_time_allowed() {
        let receiver = AudioReceiver(Arc::new(BlockQueue::new(3)));
        assert_eq!(receiver.next_block(Duration::from_millis(5)), Ok(None));
    }

    #[test]
    fn a_device_that_says_nothing_is_lost() {
        let receiver = AudioReceiver(Arc::new(BlockQueue::new(3)));
        receiver.0.lock().last_delivery =
            Instant::now() - SILENCE_LIMIT + Duration::from_millis(50);
        assert_eq!(receiver.check(), Ok(()));
        let start = Instant::now();
        let error = receiver.next_block(Duration::from_secs(20)).unwrap_err();
        assert!(matches!(error, MicrophoneError::Lost(_)));
        assert!(start.elapsed() < Duration::from_secs(2));
    }
}
