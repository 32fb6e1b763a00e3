//! Whom each avatar follows.

use bevy::prelude::*;
use kinect_avatar::Person;
use kinect_azure::{Joint, JointConfidence};

use super::component::{Avatar, AvatarPlayer};
use super::run::AvatarRun;
use super::state::{AvatarMessages, AvatarState};
use crate::body::{Player, PlayerStatus, Skeleton};

/// The players of all sensors.
type Players<'w, 's> = Query<
    'w,
    's,
    (
        Entity,
        &'static Player,
        &'static PlayerStatus,
        &'static Skeleton,
        &'static ChildOf,
    ),
>;

/// Chooses the player of each avatar, and brings the player's pose into the avatar's room.
pub(super) fn follow(
    mut commands: Commands,
    mut avatars: Query<(Entity, &Avatar, &mut AvatarState, &mut AvatarRun)>,
    players: Players,
    places: TransformHelper,
    mut messages: AvatarMessages,
) {
    for (entity, avatar, mut state, mut run) in &mut avatars {
        let before = state.player;
        let now = choose(avatar, before, &players);
        if now != before {
            state.player = now;
            run.changes |= before.is_some();
            messages.tell(&mut commands, entity, before, now);
        }
        run.person = now.and_then(|player| players.get(player).ok()).and_then(
            |(_, _, _, skeleton, sensor)| {
                let sensor = places.compute_global_transform(sensor.parent()).ok()?;
                let anchor = avatar
                    .anchor
                    .and_then(|anchor| places.compute_global_transform(anchor).ok());
                person(skeleton, &sensor, anchor.as_ref())
            },
        );
    }
}

/// The player whom an avatar follows.
fn choose(avatar: &Avatar, now: Option<Entity>, players: &Players) -> Option<Entity> {
    let counts = |sensor: &ChildOf| avatar.sensor.is_none_or(|wanted| wanted == sensor.parent());
    let of_the_sensor = || players.iter().filter(|(.., sensor)| counts(sensor));
    let stays = now.filter(|player| {
        players
            .get(*player)
            .is_ok_and(|(_, player, _, _, sensor)| match avatar.player {
                AvatarPlayer::Slot(slot) => counts(sensor) && player.slot == Some(slot),
                AvatarPlayer::Longest | AvatarPlayer::Nearest => counts(sensor),
                AvatarPlayer::Entity(_) | AvatarPlayer::Nobody => false,
            })
    });
    if stays.is_some() {
        return stays;
    }
    let found = match avatar.player {
        AvatarPlayer::Slot(slot) => {
            of_the_sensor().find(|(_, player, ..)| player.slot == Some(slot))
        }
        AvatarPlayer::Longest => {
            of_the_sensor().max_by(|(_, _, a, ..), (_, _, b, ..)| a.seconds.total_cmp(&b.seconds))
        }
        AvatarPlayer::Nearest => {
            of_the_sensor().min_by(|(.., a, _), (.., b, _)| away(a).total_cmp(&away(b)))
        }
        AvatarPlayer::Entity(player) => players.get(player).ok(),
        AvatarPlayer::Nobody => None,
    };
    found.map(|(player, ..)| player)
}

/// The distance of a player from the sensor in metres.
fn away(skeleton: &Skeleton) -> f32 {
    skeleton.joint(Joint::Pelvis).position.length()
}

/// A player in the room: the space of the anchor, or the world.
fn person(
    skeleton: &Skeleton,
    sensor: &GlobalTransform,
    anchor: Option<&GlobalTransform>,
) -> Option<Person> {
    let room = match anchor {
        Some(anchor) => anchor.affine().inverse() * sensor.affine(),
        None => sensor.affine(),
    };
    let (_, turn, _) = room.to_scale_rotation_translation();
    Person::from_joints(|joint| {
        let joint = skeleton.joint(joint);
        (joint.confidence != JointConfidence::None)
            .then(|| (room.transform_point3(joint.position), turn * joint.rotation))
    })
}
