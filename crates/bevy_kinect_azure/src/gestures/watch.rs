//! Looks for gestures in every body frame.

use bevy::prelude::*;
use kinect_azure::units;
use kinect_tracking::gestures::{GestureEvent, Ray};

use super::active::ActiveGestures;
use super::begun::BegunGestures;
use super::events::GestureMade;
use super::settings::BodyGestures;
use crate::body::{Player, TrackedBodies, ground_under};

/// Recognises gestures in the newest body frame of each sensor.
pub(super) fn watch(
    mut commands: Commands,
    mut sensors: Query<
        (
            Entity,
            &BodyGestures,
            &mut BegunGestures,
            &TrackedBodies,
            &GlobalTransform,
        ),
        Changed<TrackedBodies>,
    >,
    mut players: Query<&mut ActiveGestures>,
    mut messages: MessageWriter<GestureMade>,
) {
    for (sensor, settings, mut watch, bodies, place) in &mut sensors {
        let Some(usec) = bodies.device_timestamp_usec else {
            continue;
        };
        let watch = &mut watch.0;
        watch.set_settings(settings.0);
        watch.update(&bodies.bodies, usec, &ground_under(place));
        for event in watch.events() {
            let Some(player) = bodies.player(event.player) else {
                continue;
            };
            let made = made(event, sensor, player, place);
            messages.write(made);
            commands.trigger(made);
        }
        for body in &bodies.bodies {
            let Some(player) = bodies.player(body.id) else {
                continue;
            };
            let active = ActiveGestures::of(watch, body.id);
            match players.get_mut(player) {
                Ok(mut known) => {
                    known.set_if_neq(active);
                }
                Err(_) => {
                    commands.entity(player).try_insert(active);
                }
            }
        }
    }
}

fn made(
    event: &GestureEvent,
    sensor: Entity,
    player: Entity,
    place: &GlobalTransform,
) -> GestureMade {
    GestureMade {
        sensor,
        player,
        id: event.player,
        gesture: event.gesture,
        side: event.side,
        direction: event.direction,
        ray: event.ray.and_then(|ray| in_world(&ray, place)),
        device_timestamp_usec: event.device_timestamp_usec,
    }
}

/// A ray of the depth camera's axes (mm) in world space.
fn in_world(ray: &Ray, place: &GlobalTransform) -> Option<Ray3d> {
    let origin = place.transform_point(units::to_world(ray.origin).into());
    let direction = place
        .affine()
        .transform_vector3(units::direction_to_world(ray.direction).into());
    Some(Ray3d::new(origin, Dir3::new(direction).ok()?))
}

/// Players of a sensor without [`BodyGestures`] make no gestures.
pub(super) fn forget(
    removed: On<Remove, BodyGestures>,
    mut commands: Commands,
    children: Query<&Children>,
    players: Query<(), With<Player>>,
) {
    commands
        .entity(removed.entity)
        .try_remove::<BegunGestures>();
    for &child in children.get(removed.entity).into_iter().flatten() {
        if players.contains(child) {
            commands.entity(child).try_remove::<ActiveGestures>();
        }
    }
}
