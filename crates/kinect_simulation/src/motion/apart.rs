//! Keeps people from walking into each other and into furniture.

use glam::Vec2;

use super::actor::Actor;
use super::stage::Stage;
use super::steering::ELBOW_ROOM;

/// Pushes people apart who came too close, and out of furniture.
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
            // People who walk give way to people who stand.
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
