//! The component of a point cloud.

use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;

use super::settings::{DepthSmoothing, PointColor, PointFilter, PointShape, PointSize};
use crate::body::ImageTiming;
use crate::presence;

/// Draws a sensor's point cloud. Put it on the sensor entity, or on a descendant of it to move the cloud or to draw
/// several. An entity is either a point cloud or a [`SurfaceMesh`](super::SurfaceMesh).
///
/// Points are in metres in the sensor's space: x right, y up, −z forward. They are computed even while the entity is hidden, for
/// apps that only use the [`PointCloudBuffer`](super::PointCloudBuffer).
#[derive(Component, Reflect, Clone, Debug, PartialEq)]
#[type_path = "bevy_kinect_azure::point_cloud"]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(Transform, Visibility)]
#[component(on_add = expect_plugin)]
pub struct PointCloud {
    /// The size of each point.
    pub size: PointSize,
    /// The shape of each point.
    pub shape: PointShape,
    /// The colour of the points.
    pub color: PointColor,
    /// Which frame it shows: the newest, or the frame of the newest bodies.
    pub timing: ImageTiming,
    /// Which depth pixels become points.
    pub filter: PointFilter,
    /// Smooths depth before points are computed from it. By default it is [`OFF`](DepthSmoothing::OFF): points are where the sensor
    /// measured them.
    pub smoothing: DepthSmoothing,
}

impl Default for PointCloud {
    fn default() -> Self {
        Self {
            size: PointSize::default(),
            shape: PointShape::default(),
            color: PointColor::default(),
            timing: ImageTiming::default(),
            filter: PointFilter::default(),
            smoothing: DepthSmoothing::OFF,
        }
    }
}

fn expect_plugin(mut world: DeferredWorld, _: HookContext) {
    presence::expect_plugin(&mut world, "PointCloud");
}
