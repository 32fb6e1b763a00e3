//! Moves all joints to the places that best fit the measurements and the lengths between joints.

use glam::{Mat3, Vec3};
use kinect_azure::Joint;

use super::lengths::Length;
use super::plan::{LINK_COUNT, Plan};

/// The measured place of a joint: a point, and its accuracy along the ray and across it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    /// In mm.
    pub(crate) point: Vec3,
    /// Unit vector from the camera.
    pub(crate) ray: Vec3,
    /// 1 / variance across the ray, in 1/mm².
    pub(crate) across: f32,
    /// 1 / variance along the ray, in 1/mm².
    pub(crate) along: f32,
}

/// How often every joint is moved.
const SWEEPS: usize = 12;

/// The largest movement of a joint; with wrong input, joints could otherwise move away for ever.
const LONGEST_STEP_MM: f32 = 500.0;

/// Moves each joint to the best place for the present places of the others, again and again.
pub(crate) fn solve(
    plan: &Plan,
    lengths: &[Length; LINK_COUNT],
    known: &[Place; Joint::COUNT],
    joints: &mut [Vec3; Joint::COUNT],
) {
    let mut weights = [0.0; LINK_COUNT];
    for (weight, length) in weights.iter_mut().zip(lengths) {
        *weight = 1.0 / (length.deviation * length.deviation).max(1.0);
    }
    for sweep in 0..SWEEPS {
        // Forwards and backwards, so that changes spread along limbs in both directions.
        for step in 0..Joint::COUNT {
            let index = if sweep % 2 == 0 {
                step
            } else {
                Joint::COUNT - 1 - step
            };
            let place = &known[index];
            let at = joints[index];
            let mut matrix = Mat3::from_diagonal(Vec3::splat(place.across))
                + outer(place.ray, place.along - place.across);
            let mut target = matrix * place.point;
            for &(link, other) in &plan.of[index] {
                let other = joints[other.index()];
                let Some(direction) = (at - other).try_normalize() else {
                    continue;
                };
                let one = outer(direction, weights[link]);
                matrix += one;
                target += one * (other + direction * lengths[link].mm);
            }
            // A very small pull towards the joint's present place, so that there is always exactly one best place.
            const STAY: f32 = 1e-5;
            matrix += Mat3::from_diagonal(Vec3::splat(STAY));
            target += at * STAY;
            let moved = matrix.inverse() * target;
            if moved.is_finite() {
                joints[index] = at + (moved - at).clamp_length_max(LONGEST_STEP_MM);
            }
        }
    }
}

/// `weight` times the projection onto a direction.
fn outer(direction: Vec3, weight: f32) -> Mat3 {
    let scaled = direction * weight;
    Mat3::from_cols(
        scaled * direction.x,
        scaled * direction.y,
        scaled * direction.z,
    )
}
