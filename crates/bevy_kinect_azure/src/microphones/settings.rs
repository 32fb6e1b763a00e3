//! The component that listens to a sensor's microphones.

use core::time::Duration;

use bevy::prelude::*;
use kinect_azure::microphones::{MicrophoneSelection, MicrophoneSettings, SAMPLE_RATE};

use super::report::{MicrophoneDiagnostics, MicrophoneLevels};
use super::state::MicrophoneState;

/// Listens to the microphones of a sensor. Put it on the sensor entity; the sound arrives as
/// [`AudioMessage`](super::AudioMessage)s.
///
/// Microphones work independently of the cameras, which may be off. Changes take effect at once. Removing the component, or
/// despawning the entity, ends its thread without waiting for it.
#[derive(Component, Reflect, Clone, Debug, PartialEq)]
#[type_path = "bevy_kinect_azure::microphones"]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(MicrophoneState, MicrophoneLevels, MicrophoneDiagnostics)]
pub struct Microphones {
    /// Whether to listen. `false` closes the array.
    pub active: bool,
    /// The array. [`Auto`](MicrophoneSelection::Auto) means the array of the sensor on this entity, found by its serial number; on
    /// an entity without a [`KinectSensor`](crate::KinectSensor), or with a sensor without a serial number, the only connected
    /// array. Recordings and simulations have no microphones: choose another selection to listen to an array beside them.
    pub selection: MicrophoneSelection,
    /// Length of a block, from 1 ms to 1 s; values outside are clamped.
    pub block_length: Duration,
}

impl Default for Microphones {
    /// The sensor's own array, in blocks of 10 ms.
    fn default() -> Self {
        Self {
            active: true,
            selection: MicrophoneSelection::Auto,
            block_length: Duration::from_millis(10),
        }
    }
}

impl Microphones {
    /// Listens to this selection, in blocks of 10 ms.
    pub fn new(selection: MicrophoneSelection) -> Self {
        Self {
            selection,
            ..Self::default()
        }
    }

    /// The settings to open the array with.
    pub(super) fn settings(&self, selection: MicrophoneSelection) -> MicrophoneSettings {
        let length = self
            .block_length
            .clamp(Duration::from_millis(1), Duration::from_secs(1));
        MicrophoneSettings {
            selection,
            block_frames: (length.as_secs_f64() * f64::from(SAMPLE_RATE)).round() as u32,
            // One second of sound for an app that stands still.
            queue_blocks: (1.0 / length.as_secs_f64()).ceil() as u32 + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn block_lengths_outside_the_range_count_as_the_nearest() {
        let settings = |block_length| {
            let microphones = Microphones {
                block_length,
                ..Microphones::default()
            };
            let settings = microphones.settings(MicrophoneSelection::Auto);
            (settings.block_frames, settings.queue_blocks)
        };
        assert_eq!(settings(Duration::from_millis(10)), (480, 101));
        assert_eq!(settings(Duration::ZERO), (48, 1001));
        assert_eq!(settings(Duration::MAX), (48_000, 2));
    }
}
