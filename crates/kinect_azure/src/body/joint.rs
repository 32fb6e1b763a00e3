//! The 32 joints of the vendor's skeleton, their hierarchy and poses.

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;

/// A joint of the vendor's skeleton, in the vendor's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
#[repr(u8)]
#[allow(missing_docs, reason = "their names say it")]
pub enum Joint {
    Pelvis,
    SpineNavel,
    SpineChest,
    Neck,
    ClavicleLeft,
    ShoulderLeft,
    ElbowLeft,
    WristLeft,
    HandLeft,
    HandTipLeft,
    ThumbLeft,
    ClavicleRight,
    ShoulderRight,
    ElbowRight,
    WristRight,
    HandRight,
    HandTipRight,
    ThumbRight,
    HipLeft,
    KneeLeft,
    AnkleLeft,
    FootLeft,
    HipRight,
    KneeRight,
    AnkleRight,
    FootRight,
    Head,
    Nose,
    EyeLeft,
    EarLeft,
    EyeRight,
    EarRight,
}

impl Joint {
    /// How many joints a skeleton has.
    pub const COUNT: usize = 32;

    /// All joints in the vendor's order; a parent stands before its children.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Pelvis,
        Self::SpineNavel,
        Self::SpineChest,
        Self::Neck,
        Self::ClavicleLeft,
        Self::ShoulderLeft,
        Self::ElbowLeft,
        Self::WristLeft,
        Self::HandLeft,
        Self::HandTipLeft,
        Self::ThumbLeft,
        Self::ClavicleRight,
        Self::ShoulderRight,
        Self::ElbowRight,
        Self::WristRight,
        Self::HandRight,
        Self::HandTipRight,
        Self::ThumbRight,
        Self::HipLeft,
        Self::KneeLeft,
        Self::AnkleLeft,
        Self::FootLeft,
        Self::HipRight,
        Self::KneeRight,
        Self::AnkleRight,
        Self::FootRight,
        Self::Head,
        Self::Nose,
        Self::EyeLeft,
        Self::EarLeft,
        Self::EyeRight,
        Self::EarRight,
    ];

    /// The joint's place in the vendor's order, 0 to 31.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The joint's parent in the skeleton; `None` for the pelvis.
    pub const fn parent(self) -> Option<Self> {
        Some(match self {
            Self::Pelvis => return None,
            Self::SpineNavel | Self::HipLeft | Self::HipRight => Self::Pelvis,
            Self::SpineChest => Self::SpineNavel,
            Self::Neck | Self::ClavicleLeft | Self::ClavicleRight => Self::SpineChest,
            Self::ShoulderLeft => Self::ClavicleLeft,
            Self::ElbowLeft => Self::ShoulderLeft,
            Self::WristLeft => Self::ElbowLeft,
            Self::HandLeft | Self::ThumbLeft => Self::WristLeft,
            Self::HandTipLeft => Self::HandLeft,
            Self::ShoulderRight => Self::ClavicleRight,
            Self::ElbowRight => Self::ShoulderRight,
            Self::WristRight => Self::ElbowRight,
            Self::HandRight | Self::ThumbRight => Self::WristRight,
            Self::HandTipRight => Self::HandRight,
            Self::KneeLeft => Self::HipLeft,
            Self::AnkleLeft => Self::KneeLeft,
            Self::FootLeft => Self::AnkleLeft,
            Self::KneeRight => Self::HipRight,
            Self::AnkleRight => Self::KneeRight,
            Self::FootRight => Self::AnkleRight,
            Self::Head => Self::Neck,
            Self::Nose | Self::EyeLeft | Self::EarLeft | Self::EyeRight | Self::EarRight => {
                Self::Head
            }
        })
    }

    /// The same joint on the other side of the body; a joint in the middle is its own mirror image.
    pub const fn mirrored(self) -> Self {
        match self {
            Self::Pelvis
            | Self::SpineNavel
            | Self::SpineChest
            | Self::Neck
            | Self::Head
            | Self::Nose => self,
            Self::ClavicleLeft => Self::ClavicleRight,
            Self::ShoulderLeft => Self::ShoulderRight,
            Self::ElbowLeft => Self::ElbowRight,
            Self::WristLeft => Self::WristRight,
            Self::HandLeft => Self::HandRight,
            Self::HandTipLeft => Self::HandTipRight,
            Self::ThumbLeft => Self::ThumbRight,
            Self::ClavicleRight => Self::ClavicleLeft,
            Self::ShoulderRight => Self::ShoulderLeft,
            Self::ElbowRight => Self::ElbowLeft,
            Self::WristRight => Self::WristLeft,
            Self::HandRight => Self::HandLeft,
            Self::HandTipRight => Self::HandTipLeft,
            Self::ThumbRight => Self::ThumbLeft,
            Self::HipLeft => Self::HipRight,
            Self::KneeLeft => Self::KneeRight,
            Self::AnkleLeft => Self::AnkleRight,
            Self::FootLeft => Self::FootRight,
            Self::HipRight => Self::HipLeft,
            Self::KneeRight => Self::KneeLeft,
            Self::AnkleRight => Self::AnkleLeft,
            Self::FootRight => Self::FootLeft,
            Self::EyeLeft => Self::EyeRight,
            Self::EarLeft => Self::EarRight,
            Self::EyeRight => Self::EyeLeft,
            Self::EarRight => Self::EarLeft,
        }
    }

    /// The joint's own axes x, y and z on a person who stands in a T-pose (arms sideways, palms down), each as a direction
    /// of that person: to the left, up, forward.
    ///
    /// From the vendor's public Unity sample: x follows the bone, and the axes of the right side are those of the left with
    /// two of them flipped. The sample gives all joints of the face the axes of the head; the axes of the eyes and of the
    /// left ear are those that the vendor's tracker really gives.
    pub const fn rest_axes(self) -> [[f32; 3]; 3] {
        const LEFT: [f32; 3] = [1.0, 0.0, 0.0];
        const UP: [f32; 3] = [0.0, 1.0, 0.0];
        const DOWN: [f32; 3] = [0.0, -1.0, 0.0];
        const FORWARD: [f32; 3] = [0.0, 0.0, 1.0];
        const BACK: [f32; 3] = [0.0, 0.0, -1.0];
        match self {
            Self::Pelvis
            | Self::SpineNavel
            | Self::SpineChest
            | Self::Neck
            | Self::Head
            | Self::Nose
            | Self::EarRight
            | Self::HipLeft
            | Self::KneeLeft
            | Self::AnkleLeft => [UP, FORWARD, LEFT],
            Self::EarLeft | Self::HipRight | Self::KneeRight | Self::AnkleRight => {
                [DOWN, BACK, LEFT]
            }
            Self::EyeLeft | Self::EyeRight | Self::FootLeft => [FORWARD, DOWN, LEFT],
            Self::FootRight => [BACK, UP, LEFT],
            Self::ClavicleLeft | Self::ShoulderLeft | Self::ElbowLeft | Self::ThumbLeft => {
                [LEFT, FORWARD, DOWN]
            }
            Self::ClavicleRight | Self::ShoulderRight | Self::ElbowRight | Self::ThumbRight => {
                [LEFT, BACK, UP]
            }
            Self::WristLeft | Self::HandLeft | Self::HandTipLeft => [LEFT, UP, FORWARD],
            Self::WristRight | Self::HandRight | Self::HandTipRight => [LEFT, DOWN, BACK],
        }
    }

    /// The vendor's name without its prefix: `SPINE_NAVEL`.
    pub const fn name(self) -> &'static str {
        const NAMES: [&str; Joint::COUNT] = [
            "PELVIS",
            "SPINE_NAVEL",
            "SPINE_CHEST",
            "NECK",
            "CLAVICLE_LEFT",
            "SHOULDER_LEFT",
            "ELBOW_LEFT",
            "WRIST_LEFT",
            "HAND_LEFT",
            "HANDTIP_LEFT",
            "THUMB_LEFT",
            "CLAVICLE_RIGHT",
            "SHOULDER_RIGHT",
            "ELBOW_RIGHT",
            "WRIST_RIGHT",
            "HAND_RIGHT",
            "HANDTIP_RIGHT",
            "THUMB_RIGHT",
            "HIP_LEFT",
            "KNEE_LEFT",
            "ANKLE_LEFT",
            "FOOT_LEFT",
            "HIP_RIGHT",
            "KNEE_RIGHT",
            "ANKLE_RIGHT",
            "FOOT_RIGHT",
            "HEAD",
            "NOSE",
            "EYE_LEFT",
            "EAR_LEFT",
            "EYE_RIGHT",
            "EAR_RIGHT",
        ];
        NAMES[self.index()]
    }
}

/// The confidence in a joint, in the grades of the vendor's tracker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
#[repr(u8)]
pub enum JointConfidence {
    /// Out of range: outside the depth image.
    #[default]
    None,
    /// Not seen: hidden behind something, or behind the person's own body; a tracker fills it in.
    Low,
    /// Seen. This is the highest grade that the vendor's tracker and the simulation give.
    Medium,
    /// Reserved.
    High,
}

/// A joint in the depth camera's axes.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct JointPose {
    /// Position in mm.
    pub position: [f32; 3],
    /// Unit quaternion (w, x, y, z) that turns the joint's own axes into the camera's; absolute, not relative to the
    /// parent. The joint's axes are the vendor's: x along the bone.
    pub orientation: [f32; 4],
    /// How far the position can be trusted.
    pub confidence: JointConfidence,
}

impl Default for JointPose {
    fn default() -> Self {
        Self {
            position: [0.0; 3],
            orientation: [1.0, 0.0, 0.0, 0.0],
            confidence: JointConfidence::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_stand_before_their_children() {
        for (index, joint) in Joint::ALL.into_iter().enumerate() {
            assert_eq!(joint.index(), index);
            assert!(joint.parent().is_none_or(|parent| parent < joint));
        }
    }

    #[test]
    fn mirroring_keeps_the_hierarchy() {
        for joint in Joint::ALL {
            assert_eq!(joint.mirrored().mirrored(), joint);
            let parent = joint.parent().map(Joint::mirrored);
            assert_eq!(joint.mirrored().parent(), parent);
            assert_eq!(
                joint.name().replace("LEFT", "RIGHT"),
                joint.mirrored().name().replace("LEFT", "RIGHT")
            );
        }
    }
}
