//! The bones of a human, and a rig's bones by that name.

use kinect_azure::Joint;

/// A bone of a humanoid, as VRM 1.0 names them. Left and right are the character's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
#[repr(u8)]
#[allow(missing_docs, reason = "their names say it")]
pub enum HumanBone {
    Hips,
    Spine,
    Chest,
    UpperChest,
    Neck,
    Head,
    LeftShoulder,
    LeftUpperArm,
    LeftLowerArm,
    LeftHand,
    LeftUpperLeg,
    LeftLowerLeg,
    LeftFoot,
    LeftToes,
    RightShoulder,
    RightUpperArm,
    RightLowerArm,
    RightHand,
    RightUpperLeg,
    RightLowerLeg,
    RightFoot,
    RightToes,
}

impl HumanBone {
    /// How many bones there are.
    pub const COUNT: usize = 22;

    /// All bones, the trunk first.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Hips,
        Self::Spine,
        Self::Chest,
        Self::UpperChest,
        Self::Neck,
        Self::Head,
        Self::LeftShoulder,
        Self::LeftUpperArm,
        Self::LeftLowerArm,
        Self::LeftHand,
        Self::LeftUpperLeg,
        Self::LeftLowerLeg,
        Self::LeftFoot,
        Self::LeftToes,
        Self::RightShoulder,
        Self::RightUpperArm,
        Self::RightLowerArm,
        Self::RightHand,
        Self::RightUpperLeg,
        Self::RightLowerLeg,
        Self::RightFoot,
        Self::RightToes,
    ];

    /// The bone's place in [`ALL`](Self::ALL).
    pub const fn index(self) -> usize {
        self as usize
    }

    /// VRM's name of the bone: `leftUpperArm`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hips => "hips",
            Self::Spine => "spine",
            Self::Chest => "chest",
            Self::UpperChest => "upperChest",
            Self::Neck => "neck",
            Self::Head => "head",
            Self::LeftShoulder => "leftShoulder",
            Self::LeftUpperArm => "leftUpperArm",
            Self::LeftLowerArm => "leftLowerArm",
            Self::LeftHand => "leftHand",
            Self::LeftUpperLeg => "leftUpperLeg",
            Self::LeftLowerLeg => "leftLowerLeg",
            Self::LeftFoot => "leftFoot",
            Self::LeftToes => "leftToes",
            Self::RightShoulder => "rightShoulder",
            Self::RightUpperArm => "rightUpperArm",
            Self::RightLowerArm => "rightLowerArm",
            Self::RightHand => "rightHand",
            Self::RightUpperLeg => "rightUpperLeg",
            Self::RightLowerLeg => "rightLowerLeg",
            Self::RightFoot => "rightFoot",
            Self::RightToes => "rightToes",
        }
    }

    /// The bone with that VRM name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|bone| bone.name() == name)
    }

    /// The same bone of the other side; a bone of the trunk is its own.
    pub const fn mirrored(self) -> Self {
        let index = self.index();
        match index {
            0..=5 => self,
            6..=13 => Self::ALL[index + 8],
            _ => Self::ALL[index - 8],
        }
    }

    /// Whether a humanoid can do without the bone: its rotation is then part of the next bone's.
    pub const fn is_optional(self) -> bool {
        matches!(
            self,
            Self::Chest
                | Self::UpperChest
                | Self::Neck
                | Self::LeftShoulder
                | Self::LeftToes
                | Self::RightShoulder
                | Self::RightToes
        )
    }

    /// The joint of the tracked body whose frame turns the bone.
    pub const fn joint(self) -> Joint {
        match self {
            Self::Hips => Joint::Pelvis,
            Self::Spine => Joint::SpineNavel,
            Self::Chest | Self::UpperChest => Joint::SpineChest,
            Self::Neck => Joint::Neck,
            Self::Head => Joint::Head,
            Self::LeftShoulder => Joint::ClavicleLeft,
            Self::LeftUpperArm => Joint::ShoulderLeft,
            Self::LeftLowerArm => Joint::ElbowLeft,
            Self::LeftHand => Joint::WristLeft,
            Self::LeftUpperLeg => Joint::HipLeft,
            Self::LeftLowerLeg => Joint::KneeLeft,
            Self::LeftFoot => Joint::AnkleLeft,
            Self::LeftToes => Joint::FootLeft,
            Self::RightShoulder => Joint::ClavicleRight,
            Self::RightUpperArm => Joint::ShoulderRight,
            Self::RightLowerArm => Joint::ElbowRight,
            Self::RightHand => Joint::WristRight,
            Self::RightUpperLeg => Joint::HipRight,
            Self::RightLowerLeg => Joint::KneeRight,
            Self::RightFoot => Joint::AnkleRight,
            Self::RightToes => Joint::FootRight,
        }
    }
}

/// Which bone of a rig is which bone of a human. Bones of the rig are numbered as in [`Rig::bones`](crate::Rig::bones).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BoneMap([Option<usize>; HumanBone::COUNT]);

impl BoneMap {
    /// The rig's bone.
    pub const fn get(&self, bone: HumanBone) -> Option<usize> {
        self.0[bone.index()]
    }

    /// Sets the rig's bone, and frees it from any other part of the body.
    pub fn set(&mut self, bone: HumanBone, rig_bone: usize) {
        for other in &mut self.0 {
            if *other == Some(rig_bone) {
                *other = None;
            }
        }
        self.0[bone.index()] = Some(rig_bone);
    }

    /// The part of the body that a bone of the rig is.
    pub fn part(&self, rig_bone: usize) -> Option<HumanBone> {
        HumanBone::ALL
            .into_iter()
            .find(|bone| self.get(*bone) == Some(rig_bone))
    }

    /// All bones that are set.
    pub fn iter(&self) -> impl Iterator<Item = (HumanBone, usize)> + '_ {
        HumanBone::ALL
            .into_iter()
            .filter_map(|bone| Some((bone, self.get(bone)?)))
    }

    /// How many bones are set.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether no bone is set.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bones_are_mirrored_and_named() {
        for (index, bone) in HumanBone::ALL.into_iter().enumerate() {
            assert_eq!(bone.index(), index);
            assert_eq!(HumanBone::from_name(bone.name()), Some(bone));
            assert_eq!(bone.mirrored().mirrored(), bone);
            assert_eq!(
                bone.name().replace("left", "right"),
                bone.mirrored().name().replace("left", "right")
            );
            assert_eq!(bone.joint().mirrored(), bone.mirrored().joint());
        }
    }

    #[test]
    fn a_bone_of_the_rig_is_one_part_of_the_body() {
        let mut map = BoneMap::default();
        map.set(HumanBone::Spine, 3);
        map.set(HumanBone::Chest, 3);
        assert_eq!(map.get(HumanBone::Spine), None);
        assert_eq!(map.part(3), Some(HumanBone::Chest));
        assert_eq!(map.len(), 1);
    }
}
