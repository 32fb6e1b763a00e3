//! The words of a bone's name.

/// A bone's name in parts: `mixamorig:LeftForeArm` is "forearm" on the left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    /// The words in lower case, without prefixes, sides and numbers.
    pub(crate) words: Vec<String>,
    pub(crate) side: Option<Side>,
}

/// The side of the body that a name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Right,
}

/// What tools put before names, or between them, without a meaning for us.
const NOISE: [&str; 31] = [
    "mixamorig",
    "def",
    "org",
    "mch",
    "j",
    "bip",
    "biped",
    "b",
    "bn",
    "jnt",
    "joint",
    "bone",
    "cc",
    "base",
    "character",
    "armature",
    "rig",
    "sk",
    "skel",
    "valvebiped",
    "sec",
    "c",
    "m",
    "center",
    "mid",
    "x",
    "bind",
    "skin",
    "deform",
    "genesis",
    "avatar",
];

impl Words {
    pub(crate) fn of(name: &str) -> Self {
        let name = name.rsplit([':', '|']).next().unwrap_or(name);
        let mut all = Self::default();
        for word in split(name) {
            match word.as_str() {
                "l" | "left" | "lt" | "lft" => all.side = Some(Side::Left),
                "r" | "right" | "rt" | "rgt" => all.side = Some(Side::Right),
                word if NOISE.contains(&word) => {}
                word => all.add(word),
            }
        }
        all
    }

    /// The words without anything between them.
    pub(crate) fn joined(&self) -> String {
        self.words.concat()
    }

    /// Adds a word, in which the side may be hidden: `leftarm`.
    fn add(&mut self, word: &str) {
        for (mark, side) in [("left", Side::Left), ("right", Side::Right)] {
            let rest = word.strip_prefix(mark).or_else(|| word.strip_suffix(mark));
            if let Some(rest) = rest {
                self.side = Some(side);
                self.words.push(rest.to_owned());
                return;
            }
        }
        self.words.push(word.to_owned());
    }
}

/// Splits a name at marks, at humps (`LeftArm`, `CCBase`) and at numbers, which are left out.
fn split(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let chars: Vec<char> = name.chars().collect();
    for (index, &now) in chars.iter().enumerate() {
        let before = index.checked_sub(1).map(|i| chars[i]);
        let after = chars.get(index + 1);
        let hump = now.is_uppercase()
            && before.is_some_and(|b| {
                b.is_lowercase() || (b.is_uppercase() && after.is_some_and(|a| a.is_lowercase()))
            });
        if !now.is_alphabetic() || hump {
            words.push(String::new());
        }
        if now.is_alphabetic()
            && let Some(word) = words.last_mut()
        {
            word.extend(now.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_common_tools_are_taken_apart() {
        let left = Some(Side::Left);
        for (name, joined, side) in [
            ("mixamorig:LeftForeArm", "forearm", left),
            ("mixamorig9:RightUpLeg", "upleg", Some(Side::Right)),
            ("upperarm_twist_01_l", "upperarmtwist", left),
            ("Bip01 L UpperArm", "upperarm", left),
            ("DEF-upper_arm.L.001", "upperarm", left),
            ("CC_Base_L_ToeBase", "toe", left),
            ("CC_Base_NeckTwist01", "necktwist", None),
            ("J_Bip_C_UpperChest", "upperchest", None),
            ("UpperLeg.L", "upperleg", left),
            ("lowerarm01.R", "lowerarm", Some(Side::Right)),
            ("lThighBend", "thighbend", left),
            ("leftshoulder", "shoulder", left),
            ("Schädel", "schädel", None),
            ("", "", None),
        ] {
            let words = Words::of(name);
            assert_eq!(
                (words.joined().as_str(), words.side),
                (joined, side),
                "{name}"
            );
        }
    }
}
