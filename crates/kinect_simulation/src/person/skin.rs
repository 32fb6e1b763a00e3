//! How the surface follows the bones: weights, and dual quaternion skinning.
//!
//! A vertex is moved by the bones of the parts it is made of, smoothed over the surface so that joints bend in an arc.
//! Dual quaternions keep the volume of twisted and bent limbs where averaged matrices would collapse.

use glam::{Quat, Vec3, Vec4};
use kinect_azure::body::Joint;

use super::pose::BodyPose;
use super::shape::Part;

/// The four strongest bones of a vertex.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weights {
    pub(crate) joint: [u8; 4],
    pub(crate) weight: [f32; 4],
}

type Full = [f32; Joint::COUNT];

/// Over how far from its surface a part still pulls, in metres.
const PULL: f32 = 0.012;
/// Passes of smoothing.
const SMOOTHING: usize = 5;

/// The bone weights of each vertex.
pub(crate) fn weights(parts: &[Part], positions: &[Vec3], triangles: &[[u32; 3]]) -> Vec<Weights> {
    let mut full: Vec<Full> = positions.iter().map(|&p| pulled(parts, p)).collect();
    // Neighbours, both ways.
    let mut starts = vec![0_u32; positions.len() + 1];
    for triangle in triangles {
        for &v in triangle {
            starts[v as usize + 1] += 2;
        }
    }
    for i in 1..starts.len() {
        starts[i] += starts[i - 1];
    }
    let mut ends = starts.clone();
    let mut neighbours = vec![0_u32; starts[positions.len()] as usize];
    for &[a, b, c] in triangles {
        for (v, others) in [(a, [b, c]), (b, [c, a]), (c, [a, b])] {
            for other in others {
                neighbours[ends[v as usize] as usize] = other;
                ends[v as usize] += 1;
            }
        }
    }
    for _ in 0..SMOOTHING {
        full = (0..positions.len())
            .map(|v| {
                let around = &neighbours[starts[v] as usize..starts[v + 1] as usize];
                let mut sum = full[v].map(|w| w * 0.5);
                let share = 0.5 / around.len().max(1) as f32;
                for &other in around {
                    for (s, w) in sum.iter_mut().zip(&full[other as usize]) {
                        *s += w * share;
                    }
                }
                sum
            })
            .collect();
    }
    full.iter().map(strongest).collect()
}

/// The bones of the parts around a point.
fn pulled(parts: &[Part], p: Vec3) -> Full {
    let mut full = [0.0; Joint::COUNT];
    let near: Vec<(f32, &Part)> = parts
        .iter()
        .filter(|part| part.blend >= 0.0 && part.center.distance(p) < part.reach + 0.1)
        .map(|part| (part.distance(p), part))
        .collect();
    let nearest = near.iter().map(|n| n.0).fold(f32::MAX, f32::min);
    for (distance, part) in near {
        let pull = (-(distance - nearest) / PULL).exp();
        if pull < 0.01 {
            continue;
        }
        let t = part.along(p);
        let bones = &part.bones;
        let next = bones.iter().position(|b| b.0 > t).unwrap_or(bones.len());
        let mut give = |joint: Joint, weight: f32| {
            // A skirt hangs on both legs.
            if joint == Joint::HipLeft && part.center.x.abs() < 1e-3 {
                let left = ((p.x / 0.09) * 0.5 + 0.5).clamp(0.0, 1.0);
                full[Joint::HipLeft.index()] += weight * left;
                full[Joint::HipRight.index()] += weight * (1.0 - left);
            } else {
                full[joint.index()] += weight;
            }
        };
        if next == 0 {
            give(bones[0].1, pull);
        } else if next == bones.len() {
            give(bones[next - 1].1, pull);
        } else {
            let (a, b) = (bones[next - 1], bones[next]);
            let s = (t - a.0) / (b.0 - a.0);
            let s = s * s * (3.0 - 2.0 * s);
            give(a.1, pull * (1.0 - s));
            give(b.1, pull * s);
        }
    }
    let sum: f32 = full.iter().sum();
    full.map(|w| w / sum.max(1e-9))
}

fn strongest(full: &Full) -> Weights {
    let mut order: [u8; Joint::COUNT] = core::array::from_fn(|i| i as u8);
    order.sort_by(|a, b| full[*b as usize].total_cmp(&full[*a as usize]));
    let joint: [u8; 4] = core::array::from_fn(|i| order[i]);
    let weight = joint.map(|j| full[j as usize]);
    let sum: f32 = weight.iter().sum();
    Weights {
        joint,
        weight: weight.map(|w| w / sum.max(1e-9)),
    }
}

/// A rotation and a translation as a dual quaternion.
#[derive(Clone, Copy)]
pub(crate) struct Bone {
    real: Vec4,
    dual: Vec4,
}

/// The movement of each bone from the bind pose to a pose.
pub(crate) fn bones(bind: &BodyPose, pose: &BodyPose) -> [Bone; Joint::COUNT] {
    core::array::from_fn(|j| {
        let rotation = (pose.rotation[j] * bind.rotation[j].inverse()).normalize();
        let translation = pose.position[j] - rotation * bind.position[j];
        let [x, y, z, w] = rotation.to_array();
        let t = translation;
        Bone {
            real: Vec4::new(x, y, z, w),
            // Half the translation times the rotation.
            dual: 0.5
                * Vec4::new(
                    t.x * w + t.y * z - t.z * y,
                    t.y * w + t.z * x - t.x * z,
                    t.z * w + t.x * y - t.y * x,
                    -(t.x * x + t.y * y + t.z * z),
                ),
        }
    })
}

/// Where a vertex of the bind pose goes.
#[inline]
pub(crate) fn moved(
    bones: &[Bone; Joint::COUNT],
    weights: &Weights,
    p: Vec3,
    normal: Vec3,
) -> (Vec3, Vec3) {
    let first = bones[weights.joint[0] as usize & 31];
    let mut real = first.real * weights.weight[0];
    let mut dual = first.dual * weights.weight[0];
    for i in 1..4 {
        let bone = bones[weights.joint[i] as usize & 31];
        // The shorter way round.
        let weight = if bone.real.dot(first.real) < 0.0 {
            -weights.weight[i]
        } else {
            weights.weight[i]
        };
        real += bone.real * weight;
        dual += bone.dual * weight;
    }
    let scale = real.length_recip();
    let real = real * scale;
    let dual = dual * scale;
    let rotation = Quat::from_vec4(real);
    let (rv, dv) = (real.truncate(), dual.truncate());
    let translation = 2.0 * (dv * real.w - rv * dual.w + rv.cross(dv));
    (rotation * p + translation, rotation * normal)
}
