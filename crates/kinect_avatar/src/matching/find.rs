//! All ways to match bones, in their order.

use super::nearest::{self, Unmatched};
use super::{names, shape, trunk};
use crate::human::{BoneMap, HumanBone};
use crate::rig::Rig;

/// Which bone of a rig is which part of the body, and what could not be matched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matching {
    /// The bones that were matched.
    pub bones: BoneMap,
    /// The parts that a humanoid needs and for which no bone was found, and parts of the map by hand whose bone does not exist.
    /// Empty for a rig that was understood.
    pub unmatched: Vec<Unmatched>,
}

/// Finds out which bone is which part of the body.
///
/// `by_hand` names bones that the caller knows; they are always used. The rest comes from the file's own table if it has
/// one, from names if that is incomplete, and from the skeleton's shape if names leave something open. If a model has
/// several skeletons, that is matched which gives the most bones.
pub fn match_bones(rig: &Rig, by_hand: &[(HumanBone, &str)]) -> Matching {
    let mut given = BoneMap::default();
    let mut missing = Vec::new();
    for &(bone, name) in rig.humanoid() {
        if given.get(bone).is_none() {
            given.set(bone, name);
        }
    }
    for &(bone, name) in by_hand {
        match find(rig, name) {
            Some(index) => given.set(bone, index),
            None => missing.push(bone),
        }
    }
    let mut best = Matching::default();
    for among in skeletons(rig) {
        let mut map = given;
        if !complete(&map) {
            let up = shape::up(rig, &among);
            names::by_names(rig, &among, &mut map);
            trunk::by_limbs(rig, &among, up, &mut map);
            if !complete(&map) {
                shape::by_shape(rig, &among, up, &mut map);
                trunk::by_limbs(rig, &among, up, &mut map);
            }
        }
        if best.bones.is_empty() || map.len() > best.bones.len() {
            let mut unmatched = nearest::unmatched(rig, &among, &map);
            for &bone in &missing {
                if unmatched.iter().all(|other| other.bone != bone) {
                    let nearest = nearest::nearest(rig, &among, &map, bone);
                    unmatched.push(Unmatched { bone, nearest });
                }
            }
            best = Matching {
                bones: map,
                unmatched,
            };
        }
    }
    best
}

/// Whether every part that a humanoid needs has a bone.
fn complete(map: &BoneMap) -> bool {
    HumanBone::ALL
        .into_iter()
        .all(|bone| bone.is_optional() || map.get(bone).is_some())
}

/// A bone by its name, as it is written if there is such a one.
fn find(rig: &Rig, name: &str) -> Option<usize> {
    let bones = rig.bones();
    bones.iter().position(|bone| bone.name == name).or_else(|| {
        bones
            .iter()
            .position(|bone| bone.name.eq_ignore_ascii_case(name))
    })
}

/// The skeletons of a model, each with its bones from the root down. Bones of one armature are one skeleton, even if several of
/// them are roots. Without a skin, every node counts as a bone.
fn skeletons(rig: &Rig) -> Vec<Vec<usize>> {
    let skinned = rig.bones().iter().any(|bone| bone.is_joint);
    let is_bone = |bone: usize| !skinned || rig.bones()[bone].is_joint;
    let mut found: Vec<(Option<usize>, Vec<usize>)> = Vec::new();
    for &bone in rig.order().iter().filter(|bone| is_bone(**bone)) {
        let top = rig
            .ancestors(bone)
            .filter(|above| is_bone(*above))
            .last()
            .unwrap_or(bone);
        let holder = rig.bones()[top].parent;
        match found.iter_mut().find(|(other, _)| *other == holder) {
            Some((_, bones)) => bones.push(bone),
            None => found.push((holder, vec![bone])),
        }
    }
    if found.is_empty() {
        // Even a rig without bones has a list of what is missing.
        found.push((None, Vec::new()));
    }
    found.into_iter().map(|(_, bones)| bones).collect()
}
