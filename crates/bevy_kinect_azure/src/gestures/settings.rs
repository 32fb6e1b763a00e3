//! The component that asks for gestures.

use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;
use kinect_tracking::gestures::GestureSettings;

use super::begun::BegunGestures;
use crate::presence;

/// Recognises the gestures of all players of the [`BodyTracking`](crate::body::BodyTracking) on the same entity, see
/// [the topic](super). Its thresholds are data; a gesture whose thresholds are `None` is not recognised.
///
/// To recognise jumps and crouches, the plugin must know where the floor is: the floor is the world's plane y = 0, so
/// the sensor's `GlobalTransform` must have its height and tilt.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq, Deref, DerefMut)]
#[type_path = "bevy_kinect_azure::gestures"]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(BegunGestures)]
#[component(on_add = expect_plugin)]
pub struct BodyGestures(
    /// The thresholds of each gesture.
    pub GestureSettings,
);

fn expect_plugin(mut world: DeferredWorld, _: HookContext) {
    presence::expect_plugin(&mut world, "BodyGestures");
}
