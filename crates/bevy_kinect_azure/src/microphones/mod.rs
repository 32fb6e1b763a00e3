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
//! | know how that goes | [`MicrophoneState`] on the same entity |
//! | have the sound | [`AudioMessage`], one for each block |
//! | show meters | [`MicrophoneLevels`] |
//! | know what was opened, and how sure it is the sensor's own | [`MicrophoneArray`], while it is open |
//! | see what was lost | [`MicrophoneDiagnostics`] |
//!
//! How the array is found on each system, and how to check it there, says [`kinect_azure::microphones`].
//!
//! Each sensor with microphones has a thread that opens the array, opens it again when it was lost, and ends with the
//! component. The app's frame loop takes what is there and waits for nobody.

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
