//! The inputs that clouds and surfaces have in common: a sensor and settings.

use bevy::prelude::*;

use super::settings::{DepthSmoothing, PointColor, PointFilter};
use crate::body::ImageTiming;

/// The sensor and the settings from which the points of a cloud or a surface are computed.
#[derive(Component, Clone, Debug, PartialEq)]
pub(crate) struct PointSource {
    pub(crate) sensor: Entity,
    pub(crate) timing: ImageTiming,
    pub(super) color: PointColor,
    pub(super) filter: PointFilter,
    pub(super) smoothing: DepthSmoothing,
}
