//! How the players of a sensor stand on its floor.

use bevy::prelude::*;
use kinect_azure::units::METRES_PER_MILLIMETRE;
use kinect_tracking::standing::{BodyHeight, Foot, FootContact, Standing, StandingWatch};

use super::run::FloorRun;
use super::settings::FloorDetection;
use super::state::FloorState;
use crate::body::{Player, TrackedBodies};

/// How a player stands on the floor, on the player entity while the sensor has a [`FloorDetection`](super::FloorDetection). Read
/// only.
#[derive(Component, Reflect, Clone, Copy, Debug, Default, PartialEq)]
#[type_path = "bevy_kinect_azure::floor"]
#[reflect(Component, Default, Debug, PartialEq)]
pub struct PlayerStanding {
    /// The left foot, unknown while there is no floor.
    pub left: PlayerFoot,
    /// The right foot, unknown while there is no floor.
    pub right: PlayerFoot,
    /// How tall the player is, without shoes and hair. `None` until the player has stood upright for about a second.
    pub height: Option<PlayerHeight>,
}

impl PlayerStanding {
    /// Whether both feet are in the air.
    pub fn is_in_air(&self) -> bool {
        [self.left, self.right]
            .iter()
            .all(|foot| foot.contact == FootContact::InAir)
    }
}

/// A foot of a player.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq)]
#[reflect(Default, Debug, PartialEq)]
pub struct PlayerFoot {
    /// Whether the foot is on the floor.
    pub contact: FootContact,
    /// How far the lowest part of the foot is above the floor, in metres; 0 while the contact is unknown.
    pub height: f32,
}

/// How tall a player is.
#[derive(Reflect, Clone, Copy, Debug, Default, PartialEq)]
#[reflect(Default, Debug, PartialEq)]
pub struct PlayerHeight {
    /// The height in metres.
    pub metres: f32,
    /// The error to expect, in metres, as a standard deviation.
    pub error: f32,
}

impl From<Foot> for PlayerFoot {
    fn from(foot: Foot) -> Self {
        Self {
            contact: foot.contact,
            height: foot.height_mm * METRES_PER_MILLIMETRE,
        }
    }
}

impl From<BodyHeight> for PlayerHeight {
    fn from(height: BodyHeight) -> Self {
        Self {
            metres: height.height_mm * METRES_PER_MILLIMETRE,
            error: height.error_mm * METRES_PER_MILLIMETRE,
        }
    }
}

impl From<&Standing> for PlayerStanding {
    fn from(standing: &Standing) -> Self {
        Self {
            left: standing.left.into(),
            right: standing.right.into(),
            height: standing.height.map(Into::into),
        }
    }
}

/// The watch of a sensor's players.
#[derive(Component, Default)]
pub(super) struct Watch(StandingWatch);

/// Writes the players' components with each body frame.
pub(super) fn watch(
    mut commands: Commands,
    mut sensors: Query<
        (Entity, &FloorState, &TrackedBodies, Option<&mut Watch>),
        (With<FloorRun>, Changed<TrackedBodies>),
    >,
    mut players: Query<&mut PlayerStanding>,
) {
    for (sensor, state, bodies, watch) in &mut sensors {
        let Some(mut watch) = watch else {
            commands.entity(sensor).try_insert(Watch::default());
            continue;
        };
        if let (Some(floor), Some(usec)) = (&state.floor, bodies.device_timestamp_usec) {
            watch.0.update(&bodies.bodies, usec, &floor.ground());
        }
        for body in &bodies.bodies {
            let Some(player) = bodies.player(body.id) else {
                continue;
            };
            let mut standing = watch
                .0
                .standing(body.id)
                .map(PlayerStanding::from)
                .unwrap_or_default();
            if state.floor.is_none() {
                (standing.left, standing.right) = Default::default();
            }
            match players.get_mut(player) {
                Ok(mut known) => {
                    known.set_if_neq(standing);
                }
                Err(_) => {
                    commands.entity(player).try_insert(standing);
                }
            }
        }
    }
}

/// The players of a sensor without [`FloorDetection`] do not stand on a floor.
pub(super) fn forget(
    removed: On<Remove, FloorDetection>,
    mut commands: Commands,
    children: Query<&Children>,
    players: Query<(), With<Player>>,
) {
    commands.entity(removed.entity).try_remove::<Watch>();
    for &child in children.get(removed.entity).into_iter().flatten() {
        if players.contains(child) {
            commands.entity(child).try_remove::<PlayerStanding>();
        }
    }
}
