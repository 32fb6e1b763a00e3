//! The gestures that a player is making.

use bevy::prelude::*;
use kinect_tracking::gestures::{Gesture, GestureWatch};

/// The gestures that a player is making now, on the player entity while the sensor has
/// [`BodyGestures`](super::BodyGestures). Claps and swipes are over when they are recognised and are not listed. Read only.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[type_path = "bevy_kinect_azure::gestures"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct ActiveGestures([bool; Gesture::ALL.len()]);

impl ActiveGestures {
    /// Whether the player is making this gesture.
    pub fn contains(&self, gesture: Gesture) -> bool {
        self.iter().any(|active| active == gesture)
    }

    /// The gestures that the player is making.
    pub fn iter(&self) -> impl Iterator<Item = Gesture> {
        let Self(active) = *self;
        Gesture::ALL
            .into_iter()
            .zip(active)
            .filter_map(|(gesture, active)| active.then_some(gesture))
    }

    pub(super) fn of(watch: &GestureWatch, player: u32) -> Self {
        Self(Gesture::ALL.map(|gesture| watch.is_active(player, gesture)))
    }
}
