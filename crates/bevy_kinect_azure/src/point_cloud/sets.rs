//! The order of preparation.

use bevy::prelude::*;

/// In `PreUpdate`, within `KinectSystems::Prepare`: sources come before what is drawn of them.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct PrepareSources;
