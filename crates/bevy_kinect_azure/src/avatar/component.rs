//! The component that lets a model follow a player.

use bevy::ecs::entity::MapEntities;
use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;
use kinect_avatar::{HumanBone, RetargetSettings};

use super::state::AvatarState;
use crate::presence;

/// Lets a humanoid model follow a player, see [the topic](super). Put it on the entity of a glTF scene, or on the entity whose
/// descendants are the bones. [`AvatarState`] on the same entity tells which bones were found, and whom the avatar follows.
///
/// The bones' pose when the model has been spawned is the rest pose. Without a player, the model has the pose that an animation
/// gives it, or its rest pose.
#[derive(Component, Reflect, Clone, Debug, PartialEq)]
#[type_path = "bevy_kinect_azure::avatar"]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(AvatarState, Transform, Visibility)]
#[component(on_add = expect_plugin)]
pub struct Avatar {
    /// Whom the avatar follows. Default: the player in slot 0.
    #[entities]
    pub player: AvatarPlayer,
    /// The entity with the [`BodyTracking`](crate::body::BodyTracking) whose players count. `None`: those of all sensors.
    #[entities]
    pub sensor: Option<Entity>,
    /// Root motion, planted feet, reaching hands, mirror, smoothing and blending. The floor is the plane y = 0 of the room by
    /// default.
    pub settings: RetargetSettings,
    /// The entity whose space is the room in which people are measured: its origin is the model's origin, its plane y = 0 the
    /// floor. `None`: the world. An avatar in another place than its person needs no anchor: its `Transform` moves and scales
    /// it. An entity without a `Transform` counts as `None`.
    #[entities]
    pub anchor: Option<Entity>,
    /// Scales the avatar's entity so that the model's legs are as long as the person's: with
    /// [`RootMotion::Room`](kinect_avatar::RootMotion::Room) and an avatar at the room's origin, it stands in the person's
    /// place. It overwrites the scale of the entity's `Transform`. Default: false.
    pub life_size: bool,
    /// Turns the model below the avatar's entity so that it stands upright and faces +z, if its axes are a quarter or half turn
    /// off, as those of VRM 0.x files. It takes effect when the model is spawned. Default: true.
    pub upright: bool,
    /// Bones by hand: parts of the body with the names of the model's nodes. They count before the file's own table and before
    /// names.
    pub bones: Vec<(HumanBone, String)>,
}

impl Default for Avatar {
    /// The player in slot 0 of any sensor.
    fn default() -> Self {
        Self {
            player: AvatarPlayer::default(),
            sensor: None,
            settings: RetargetSettings::default(),
            anchor: None,
            life_size: false,
            upright: true,
            bones: Vec::new(),
        }
    }
}

impl Avatar {
    /// An avatar of that player.
    pub fn new(player: AvatarPlayer) -> Self {
        Self {
            player,
            ..Self::default()
        }
    }

    /// An avatar of the player in a slot.
    pub fn slot(slot: usize) -> Self {
        Self::new(AvatarPlayer::Slot(slot))
    }

    /// The same avatar with other settings.
    #[must_use]
    pub fn with_settings(mut self, settings: RetargetSettings) -> Self {
        self.settings = settings;
        self
    }

    /// The same avatar with a bone by hand: the name of the model's node that is this part of the body.
    #[must_use]
    pub fn with_bone(mut self, bone: HumanBone, node: impl Into<String>) -> Self {
        self.bones.push((bone, node.into()));
        self
    }
}

/// Whom an avatar follows.
#[derive(Reflect, MapEntities, Clone, Copy, Debug, PartialEq, Eq)]
pub enum AvatarPlayer {
    /// The player in this slot, counted from 0. The sensor's
    /// [`SelectionPolicy`](kinect_tracking::players::SelectionPolicy) gives slots to people.
    Slot(usize),
    /// The player who has been there longest.
    Longest,
    /// The player who is nearest to the sensor when the avatar is free. The avatar keeps the player until the player leaves.
    Nearest,
    /// This player entity.
    Entity(#[entities] Entity),
    /// Nobody: the avatar has the pose of its animation, or its rest pose.
    Nobody,
}

impl Default for AvatarPlayer {
    fn default() -> Self {
        Self::Slot(0)
    }
}

fn expect_plugin(mut world: DeferredWorld, _: HookContext) {
    presence::expect_plugin(&mut world, "Avatar");
}
