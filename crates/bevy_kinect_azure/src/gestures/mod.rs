//! Gestures of players: raised hands, waving, pointing, clapping, jumping, crouching, leaning, swiping, T-pose, crossed arms.
//!
//! ```no_run
//! use bevy::prelude::*;
//! use bevy_kinect_azure::prelude::*;
//!
//! fn setup(mut commands: Commands) {
//!     commands
//!         .spawn((
//!             KinectSensor::simulated(),
//!             BodyTracking::default(),
//!             BodyGestures::default(),
//!             Transform::from_xyz(0.0, 1.3, 0.0),
//!         ))
//!         .observe(|made: On<GestureMade>| info!("player {}: {}", made.id, made.gesture.name()));
//! }
//! ```
//!
//! Put [`BodyGestures`] beside the [`BodyTracking`](crate::body::BodyTracking). Each gesture is reported once, when it
//! is recognised; [`ActiveGestures`] on the player entity lists the gestures that go on. Left and right are the
//! person's.

mod active;
mod begun;
mod events;
mod settings;
mod watch;

use bevy::prelude::*;

pub use active::ActiveGestures;
pub use events::GestureMade;
pub use kinect_tracking::gestures::{Direction, Gesture, GestureSettings, Side};
pub use settings::BodyGestures;

use crate::sensor::KinectSystems;

/// What apps usually need for gestures; part of [`crate::prelude`].
pub mod prelude {
    pub use super::{ActiveGestures, BodyGestures, Gesture, GestureMade, GestureSettings};
}

/// Gestures. Part of [`KinectAzurePlugin`](crate::KinectAzurePlugin).
#[derive(Default)]
pub struct GesturePlugin;

impl Plugin for GesturePlugin {
    fn build(&self, app: &mut App) {
        app.register_type::<BodyGestures>()
            .register_type::<ActiveGestures>()
            .add_message::<GestureMade>()
            .add_observer(watch::forget)
            .add_systems(
                PreUpdate,
                watch::watch
                    .after(KinectSystems::Bodies)
                    .before(KinectSystems::Prepare),
            );
    }
}
