//! The microphones of a sensor, with the feature `microphones`.
//!
//! ```
//! use bevy::prelude::*;
//! use bevy_kinect_azure::prelude::*;
//!
//! fn spawn(mut commands: Commands, sensor: Single<Entity, With<KinectSensor>>) {
//!     commands.entity(*sensor).insert(Microphones::default());
//! }
//!
//! fn listen(mut sound: MessageReader<AudioMessage>) {
//!     for message in sound.read() {
//!         let loudest = message.block.levels.iter().map(|level| level.peak).fold(0.0, f32::max);
//!         info!("{} frames, peak {loudest}", message.block.frames());
//!     }
//! }
//! ```
//!
//! | to | use |
//! | --- | --- |
//! | listen to a sensor | [`Microphones`] on its entity |
//! | watch its state | [`MicrophoneState`] on the same entity |
//! | get the sound | [`AudioMessage`], one for each block |
//! | show meters | [`MicrophoneLevels`] |
//! | read the open device and format, and how certain it is that the array is the sensor's | [`MicrophoneArray`], while it is open |
//! | count lost sound | [`MicrophoneDiagnostics`] |
//!
//! [`kinect_azure::microphones`] explains how the array is found on each system, and how to check it.
//!
//! Each entity with [`Microphones`] has a thread that opens the array, opens it again when it was lost, and ends with the
//! component. The app's frame loop takes the blocks that have arrived and never waits.

mod life;
mod report;
mod settings;
mod state;
mod thread;

use bevy::prelude::*;

pub use report::{AudioMessage, MicrophoneArray, MicrophoneDiagnostics, MicrophoneLevels};
pub use settings::Microphones;
pub use state::MicrophoneState;

use crate::sensor::{self, KinectSystems};

/// What apps usually need for the microphone array; part of [`crate::prelude`].
pub mod prelude {
    pub use super::{AudioMessage, MicrophoneState, Microphones};
}

/// Microphones. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct MicrophonePlugin;

impl Plugin for MicrophonePlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<AudioMessage>()
            .register_type::<Microphones>()
            .register_type::<MicrophoneState>()
            .register_type::<MicrophoneLevels>()
            .register_type::<MicrophoneArray>()
            .register_type::<MicrophoneDiagnostics>()
            .add_systems(
                PreUpdate,
                (life::start_and_stop, life::receive)
                    .chain()
                    .after(sensor::receive)
                    .in_set(KinectSystems::Receive),
            );
        app.world_mut()
            .register_component_hooks::<Microphones>()
            .on_remove(life::stop);
    }
}
