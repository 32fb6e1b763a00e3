//! System sets that prepare clouds and surfaces.

use bevy::prelude::*;

/// In `PreUpdate`, within `KinectSystems::Prepare`: the point sources before the meshes and materials that draw their points.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct PrepareSources;
