//! Hips, spine, neck and head, by what hangs on what: names of the trunk differ too much from tool to tool.

use glam::Vec3;

use super::names::HIPS;
use super::words::Words;
use crate::human::{BoneMap, HumanBone};
use crate::rig::Rig;

/// Adds the trunk between the limbs that are already in the map.
pub(super) fn by_limbs(rig: &Rig, among: &[usize], up: Vec3, map: &mut BoneMap) {
    let legs = pair(rig, map, HumanBone::LeftUpperLeg, HumanBone::RightUpperLeg);
    let arms = pair(rig, map, HumanBone::LeftShoulder, HumanBone::RightShoulder)
        .or_else(|| pair(rig, map, HumanBone::LeftUpperArm, HumanBone::RightUpperArm));
    let top = map.get(HumanBone::Head).or(arms);
    if map.get(HumanBone::Hips).is_none() {
        let hips = match (legs, top) {
            (Some(legs), Some(top)) => rig.common(legs, top),
            (legs, _) => legs,
        }
        .or_else(|| named_hips(rig, among, map));
        if let Some(hips) = hips.filter(|hips| map.part(*hips).is_none()) {
            map.set(HumanBone::Hips, hips);
        }
    }
    let Some(hips) = map.get(HumanBone::Hips) else {
        return;
    };
    let Some(top) = arms.or(top) else {
        return;
    };
    let mut spine = rig.path(hips, top).unwrap_or_default();
    // Biped hangs collar bones on the neck; rigs without arms lead to the head.
    let end = spine.iter().position(|bone| {
        matches!(map.part(*bone), Some(HumanBone::Neck | HumanBone::Head))
            || Words::of(&rig.bones()[*bone].name)
                .joined()
                .starts_with("neck")
    });
    let chest = match end {
        Some(end) => {
            let neck = spine[end];
            spine.truncate(end);
            if map.part(neck).is_none() && map.get(HumanBone::Neck).is_none() {
                map.set(HumanBone::Neck, neck);
            }
            spine.last().copied().unwrap_or(hips)
        }
        None => top,
    };
    set_spine(&spine, map);
    neck_and_head(rig, among, up, chest, map);
}

/// Names the bones of the spine, unless a bone of it is named already.
fn set_spine(spine: &[usize], map: &mut BoneMap) {
    let named = [HumanBone::Spine, HumanBone::Chest, HumanBone::UpperChest]
        .iter()
        .any(|part| map.get(*part).is_some());
    if named || spine.iter().any(|bone| map.part(*bone).is_some()) {
        return;
    }
    match spine {
        [] => {}
        [one] => map.set(HumanBone::Spine, *one),
        [one, two] => {
            map.set(HumanBone::Spine, *one);
            map.set(HumanBone::Chest, *two);
        }
        [one, between @ .., last] => {
            map.set(HumanBone::Spine, *one);
            map.set(HumanBone::Chest, between[between.len() / 2]);
            map.set(HumanBone::UpperChest, *last);
        }
    }
}

/// The chain that goes on above the chest.
fn neck_and_head(rig: &Rig, among: &[usize], up: Vec3, chest: usize, map: &mut BoneMap) {
    if map.get(HumanBone::Head).is_none() {
        // The highest bone above the chest that no arm hangs on; ends without a skin do not count.
        let height = |bone: usize| rig.rest_position(bone).dot(up);
        let arms = [HumanBone::LeftUpperArm, HumanBone::RightUpperArm];
        let free = |bone: usize| {
            map.part(bone).is_none_or(|part| part == HumanBone::Neck)
                && arms
                    .iter()
                    .filter_map(|arm| map.get(*arm))
                    .all(|arm| !rig.is_below(arm, bone) && !rig.is_below(bone, arm) && arm != bone)
        };
        let from = map.get(HumanBone::Neck).unwrap_or(chest);
        let highest = among
            .iter()
            .copied()
            .filter(|bone| rig.is_below(*bone, from) && free(*bone))
            .max_by(|a, b| height(*a).total_cmp(&height(*b)));
        let chain = highest
            .and_then(|bone| rig.path(from, bone))
            .unwrap_or_default();
        let chain: Vec<usize> = chain
            .into_iter()
            .filter(|bone| among.contains(bone) && free(*bone) && map.part(*bone).is_none())
            .collect();
        // The last bone is the head, or the top of the head: then it is further away than a neck is long.
        let length = |a: usize, b: usize| rig.rest_position(a).distance(rig.rest_position(b));
        let head = match chain.as_slice() {
            [.., neck, head, top] if length(*head, *top) > 1.5 * length(*neck, *head) => {
                Some(*head)
            }
            [.., head, top] if super::is_helper(&rig.bones()[*top].name) => Some(*head),
            [.., head] => Some(*head),
            [] => None,
        };
        if let Some(head) = head {
            map.set(HumanBone::Head, head);
        }
    }
    if map.get(HumanBone::Neck).is_none()
        && let Some(head) = map.get(HumanBone::Head)
        && let Some(path) = rig.path(chest, head)
        && let [neck, _, ..] = path.as_slice()
        && map.part(*neck).is_none()
    {
        map.set(HumanBone::Neck, *neck);
    }
}

fn pair(rig: &Rig, map: &BoneMap, left: HumanBone, right: HumanBone) -> Option<usize> {
    let (left, right) = (map.get(left)?, map.get(right)?);
    rig.common(left, right)
        .filter(|both| *both != left && *both != right)
}

fn named_hips(rig: &Rig, among: &[usize], map: &BoneMap) -> Option<usize> {
    HIPS.iter().find_map(|name| {
        among.iter().copied().find(|bone| {
            let words = Words::of(&rig.bones()[*bone].name);
            map.part(*bone).is_none() && words.side.is_none() && words.joined() == *name
        })
    })
}
