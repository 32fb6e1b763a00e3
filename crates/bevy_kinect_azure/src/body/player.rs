//! The components of player entities.

use bevy::math::bounding::Aabb3d;
use bevy::prelude::*;
use kinect_azure::{Joint, units};
use kinect_tracking::players::{self, Box2, Box3, ImageEdges, Presence};

use super::skeleton::Skeleton;

/// A person whom a sensor sees: an entity under the sensor entity, spawned when the person has come and despawned when the person has
/// left. Its `Transform` is where the pelvis is. Read only.
///
/// ```
/// # use bevy::prelude::*;
/// # use bevy_kinect_azure::prelude::*;
/// fn first(players: Query<(&Player, &GlobalTransform)>) {
///     if let Some((_, transform)) = players.iter().find(|(player, _)| player.slot == Some(0)) {
///         info!("the player in slot 0 is at {}", transform.translation());
///     }
/// }
/// ```
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[type_path = "bevy_kinect_azure::body"]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(PlayerStatus, PlayerBounds, Skeleton, Transform, Visibility)]
pub struct Player {
    /// The player's slot, from 0, which no other player of the sensor has; it stays until the player leaves, or until
    /// the [policy](kinect_tracking::players::SelectionPolicy) gives it to another player. `None` if there are more
    /// people than slots, or if the policy leaves the person out.
    pub slot: Option<usize>,
    /// The player's id. It stays the same as long as the person is followed, also while hidden, and no later player of the sensor gets
    /// it.
    pub id: u32,
    /// The tracker's own id of the body, which may change.
    pub tracker_id: u32,
}

/// Whether a player is seen, since when, and how it moves, on the player entity. Read only.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq)]
#[type_path = "bevy_kinect_azure::body"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct PlayerStatus {
    /// Whether the person is seen. A hidden player keeps the last pose.
    pub presence: Presence,
    /// How long the person has been there, in seconds, hidden or not.
    pub seconds: f32,
    /// How long the person has been hidden, in seconds; 0 while seen.
    pub hidden_seconds: f32,
    /// Whether the person's trunk moves from its place.
    pub moving: bool,
    /// How fast the trunk moves, in m/s.
    pub speed: f32,
    /// The edges of the depth image that cut the person off.
    pub cut_off: ImageEdges,
    /// The value of the person's pixels in the sensor's [`BodyIndexMap`](super::BodyIndexMap); `None` while hidden.
    pub index: Option<u8>,
}

/// Boxes around a player, on the player entity. They enclose the joints with a margin for the flesh. Read only.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq)]
#[type_path = "bevy_kinect_azure::body"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct PlayerBounds {
    /// The body in the sensor's space, in metres; `None` if no joint is seen.
    pub body: Option<Aabb3d>,
    /// The head in the sensor's space, in metres; `None` if it is not seen.
    pub head: Option<Aabb3d>,
    /// The body in pixels of the depth image; it may reach beyond the image. `None` if the person is not in front of the camera,
    /// and without a calibration.
    pub depth: Option<Rect>,
    /// The body in pixels of the colour image, likewise.
    pub color: Option<Rect>,
    /// The head in pixels of the depth image, likewise.
    pub head_depth: Option<Rect>,
    /// The head in pixels of the colour image, likewise.
    pub head_color: Option<Rect>,
}

/// The joint entities of a player, on the player entity while there are any. Read only.
///
/// ```
/// # use bevy::prelude::*;
/// # use bevy_kinect_azure::prelude::*;
/// fn hats(mut commands: Commands, players: Query<&PlayerJoints, Added<PlayerJoints>>) {
///     for joints in &players {
///         commands.entity(joints.get(Joint::Head)).insert(PointLight::default());
///     }
/// }
/// ```
#[derive(Component, Reflect, Clone, Debug, PartialEq, Eq)]
#[type_path = "bevy_kinect_azure::body"]
#[reflect(Component, FromWorld, Debug, PartialEq)]
pub struct PlayerJoints(#[entities] pub(super) [Entity; Joint::COUNT]);

/// Reflection begins with a value before it writes the entities.
impl FromWorld for PlayerJoints {
    fn from_world(_: &mut World) -> Self {
        Self([Entity::PLACEHOLDER; Joint::COUNT])
    }
}

impl PlayerJoints {
    /// The entity of a joint.
    pub fn get(&self, joint: Joint) -> Entity {
        self.0[joint.index()]
    }

    /// All joints in the vendor's order, with their entities.
    pub fn iter(&self) -> impl Iterator<Item = (Joint, Entity)> {
        Joint::ALL.into_iter().zip(self.0)
    }
}

impl From<&players::Player> for Player {
    fn from(player: &players::Player) -> Self {
        Self {
            slot: player.slot,
            id: player.id,
            tracker_id: player.tracker_id,
        }
    }
}

impl From<&players::Player> for PlayerStatus {
    fn from(player: &players::Player) -> Self {
        Self {
            presence: player.presence,
            seconds: player.seconds,
            hidden_seconds: player.hidden_seconds,
            moving: player.moving,
            speed: player.speed * units::METRES_PER_MILLIMETRE,
            cut_off: player.cut_off,
            index: player.place.and_then(|place| u8::try_from(place).ok()),
        }
    }
}

impl From<&players::Player> for PlayerBounds {
    fn from(player: &players::Player) -> Self {
        let boxes = &player.boxes;
        // Without a joint, the box is empty.
        let is_seen = boxes.space.min != boxes.space.max;
        Self {
            body: is_seen.then(|| in_space(&boxes.space)),
            head: boxes.head_space.as_ref().map(in_space),
            depth: boxes.depth.as_ref().map(in_image),
            color: boxes.color.as_ref().map(in_image),
            head_depth: boxes.head_depth.as_ref().map(in_image),
            head_color: boxes.head_color.as_ref().map(in_image),
        }
    }
}

/// A box in the sensor's space.
fn in_space(space: &Box3) -> Aabb3d {
    let corners = [space.min, space.max].map(|corner| Vec3::from(units::to_world(corner)));
    Aabb3d::from_min_max(corners[0].min(corners[1]), corners[0].max(corners[1]))
}

fn in_image(image: &Box2) -> Rect {
    Rect::from_corners(image.min.into(), image.max.into())
}
