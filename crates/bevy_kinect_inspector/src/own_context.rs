//! The mark of the camera that draws the panel in a context of the inspector's own.

use bevy::prelude::*;

/// Marks the camera that has the inspector's own context.
#[derive(Component)]
pub(crate) struct OwnContext;
