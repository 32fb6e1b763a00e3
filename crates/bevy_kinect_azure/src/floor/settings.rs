//! The component that looks for the floor.

use core::time::Duration;

use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;

use super::state::FloorState;
use crate::presence;

/// Looks for the floor under a sensor, see [the topic](super). Put it on the sensor entity; [`FloorState`] has the result.
///
/// A change of any field takes effect in the next update.
#[derive(Component, Reflect, Clone, Copy, Debug, PartialEq)]
#[type_path = "bevy_kinect_azure::floor"]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(FloorState)]
#[component(on_add = expect_plugin)]
pub struct FloorDetection {
    /// Whether the floor is looked for. When this becomes `false`, the floor is lost.
    pub active: bool,
    /// Whether the sensor's `Transform` is set.
    pub placement: FloorPlacement,
    /// The time between two images in which the floor is looked for, by the sensor's clock. Zero means every image.
    pub interval: Duration,
}

fn expect_plugin(mut world: DeferredWorld, _: HookContext) {
    presence::expect_plugin(&mut world, "FloorDetection");
}

/// Whether and when the floor sets the `Transform` of its sensor: the y coordinate and the rotation, except for the heading. The
/// plane y = 0 of the parent entity's space, or of the world, is the floor then. x, z, heading and scale stay as they are; the
/// height is multiplied by the scale.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[reflect(Default, Debug, PartialEq)]
pub enum FloorPlacement {
    /// The `Transform` belongs to the app.
    #[default]
    Never,
    /// It is set once, when the floor is found, and again whenever the [`FloorDetection`] is changed.
    Once,
    /// It follows the floor: at once when the floor is found, then smoothly.
    Kept,
}

impl Default for FloorDetection {
    /// Active, five times a second, without setting the `Transform`.
    fn default() -> Self {
        Self {
            active: true,
            placement: FloorPlacement::Never,
            interval: Duration::from_millis(200),
        }
    }
}

impl FloorDetection {
    /// Active; sets the sensor's `Transform` [once](FloorPlacement::Once).
    pub fn once() -> Self {
        Self {
            placement: FloorPlacement::Once,
            ..Self::default()
        }
    }

    /// Active; [keeps](FloorPlacement::Kept) the sensor's `Transform` up to date.
    pub fn kept() -> Self {
        Self {
            placement: FloorPlacement::Kept,
            ..Self::default()
        }
    }
}
