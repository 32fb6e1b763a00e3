//! The component that asks for hands.

use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;
use kinect_tracking::hands::HandSettings;

use super::reading::Hands;
use crate::presence;

/// Follows the hands of all players of the [`BodyTracking`](crate::body::BodyTracking) on the same entity, see
/// [the topic](super). Its thresholds are data.
///
/// Hands are read from the depth image in which the bodies were found. Without one, as with a clip of bodies, every hand
/// is unknown, and cursors press by push and by dwell alone.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq, Deref, DerefMut)]
#[type_path = "bevy_kinect_azure::hands"]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(Hands)]
#[component(on_add = expect_plugin)]
pub struct BodyHands(
    /// The thresholds of readings, grips and cursors.
    pub HandSettings,
);

fn expect_plugin(mut world: DeferredWorld, _: HookContext) {
    presence::expect_plugin(&mut world, "BodyHands");
}
