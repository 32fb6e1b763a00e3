//! Follows the hands of all players.

use std::sync::Arc;

use bevy::prelude::*;
use kinect_tracking::hands::HandEvent;

use super::events::HandActed;
use super::player::PlayerHands;
use super::reading::Hands;
use super::settings::BodyHands;
use crate::body::{DelayedFrame, DelayedFrameDemand, Player, TrackedBodies, ground_under};
use crate::sensor::{Frame, SensorStream};

/// Asks for the frames in which bodies were found.
pub(super) fn demand(mut sensors: Query<&mut DelayedFrameDemand, With<BodyHands>>) {
    for mut demand in &mut sensors {
        demand.is_wanted = true;
    }
}

/// Takes readings that are ready, tells what hands did, and starts the reading of the newest bodies.
pub(super) fn watch(
    mut commands: Commands,
    mut sensors: Query<(
        Entity,
        &BodyHands,
        &mut Hands,
        &TrackedBodies,
        &GlobalTransform,
        Option<&SensorStream>,
        Option<&DelayedFrame>,
    )>,
    mut players: Query<&mut PlayerHands>,
    mut messages: MessageWriter<HandActed>,
) {
    for (sensor, settings, mut hands, bodies, place, stream, delayed) in &mut sensors {
        let hands = &mut *hands;
        hands.watch.set_settings(settings.0);
        let mut tell = |event: &HandEvent, player: Entity| {
            let acted = HandActed {
                sensor,
                player,
                id: event.player,
                side: event.side,
                kind: event.kind,
                cursor: event.cursor,
                device_timestamp_usec: event.device_timestamp_usec,
            };
            messages.write(acted);
            commands.trigger(acted);
        };
        // Players who have left end their grips and cursors at once.
        let usec = bodies.device_timestamp_usec.or(hands.read_usec);
        while let Some((id, player)) = hands.gone(bodies) {
            hands.watch.forget(id, usec.unwrap_or_default());
            hands.players.retain(|known| known.0 != id);
            for event in hands.watch.events() {
                tell(event, player);
            }
        }
        if let Some(read) = hands.take() {
            let alive = |id: u32| bodies.player(id).is_some();
            let read_bodies = read.bodies.iter().filter(|(body, _)| alive(body.id));
            let ground = ground_under(place);
            hands.watch.update(
                read_bodies.map(|(body, readings)| (body, *readings)),
                read.device_timestamp_usec,
                &ground,
            );
            for (body, _) in &read.bodies {
                if let Some(player) = bodies.player(body.id)
                    && !hands.players.contains(&(body.id, player))
                {
                    hands.players.push((body.id, player));
                }
            }
            for event in hands.watch.events() {
                if let Some(player) = bodies.player(event.player) {
                    tell(event, player);
                }
            }
            for &(id, player) in &hands.players {
                // A hidden player has no hands.
                let [left, right] = hands.watch.hands(id).unwrap_or_default();
                let now = PlayerHands { left, right };
                match players.get_mut(player) {
                    Ok(mut known) => {
                        known.set_if_neq(now);
                    }
                    Err(_) => {
                        commands.entity(player).try_insert(now);
                    }
                }
            }
        }
        let Some(usec) = bodies.device_timestamp_usec else {
            hands.read_usec = None;
            continue;
        };
        if hands.is_busy() || hands.read_usec == Some(usec) {
            continue;
        }
        let frame = delayed.and_then(|delayed| delayed.0.as_ref());
        let frame = frame.filter(|frame| depth_time(frame) == Some(usec));
        let calibration = stream.and_then(|stream| stream.calibration.clone());
        let seen = frame.map(Arc::clone).zip(calibration);
        hands.start(bodies.bodies.clone(), usec, seen, settings.reader);
    }
}

/// Device timestamp of a frame's depth image in µs.
fn depth_time(frame: &Frame) -> Option<u64> {
    let depth = frame.capture.depth.as_ref()?;
    Some(depth.device_timestamp_usec)
}

/// Players of a sensor without [`BodyHands`] have no hands.
pub(super) fn forget(
    removed: On<Remove, BodyHands>,
    mut commands: Commands,
    children: Query<&Children>,
    players: Query<(), With<Player>>,
) {
    commands.entity(removed.entity).try_remove::<Hands>();
    for &child in children.get(removed.entity).into_iter().flatten() {
        if players.contains(child) {
            commands.entity(child).try_remove::<PlayerHands>();
        }
    }
}
