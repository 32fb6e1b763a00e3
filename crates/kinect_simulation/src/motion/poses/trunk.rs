//! How a body holds its trunk and its head.

use glam::Quat;

use super::draw::about;
use super::legs::Base;
use crate::random::Random;

/// Trunk and head above the pelvis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Upper {
    /// How far the pelvis is tipped forwards with the trunk, in radians.
    pub(super) bend: f32,
    /// From pelvis to chest.
    pub(super) spine: Quat,
    /// From chest to head.
    pub(super) head: Quat,
}

fn turned(pitch: f32, yaw: f32, roll: f32) -> Quat {
    Quat::from_rotation_y(yaw) * Quat::from_rotation_x(pitch) * Quat::from_rotation_z(-roll)
}

/// Draws a trunk and a head for a base.
pub(super) fn upper(base: Base, r: &mut Random) -> Upper {
    let bend = if base.bends() && r.chance(0.22) {
        r.range(0.2..1.4)
    } else {
        0.0
    };
    let lively = if r.chance(0.45) { 1.0 } else { 0.4 };
    let spine = turned(
        about(r, bend * 0.4 + 0.08, 0.26 * lively).clamp(-0.45, 1.0),
        about(r, 0.0, 0.34 * lively).clamp(-0.7, 0.7),
        about(r, 0.0, 0.20 * lively).clamp(-0.5, 0.5),
    );
    // People who bend over, lie or crawl often look up.
    let up = if base == Base::OnAllFours {
        0.35
    } else {
        bend * 0.3
    };
    let head = turned(
        about(r, 0.08 - up, 0.28).clamp(-0.8, 0.8),
        about(r, 0.0, 0.5).clamp(-1.25, 1.25),
        about(r, 0.0, 0.16).clamp(-0.5, 0.5),
    );
    Upper { bend, spine, head }
}
