//! The settings of a microphone stream.

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;

use super::array::SAMPLE_RATE;
use super::device::MicrophoneSelection;

/// The array to open, and the size of its blocks and queue.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct MicrophoneSettings {
    /// The array to open.
    pub selection: MicrophoneSelection,
    /// Frames in a block, from 48 (1 ms) to 48,000 (1 s). A value outside this range is replaced by the nearer limit.
    pub block_frames: u32,
    /// Number of blocks that wait in the queue before the oldest is dropped: from 1 to 10,000. A value outside this
    /// range is replaced by the nearer limit.
    pub queue_blocks: u32,
}

impl Default for MicrophoneSettings {
    /// The only array, in blocks of 10 ms, with a queue of 1 s.
    fn default() -> Self {
        Self {
            selection: MicrophoneSelection::Auto,
            block_frames: SAMPLE_RATE / 100,
            queue_blocks: 100,
        }
    }
}

impl MicrophoneSettings {
    pub(super) fn block_frames(&self) -> usize {
        self.block_frames.clamp(48, SAMPLE_RATE) as usize
    }

    pub(super) fn queue_blocks(&self) -> usize {
        self.queue_blocks.clamp(1, 10_000) as usize
    }
}
