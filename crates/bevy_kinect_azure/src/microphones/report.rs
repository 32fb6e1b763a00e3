//! The sound of an array, its levels, its device and its figures.

use std::sync::Arc;

use bevy::prelude::*;
use kinect_azure::microphones::{AudioBlock, AudioCounters, AudioLevel, MicrophoneInfo};

/// A block of sound arrived.
#[derive(Message, Clone, Debug)]
pub struct AudioMessage {
    /// The entity with the [`Microphones`](super::Microphones).
    pub sensor: Entity,
    /// The sound. Clone the `Arc` to keep it.
    pub block: Arc<AudioBlock>,
}

/// The level of each microphone since the last update, for meters. Empty while no array is open. Read only.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[type_path = "bevy_kinect_azure::microphones"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct MicrophoneLevels(pub Vec<AudioLevel>);

/// Combines the levels of the blocks of one update.
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
            // Sums up squares until `finish`; all blocks of an open array have the same length.
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
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[type_path = "bevy_kinect_azure::microphones"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct MicrophoneArray {
    /// The device, its format, and how certain it is that the device belongs to the sensor.
    pub info: MicrophoneInfo,
}

/// Figures since the [`Microphones`](super::Microphones) were added. Read only.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq, Eq)]
#[type_path = "bevy_kinect_azure::microphones"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct MicrophoneDiagnostics {
    /// Blocks received.
    pub blocks: u64,
    /// Blocks lost because the app did not take them for more than a second.
    pub dropped_blocks: u64,
    /// How many times the computer was too slow to fetch sound from the device, and lost some.
    pub gaps: u64,
    /// How many times a lost array was opened again.
    pub reconnects: u64,
}

impl MicrophoneDiagnostics {
    /// These figures plus the counters of an open array.
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
