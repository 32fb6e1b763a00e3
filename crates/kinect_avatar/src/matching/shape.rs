//! The limbs of a skeleton by its shape, for rigs whose names tell nothing.

use glam::Vec3;

use super::names::side_of;
use super::words::Side;
use crate::human::{BoneMap, HumanBone};
use crate::rig::Rig;

/// The axis of the model space that points up: y, unless the model plainly stands along z.
pub(super) fn up(rig: &Rig, among: &[usize]) -> Vec3 {
    let (mut low, mut high) = (Vec3::MAX, Vec3::MIN);
    for &bone in among {
        low = low.min(rig.rest_position(bone));
        high = high.max(rig.rest_position(bone));
    }
    let size = high - low;
    if size.z > size.y * 1.5 {
        Vec3::Z
    } else {
        Vec3::Y
    }
}

/// A chain of bones that may be a limb, from the trunk to its end.
type Chain = Vec<usize>;

/// Adds limbs that are still missing, and nothing that contradicts the bones in the map.
pub(super) fn by_shape(rig: &Rig, among: &[usize], up: Vec3, map: &mut BoneMap) {
    let Some(shape) = Shape::of(rig, among, up) else {
        return;
    };
    let legs = shape.legs.map(|chain| leg_parts(rig, &chain, up));
    let arms = shape
        .arms
        .map(|pair| pair.map(|chain| arm_parts(rig, among, &chain)));
    let chains = [Some(legs), arms].into_iter().flatten();
    for [a, b] in chains {
        let swap = sides_by_names(map, &a, &b).unwrap_or_else(|| {
            let at = |parts: &[(HumanBone, usize)]| {
                parts
                    .first()
                    .map_or(Vec3::ZERO, |(_, bone)| rig.rest_position(*bone))
            };
            (at(&a) - at(&b)).dot(shape.left) < 0.0
        });
        let (left, right) = if swap { (b, a) } else { (a, b) };
        for (part, bone) in left {
            add(rig, map, part, bone);
        }
        for (part, bone) in right {
            add(rig, map, part.mirrored(), bone);
        }
    }
}

/// Whether the first of two limbs is the right one, by bones in the map; `None` if names tell nothing.
fn sides_by_names(
    map: &BoneMap,
    a: &[(HumanBone, usize)],
    b: &[(HumanBone, usize)],
) -> Option<bool> {
    let side = |parts: &[(HumanBone, usize)]| {
        parts
            .iter()
            .find_map(|(_, bone)| map.part(*bone).and_then(side_of))
    };
    match (side(a), side(b)) {
        (Some(a), _) => Some(a == Side::Right),
        (_, Some(b)) => Some(b == Side::Left),
        _ => None,
    }
}

/// Sets a part if it is missing and if the bone lies between those of the same limb that are set.
fn add(rig: &Rig, map: &mut BoneMap, part: HumanBone, bone: usize) {
    if map.get(part).is_some() || map.part(bone).is_some() {
        return;
    }
    let fits = map.iter().all(|(other, other_bone)| {
        if side_of(other) != side_of(part) || limb(other) != limb(part) {
            return true;
        }
        if other < part {
            rig.is_below(bone, other_bone)
        } else {
            rig.is_below(other_bone, bone)
        }
    });
    if fits {
        map.set(part, bone);
    }
}

/// 0 for the trunk, 1 for arms, 2 for legs.
fn limb(part: HumanBone) -> u8 {
    match part.index() {
        0..=5 => 0,
        6..=9 | 14..=17 => 1,
        _ => 2,
    }
}

struct Shape {
    legs: [Chain; 2],
    arms: Option<[Chain; 2]>,
    /// The direction to the character's left.
    left: Vec3,
}

impl Shape {
    fn of(rig: &Rig, among: &[usize], up: Vec3) -> Option<Self> {
        let height = |bone: usize| rig.rest_position(bone).dot(up);
        let is_leaf = |bone: usize| !rig.children(bone).any(|child| among.contains(&child));
        let leaves: Vec<usize> = among
            .iter()
            .copied()
            .filter(|bone| is_leaf(*bone))
            .collect();
        let by_height = |a: &&usize, b: &&usize| height(**a).total_cmp(&height(**b));
        let (&low, &high) = (
            leaves.iter().min_by(by_height)?,
            leaves.iter().max_by(by_height)?,
        );
        let tall = height(high) - height(low);
        if tall <= 0.0 {
            return None;
        }
        // The other foot: as low, and what it shares with the first is as high as possible.
        let (hips, other) = leaves
            .iter()
            .filter(|leaf| **leaf != low && height(**leaf) - height(low) < 0.06 * tall)
            .filter_map(|&leaf| Some((rig.common(low, leaf)?, leaf)))
            .filter(|(hips, leaf)| *hips != low && hips != leaf)
            .max_by(|a, b| height(a.0).total_cmp(&height(b.0)))?;
        let legs = [rig.path(hips, low)?, rig.path(hips, other)?];
        let trunk = rig.path(hips, high).unwrap_or_default();
        let left = left(rig, &legs, up);
        Some(Self {
            arms: arms(rig, among, hips, &trunk, tall),
            legs,
            left,
        })
    }
}

/// The pair of equally long branches of the trunk that is longest.
fn arms(rig: &Rig, among: &[usize], hips: usize, trunk: &[usize], tall: f32) -> Option<[Chain; 2]> {
    let mut best: Option<(f32, [Chain; 2])> = None;
    for &node in core::iter::once(&hips).chain(trunk) {
        if node == hips && !trunk.is_empty() {
            // The branches of the hips are legs.
            continue;
        }
        let mut branches: Vec<(f32, Chain)> = rig
            .children(node)
            .filter(|child| among.contains(child) && !trunk.contains(child))
            .map(|child| longest(rig, among, child))
            .filter(|(length, _)| *length > 0.25 * tall)
            .collect();
        branches.sort_by(|a, b| b.0.total_cmp(&a.0));
        if let [(first, a), (second, b), ..] = branches.as_slice()
            && *second > 0.85 * first
            && best.as_ref().is_none_or(|(length, _)| first > length)
        {
            best = Some((*first, [a.clone(), b.clone()]));
        }
    }
    best.map(|(_, pair)| pair)
}

/// The longest chain down from a bone, and its length.
fn longest(rig: &Rig, among: &[usize], from: usize) -> (f32, Chain) {
    let below = among
        .iter()
        .copied()
        .filter(|bone| rig.is_below(*bone, from));
    let mut best = (0.0, vec![from]);
    for end in below {
        if let Some(path) = rig.path(from, end) {
            let chain: Chain = core::iter::once(from).chain(path).collect();
            let length = length(rig, &chain);
            if length > best.0 {
                best = (length, chain);
            }
        }
    }
    best
}

fn length(rig: &Rig, chain: &[usize]) -> f32 {
    chain
        .windows(2)
        .map(|pair| distance(rig, pair[0], pair[1]))
        .sum()
}

fn distance(rig: &Rig, a: usize, b: usize) -> f32 {
    rig.rest_position(a).distance(rig.rest_position(b))
}

/// The character's left, from where its toes point; a model without toes faces +z, as glTF says.
fn left(rig: &Rig, legs: &[Chain; 2], up: Vec3) -> Vec3 {
    let ahead: Vec3 = legs
        .iter()
        .map(|chain| {
            let parts = leg_parts(rig, chain, up);
            let foot = parts.iter().find(|(part, _)| *part == HumanBone::LeftFoot);
            match (foot, chain.last()) {
                (Some((_, foot)), Some(end)) => rig.rest_position(*end) - rig.rest_position(*foot),
                _ => Vec3::ZERO,
            }
        })
        .sum();
    let ahead = ahead - up * ahead.dot(up);
    let default = if up == Vec3::Y { Vec3::Z } else { Vec3::NEG_Y };
    up.cross(ahead.try_normalize().unwrap_or(default))
}

/// The parts of a leg, named as those of the left one.
fn leg_parts(rig: &Rig, chain: &[usize], up: Vec3) -> Vec<(HumanBone, usize)> {
    let total = length(rig, chain);
    let ankle = (1..chain.len()).rfind(|&end| {
        let bone = rig.rest_position(chain[end]) - rig.rest_position(chain[end - 1]);
        bone.length() > 0.15 * total && bone.normalize_or_zero().dot(up) < -0.5
    });
    let mut parts = two_bones(
        rig,
        chain,
        ankle,
        [
            HumanBone::LeftUpperLeg,
            HumanBone::LeftLowerLeg,
            HumanBone::LeftFoot,
        ],
    );
    if let (Some(ankle), false) = (ankle, parts.is_empty())
        && let Some(toes) = chain.get(ankle + 1)
    {
        parts.push((HumanBone::LeftToes, *toes));
    }
    parts
}

/// The parts of an arm, named as those of the left one.
fn arm_parts(rig: &Rig, among: &[usize], chain: &[usize]) -> Vec<(HumanBone, usize)> {
    let total = length(rig, chain);
    let fingers = |bone: usize| rig.children(bone).filter(|c| among.contains(c)).count();
    let wrist = (2..chain.len())
        .find(|&at| fingers(chain[at]) >= 3)
        .or_else(|| {
            (1..chain.len()).rfind(|&end| distance(rig, chain[end - 1], chain[end]) > 0.18 * total)
        });
    let mut parts = two_bones(
        rig,
        chain,
        wrist,
        [
            HumanBone::LeftUpperArm,
            HumanBone::LeftLowerArm,
            HumanBone::LeftHand,
        ],
    );
    if let Some((_, upper)) = parts.first()
        && *upper != chain[0]
    {
        parts.insert(0, (HumanBone::LeftShoulder, chain[0]));
    }
    parts
}

/// The two long bones of a limb that ends at a place of the chain: both as long and as equal as possible.
fn two_bones(
    rig: &Rig,
    chain: &[usize],
    end: Option<usize>,
    [upper, lower, last]: [HumanBone; 3],
) -> Vec<(HumanBone, usize)> {
    let Some(end) = end else {
        return Vec::new();
    };
    let mut best: Option<(f32, [usize; 2])> = None;
    for from in 0..end {
        for middle in from + 1..end {
            let first = distance(rig, chain[from], chain[middle]);
            let second = distance(rig, chain[middle], chain[end]);
            let score = first.min(second) - 0.5 * (first - second).abs();
            if best.is_none_or(|(other, _)| score > other) {
                best = Some((score, [from, middle]));
            }
        }
    }
    best.map_or_else(Vec::new, |(_, [from, middle])| {
        vec![
            (upper, chain[from]),
            (lower, chain[middle]),
            (last, chain[end]),
        ]
    })
}
