//! The component that asks for a cloud of points.

use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;

use super::settings::{PointColor, PointFilter, PointShape, PointSize};
use crate::body::ImageTiming;
use crate::presence;

/// Draws a sensor's point cloud. Put it on the sensor entity, or on a descendant of it to move the cloud or to draw
/// several. An entity is either a point cloud or a [`SurfaceMesh`](super::SurfaceMesh).
///
/// Points are in metres in the sensor's space: x right, y up, −z forward. While the entity is hidden they are computed
/// all the same, for those who only want the [`PointCloudBuffer`](super::PointCloudBuffer).
#[derive(Component, Reflect, Clone, Debug, Default, PartialEq)]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(Transform, Visibility)]
#[component(on_add = expect_plugin)]
pub struct PointCloud {
    /// How large each point is drawn.
    pub size: PointSize,
    /// What each point is drawn as.
    pub shape: PointShape,
    /// Where its colour comes from.
    pub color: PointColor,
    /// Which moment it shows.
    pub timing: ImageTiming,
    /// Which depth pixels become points.
    pub filter: PointFilter,
}

fn expect_plugin(mut world: DeferredWorld, _: HookContext) {
    presence::expect_plugin(&mut world, "PointCloud");
}
