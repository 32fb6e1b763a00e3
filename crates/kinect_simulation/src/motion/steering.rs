//! Steers around people and furniture.

use glam::Vec2;

use super::stage::Stage;

/// The least distance between the middles of two people, in metres.
pub(super) const ELBOW_ROOM: f32 = 0.62;

/// The velocity that leads to a place, around people and furniture.
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
            // Pass on the nearer side, or on the right if both are equal.
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
