//! The part of a rotation that turns about an axis.

use core::f32::consts::PI;

use glam::{Quat, Vec3};

/// Beyond this angle in radians, which no forearm reaches, the share falls to zero at half a turn: otherwise it would jump
/// when noise of the tracker turns a hand further.
const MOST: f32 = 2.1;

/// A share of the twist of a rotation about a unit axis. A rotation by half a turn about a square axis has none.
pub(super) fn twist(q: Quat, axis: Vec3, share: f32) -> Quat {
    let along = Vec3::new(q.x, q.y, q.z).dot(axis);
    if along.hypot(q.w) < 1e-4 {
        return Quat::IDENTITY;
    }
    let q = if q.w < 0.0 { -q } else { q };
    let along = Vec3::new(q.x, q.y, q.z).dot(axis);
    let angle = 2.0 * along.atan2(q.w);
    let fading = ((PI - angle.abs()) * MOST / (PI - MOST)).max(0.0);
    let angle = angle.abs().min(fading).copysign(angle);
    Quat::from_axis_angle(axis, angle * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_twist_is_found_beside_any_swing() {
        for angle in [-2.0_f32, -0.3, 0.0, 1.0, 2.1] {
            let swing = Quat::from_rotation_z(0.8) * Quat::from_rotation_y(-0.4);
            // The swing's own twist is taken away.
            let swing = swing * twist(swing, Vec3::X, 1.0).inverse();
            let q = swing * Quat::from_rotation_x(angle);
            let half = twist(q, Vec3::X, 0.5);
            assert!(
                half.angle_between(Quat::from_rotation_x(angle * 0.5)) < 1e-3,
                "{angle}"
            );
        }
        assert_eq!(
            twist(Quat::from_xyzw(0.0, 1.0, 0.0, 0.0), Vec3::X, 1.0),
            Quat::IDENTITY
        );
    }

    #[test]
    fn a_share_never_jumps() {
        let mut last = Quat::IDENTITY;
        for degrees in 0..=720 {
            let q = Quat::from_rotation_x((degrees as f32).to_radians());
            let share = twist(q, Vec3::X, 0.5);
            assert!(share.angle_between(last) < 0.02, "{degrees}");
            last = share;
        }
    }
}
