//! Marked times of recordings.

use core::time::Duration;

use bevy::prelude::*;

/// Times of a recording to which somebody wants to return, on its sensor entity. The page "Playback" shows them on the time line, and adds
/// the component with the first marker.
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq, Eq, Deref, DerefMut)]
#[reflect(Component, Clone, Debug, Default, PartialEq)]
pub struct PlaybackMarkers(
    /// The markers, in any order.
    pub Vec<PlaybackMarker>,
);

/// A marked time of a recording.
#[derive(Reflect, Clone, Debug, Default, PartialEq, Eq)]
#[reflect(Clone, Debug, Default, PartialEq)]
pub struct PlaybackMarker {
    /// The time since the start of the recording.
    pub at: Duration,
    /// The name; empty for a marker without a name.
    pub name: String,
}
