//! Around each other and around things.

use glam::Vec2;

use super::actor::Actor;
use super::stage::Stage;

/// Nobody comes closer to anybody than this, from middle to middle, in metres.
pub(super) const ELBOW_ROOM: f32 = 0.62;

/// The velocity that leads to a place around people and things.
pub(super) fn steer(
    at: Vec2,
    wanted: Vec2,
    to: Vec2,
    others: &[(Vec2, Vec2)],
    stage: &Stage,
) -> Vec2 {
    let speed = wanted.length();
    if speed < 1e-3 {
        return wanted;
    }
    let direction = wanted / speed;
    let mut push = Vec2::ZERO;
    let mut slow: f32 = 1.0;
    let mut avoid = |nearest: Vec2, room: f32, moving: Vec2| {
        let off = nearest - at;
        let distance = off.length().max(1e-3);
        if distance > room + 0.9 || distance > to.distance(at) + room {
            return;
        }
        let ahead = off.dot(direction) / distance;
        let close = ((room + 0.9 - distance) / 0.9).clamp(0.0, 1.4);
        push -= off / distance * close * close * 0.8;
        if ahead > 0.2 {
            // Pass on the side that is nearer, the right one in doubt.
            let side = Vec2::new(-direction.y, direction.x);
            let sign = if off.dot(side) > 0.02 { -1.0 } else { 1.0 };
            push += side * sign * close * ahead * 1.1;
            if distance < room + 0.25 && moving.dot(direction) < 0.2 {
                slow = slow.min(0.55);
            }
        }
    };
    for &(other, velocity) in others {
        avoid(other, ELBOW_ROOM, velocity);
    }
    for &(low, high) in &stage.obstacles {
        avoid(at.clamp(low, high), 0.30, Vec2::ZERO);
    }
    // The sensor itself.
    avoid(Vec2::new(0.0, 0.1), 0.55, Vec2::ZERO);
    (direction + push).normalize_or(direction) * speed * slow
}

/// Pushes people apart who came too close, and out of what stands about.
pub(super) fn keep_apart(actors: &mut [Actor], stage: &Stage) {
    for a in 0..actors.len() {
        for b in a + 1..actors.len() {
            let off = actors[b].root.at - actors[a].root.at;
            let distance = off.length();
            if distance >= ELBOW_ROOM {
                continue;
            }
            let away = if distance > 1e-3 {
                off / distance
            } else {
                Vec2::X
            };
            let push = ELBOW_ROOM - distance;
            // Whoever walks gives way.
            let (wa, wb) = (actors[a].mobility(), actors[b].mobility());
            let share = wb / (wa + wb);
            actors[a].root.at -= away * push * (1.0 - share);
            actors[b].root.at += away * push * share;
        }
    }
    for actor in actors.iter_mut() {
        if actor.uses_seat() {
            continue;
        }
        for &(low, high) in &stage.obstacles {
            let nearest = actor.root.at.clamp(low, high);
            let off = actor.root.at - nearest;
            let distance = off.length();
            const ROOM: f32 = 0.30;
            if distance >= ROOM {
                continue;
            }
            let middle = (low + high) * 0.5;
            let away = if distance > 1e-3 {
                off / distance
            } else {
                (actor.root.at - middle).normalize_or(Vec2::Y)
            };
            actor.root.at += away * (ROOM - distance).min(0.02);
        }
    }
}
