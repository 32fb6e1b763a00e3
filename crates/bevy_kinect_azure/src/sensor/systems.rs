//! When the plugin does its work.

use bevy::prelude::*;

/// When the plugin does its work. Order your systems against these.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KinectSystems {
    /// In `PreUpdate`: threads are started and stopped; new frames, states, inertial samples and sound become components and
    /// messages.
    Receive,
    /// In `PreUpdate`, after `Receive`: whoever finds people in images says so, in
    /// [`BodyIndexMap`](crate::body::BodyIndexMap) and [`BodyTime`](crate::body::BodyTime). Frames that wait for the people
    /// found in them are released after it.
    Bodies,
    /// In `PreUpdate`, after `Bodies`: images and buffers are made for sensors and outputs that need new ones.
    Prepare,
    /// In `PostUpdate`: playback settings and commands go to the capture threads.
    Control,
}
