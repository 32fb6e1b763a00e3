//! What could not be matched, and which names come near it.

use super::names::{names_of, side_of};
use super::words::Words;
use crate::human::{BoneMap, HumanBone};
use crate::rig::Rig;

/// A part of the body for which the rig has no bone, or whose bone was not recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct Unmatched {
    /// The part of the body.
    pub bone: HumanBone,
    /// Up to three names of the rig's bones that come nearest, best first.
    pub nearest: Vec<String>,
}

/// The parts that a humanoid needs and the map lacks.
pub(super) fn unmatched(rig: &Rig, among: &[usize], map: &BoneMap) -> Vec<Unmatched> {
    HumanBone::ALL
        .into_iter()
        .filter(|bone| map.get(*bone).is_none() && !bone.is_optional())
        .map(|bone| Unmatched {
            bone,
            nearest: nearest(rig, among, map, bone),
        })
        .collect()
}

/// The names that come nearest a part, of bones that are not matched.
pub(super) fn nearest(rig: &Rig, among: &[usize], map: &BoneMap, part: HumanBone) -> Vec<String> {
    let mut names: Vec<(usize, &str)> = among
        .iter()
        .filter(|bone| map.part(**bone).is_none())
        .map(|bone| {
            let name = rig.bones()[*bone].name.as_str();
            let words = Words::of(name);
            let joined = words.joined();
            let far = names_of(part).map(|own| distance(own, &joined)).min();
            // A name of the other side is not meant.
            let side = if words.side == side_of(part) { 0 } else { 3 };
            (far.unwrap_or(usize::MAX / 2) + side, name)
        })
        .collect();
    names.sort();
    names
        .into_iter()
        .take(3)
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// How many letters must be added, removed or changed.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_letters() {
        assert_eq!(distance("forearm", "forearm"), 0);
        assert_eq!(distance("forearm", "farearms"), 2);
        assert_eq!(distance("", "arm"), 3);
    }
}
