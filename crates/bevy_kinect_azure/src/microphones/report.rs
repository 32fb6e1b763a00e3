//! What is heard, how loud it is, and what is known of the array.

use std::sync::Arc;

use bevy::prelude::*;
use kinect_azure::microphones::{AudioBlock, AudioCounters, AudioLevel, MicrophoneInfo};

/// A block of sound arrived.
#[derive(Message, Clone, Debug)]
pub struct AudioMessage {
    /// The entity with the [`Microphones`](super::Microphones).
    pub sensor: Entity,
    /// The sound. Keep the `Arc` to keep it.
    pub block: Arc<AudioBlock>,
}

/// How loud each microphone was since the last update, for meters. Empty while nothing is heard. Read only.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct MicrophoneLevels(pub Vec<AudioLevel>);

/// Puts the levels of the blocks of one update together.
#[derive(Default)]
pub(super) struct Meter {
    blocks: u32,
}

impl Meter {
    pub(super) fn add(&mut self, block: &AudioBlock, levels: &mut MicrophoneLevels) {
        if self.blocks == 0 {
            levels.0.clear();
            levels.0.resize(block.levels.len(), AudioLevel::default());
        }
        self.blocks += 1;
        for (sum, level) in levels.0.iter_mut().zip(&block.levels) {
            sum.peak = sum.peak.max(level.peak);
            // The sum of squares, until the end; blocks of a stream have one length.
            sum.rms += level.rms * level.rms;
        }
    }

    pub(super) fn finish(self, levels: &mut MicrophoneLevels) {
        for level in &mut levels.0 {
            if self.blocks > 0 {
                level.rms = (level.rms / self.blocks as f32).sqrt();
            }
        }
    }
}

/// The array that is open, on the entity with the [`Microphones`](super::Microphones). Read only.
#[derive(Component, Reflect, Clone, Debug, PartialEq)]
#[reflect(Component, Debug, PartialEq)]
pub struct MicrophoneArray {
    /// The device, its format, and how sure it is that it belongs to the sensor.
    pub info: MicrophoneInfo,
}

/// Figures since the [`Microphones`](super::Microphones) were added. Read only.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq, Eq)]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct MicrophoneDiagnostics {
    /// Blocks heard.
    pub blocks: u64,
    /// Blocks the app was too slow to take: it stood still for more than a second.
    pub dropped_blocks: u64,
    /// Times sound was lost on the way from the device, because the computer was too slow to fetch it.
    pub gaps: u64,
    /// Times a lost array was opened again.
    pub reconnects: u64,
}

impl MicrophoneDiagnostics {
    /// These figures and what an open array has counted.
    pub(super) fn plus(&self, counters: AudioCounters) -> Self {
        Self {
            blocks: self.blocks + counters.blocks,
            dropped_blocks: self.dropped_blocks + counters.dropped_blocks,
            gaps: self.gaps + counters.gaps,
            reconnects: self.reconnects,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_of_an_update_are_those_of_all_its_blocks() {
        let block = |peak, rms| AudioBlock {
            levels: vec![AudioLevel { peak, rms }],
            ..AudioBlock::default()
        };
        let mut levels = MicrophoneLevels::default();
        let mut meter = Meter::default();
        meter.add(&block(0.9, 0.3), &mut levels);
        meter.add(&block(0.5, 0.4), &mut levels);
        meter.finish(&mut levels);
        let level = levels.0[0];
        assert_eq!(level.peak, 0.9);
        assert!((level.rms - (0.125_f32).sqrt()).abs() < 1e-6);
        // Updates without a block leave the meter where it is.
        Meter::default().finish(&mut levels);
        assert_eq!(levels.0[0], level);
    }
}
