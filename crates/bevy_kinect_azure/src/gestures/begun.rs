//! The recogniser of a sensor's gestures.

use bevy::prelude::*;
use kinect_tracking::gestures::{GestureSettings, GestureWatch};

/// Recognises the gestures of a sensor's players, on the entity with the [`BodyGestures`](super::BodyGestures).
#[derive(Component)]
pub(super) struct BegunGestures(pub(super) GestureWatch);

impl Default for BegunGestures {
    fn default() -> Self {
        Self(GestureWatch::new(GestureSettings::default()))
    }
}
