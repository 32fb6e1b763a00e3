//! What every cloud and surface begins with: a sensor and settings.

use bevy::prelude::*;

use super::settings::{PointColor, PointFilter};
use crate::body::ImageTiming;

/// What a cloud's points are computed from, whatever is drawn of them.
#[derive(Component, Clone, Debug, PartialEq)]
pub(crate) struct PointSource {
    pub(crate) sensor: Entity,
    pub(crate) timing: ImageTiming,
    pub(super) color: PointColor,
    pub(super) filter: PointFilter,
}
