//! The gestures that have begun.

use bevy::prelude::*;
use kinect_tracking::gestures::{GestureSettings, GestureWatch};

/// The gestures that the players of a sensor have begun, beside [`BodyGestures`](super::BodyGestures).
#[derive(Component)]
pub(super) struct BegunGestures(pub(super) GestureWatch);

impl Default for BegunGestures {
    fn default() -> Self {
        Self(GestureWatch::new(GestureSettings::default()))
    }
}
