//! The system sets of the plugin.

use bevy::prelude::*;

/// The system sets of the plugin. Order your systems against them.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KinectSystems {
    /// In `PreUpdate`: threads are started and stopped; new frames, states, inertial samples and sound become components and
    /// messages.
    Receive,
    /// In `PreUpdate`, after `Receive`: body trackers write [`BodyIndexMap`](crate::body::BodyIndexMap) and
    /// [`BodyTime`](crate::body::BodyTime). After this set, the plugin releases the frames that were held for these bodies.
    Bodies,
    /// In `PreUpdate`, after `Bodies`: images and buffers are made for sensors and outputs that need new ones.
    Prepare,
    /// In `PostUpdate`: playback settings and commands go to the capture threads.
    Control,
}
