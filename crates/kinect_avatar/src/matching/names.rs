//! Which part of the body a name means.

use super::words::{Side, Words};
use crate::human::{BoneMap, HumanBone};
use crate::rig::Rig;

/// The names of parts of the left side, best first. A part has several rows if its later names mean another part when that is
/// still missing: Mixamo's "shoulder" is the collar bone, but beside "elbow" and "wrist" it is the upper arm.
const SIDES: [(HumanBone, &[&str]); 15] = [
    (HumanBone::LeftHand, &["hand", "palm", "fist"]),
    (
        HumanBone::LeftLowerArm,
        &[
            "lowerarm",
            "forearm",
            "forearmbend",
            "lowarm",
            "loarm",
            "armlower",
            "armlow",
            "elbow",
            "radius",
            "ulna",
        ],
    ),
    (
        HumanBone::LeftUpperArm,
        &[
            "upperarm",
            "uparm",
            "upperarmbend",
            "shldrbend",
            "shldr",
            "armupper",
            "armup",
            "bicep",
            "humerus",
            "arm",
        ],
    ),
    (
        HumanBone::LeftShoulder,
        &["clavicle", "clav", "collar", "collarbone", "scapula"],
    ),
    (HumanBone::LeftUpperArm, &["shoulder"]),
    (HumanBone::LeftShoulder, &["shoulder"]),
    (HumanBone::LeftHand, &["wrist"]),
    (
        HumanBone::LeftUpperLeg,
        &[
            "upperleg",
            "upleg",
            "thigh",
            "thighbend",
            "upperlegbend",
            "legupper",
            "legup",
            "femur",
            "hip",
        ],
    ),
    (
        HumanBone::LeftLowerLeg,
        &[
            "lowerleg", "lowleg", "loleg", "calf", "shin", "shank", "leglower", "leglow", "knee",
            "tibia",
        ],
    ),
    (HumanBone::LeftUpperLeg, &["leg"]),
    (HumanBone::LeftLowerLeg, &["leg"]),
    (HumanBone::LeftFoot, &["ankle", "foot"]),
    (
        HumanBone::LeftToes,
        &["toe", "toes", "ball", "football", "foottoe"],
    ),
    (HumanBone::LeftToes, &["foot"]),
    (HumanBone::LeftFoot, &["feet"]),
];

/// The names of parts of the trunk that names tell; the rest is found by what hangs on what.
const MIDDLE: [(HumanBone, &[&str]); 2] = [
    (HumanBone::Head, &["head", "skull"]),
    (
        HumanBone::Neck,
        &["neck", "necklower", "necktwist", "cervical"],
    ),
];

/// Names that the hips have, where hips cannot be found by the legs.
pub(super) const HIPS: [&str; 6] = ["hips", "pelvis", "hip", "waist", "spine", "root"];

/// Words of bones that only help others.
const HELPERS: [&str; 21] = [
    "twist",
    "roll",
    "twst",
    "twistbone",
    "ik",
    "fk",
    "pole",
    "ctrl",
    "control",
    "target",
    "end",
    "nub",
    "leaf",
    "helper",
    "share",
    "volume",
    "adj",
    "dummy",
    "slot",
    "jiggle",
    "top",
];

/// Whether a bone is a helper by its name: a twist bone, a controller, the end of a chain.
pub(crate) fn is_helper(name: &str) -> bool {
    let words = Words::of(name);
    let joined = words.joined();
    words
        .words
        .iter()
        .any(|word| HELPERS.contains(&word.as_str()))
        || ["twist", "roll", "twst"]
            .iter()
            .any(|end| joined.ends_with(end))
}

/// All names of a part, without those of its side.
pub(super) fn names_of(part: HumanBone) -> impl Iterator<Item = &'static str> {
    let left = if part.name().starts_with("right") {
        part.mirrored()
    } else {
        part
    };
    let trunk = match part {
        HumanBone::Hips => Some(&HIPS[..]),
        HumanBone::Spine => Some(&["spine", "abdomen", "torso"][..]),
        _ => None,
    };
    SIDES
        .into_iter()
        .chain(MIDDLE)
        .filter(move |(bone, _)| *bone == left)
        .map(|(_, names)| names)
        .chain(trunk)
        .flatten()
        .copied()
}

/// The side of a part of the body.
pub(super) fn side_of(part: HumanBone) -> Option<Side> {
    if part.name().starts_with("left") {
        Some(Side::Left)
    } else if part.name().starts_with("right") {
        Some(Side::Right)
    } else {
        None
    }
}

/// Adds the parts that names tell, among those bones of the rig. Bones that are set in `map` stay.
pub(super) fn by_names(rig: &Rig, among: &[usize], map: &mut BoneMap) {
    let words: Vec<(usize, Words, String)> = among
        .iter()
        .filter(|bone| map.part(**bone).is_none())
        .map(|&bone| (bone, Words::of(&rig.bones()[bone].name)))
        .filter(|(bone, _)| !is_helper(&rig.bones()[*bone].name))
        .map(|(bone, words)| {
            let joined = words.joined();
            (bone, words, joined)
        })
        .collect();
    let mut assign = |part: HumanBone, names: &[&str]| {
        if map.get(part).is_some() {
            return;
        }
        for name in names {
            let found = words.iter().find(|(bone, words, joined)| {
                words.side == side_of(part) && joined == name && map.part(*bone).is_none()
            });
            if let Some((bone, ..)) = found {
                map.set(part, *bone);
                return;
            }
        }
    };
    for (part, names) in SIDES {
        assign(part, names);
        assign(part.mirrored(), names);
    }
    for (part, names) in MIDDLE {
        assign(part, names);
    }
}
