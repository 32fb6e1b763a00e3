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
/// A jump and a crouch need to know where the floor is: the sensor's `GlobalTransform` says how high it hangs and how it is
/// tilted, with the floor at y = 0 of the world.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq, Deref, DerefMut)]
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
