//! The numbers of the joints in the lists of public data sets.

use kinect_azure::Joint;

use crate::box2::Box2;
use crate::onnx::view::View;
use crate::pose2d::{Joint2d, Person2d};

/// A list of joints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keypoints {
    /// The 17 joints of COCO.
    Coco,
    /// The 26 joints of Halpe: those of COCO, and head, neck, hip, feet.
    Halpe,
    /// The 133 joints of COCO-WholeBody: those of COCO, and feet, face, hands.
    WholeBody,
}

/// COCO's 17 joints in their order.
pub(super) const COCO: [Joint; 17] = [
    Joint::Nose,
    Joint::EyeLeft,
    Joint::EyeRight,
    Joint::EarLeft,
    Joint::EarRight,
    Joint::ShoulderLeft,
    Joint::ShoulderRight,
    Joint::ElbowLeft,
    Joint::ElbowRight,
    Joint::WristLeft,
    Joint::WristRight,
    Joint::HipLeft,
    Joint::HipRight,
    Joint::KneeLeft,
    Joint::KneeRight,
    Joint::AnkleLeft,
    Joint::AnkleRight,
];

/// Halpe's joints after COCO's. Its head is the crown and is left out.
const HALPE: [(usize, Joint); 4] = [
    (18, Joint::Neck),
    (19, Joint::Pelvis),
    (20, Joint::FootLeft),
    (21, Joint::FootRight),
];

/// COCO-WholeBody's joints after COCO's: big toes, and of each hand the knuckle and the tip of the middle finger and the
/// tip of the thumb.
const WHOLE_BODY: [(usize, Joint); 8] = [
    (17, Joint::FootLeft),
    (20, Joint::FootRight),
    (91 + 9, Joint::HandLeft),
    (91 + 12, Joint::HandTipLeft),
    (91 + 4, Joint::ThumbLeft),
    (112 + 9, Joint::HandRight),
    (112 + 12, Joint::HandTipRight),
    (112 + 4, Joint::ThumbRight),
];

impl Keypoints {
    /// The list with that many joints.
    pub(super) fn of(count: usize) -> Result<Self, String> {
        match count {
            17 => Ok(Self::Coco),
            26 => Ok(Self::Halpe),
            133 => Ok(Self::WholeBody),
            other => Err(format!(
                "the network gives {other} joints; expected 17 (COCO), 26 (Halpe) or 133 (COCO-WholeBody)"
            )),
        }
    }

    /// The numbers in the list of all joints that the skeleton has, with these joints.
    pub(super) fn joints(self) -> impl Iterator<Item = (usize, Joint)> {
        let more: &[(usize, Joint)] = match self {
            Self::Coco => &[],
            Self::Halpe => &HALPE,
            Self::WholeBody => &WHOLE_BODY,
        };
        COCO.into_iter().enumerate().chain(more.iter().copied())
    }

    /// A person from a network's list. `place` returns the place in the input and the score of the joint with a number.
    /// `None` if no joint has finite numbers.
    pub(super) fn person(
        self,
        view: &View,
        place: impl Fn(usize) -> ([f32; 2], f32),
    ) -> Option<Person2d> {
        let mut joints = [None; Joint::COUNT];
        for (number, joint) in self.joints() {
            let (at, score) = place(number);
            joints[joint.index()] = joint_at(view.at(at), score);
        }
        to_centers(&mut joints, SHOULDERS_ABOVE, 0.0);
        // Feet and hands have scores of their own.
        let scores = COCO
            .iter()
            .filter_map(|joint| joints[joint.index()])
            .map(|joint| joint.score);
        let score = scores.sum::<f32>() / COCO.len() as f32;
        let bounds = bounds_of(&joints)?;
        Some(Person2d {
            joints,
            score,
            bounds,
        })
    }
}

/// How far the shoulders of COCO's pictures lie above the middle of the joint, as a share of the trunk from hips to
/// shoulders.
const SHOULDERS_ABOVE: f32 = 0.055;

/// Moves shoulders and hips from where a data set has them to the middles of the joints: shoulders down, hips up, by shares
/// of the trunk from hips to shoulders.
pub(super) fn to_centers(
    joints: &mut [Option<Joint2d>; Joint::COUNT],
    shoulders_down: f32,
    hips_up: f32,
) {
    let pair = |left: Joint| Some((joints[left.index()]?, joints[left.mirrored().index()]?));
    let (Some((a, b)), Some((c, d))) = (pair(Joint::ShoulderLeft), pair(Joint::HipLeft)) else {
        return;
    };
    let up = [(a.x + b.x - c.x - d.x) / 2.0, (a.y + b.y - c.y - d.y) / 2.0];
    for (joint, share) in [
        (Joint::ShoulderLeft, -shoulders_down),
        (Joint::ShoulderRight, -shoulders_down),
        (Joint::HipLeft, hips_up),
        (Joint::HipRight, hips_up),
    ] {
        if let Some(joint) = &mut joints[joint.index()] {
            joint.x += up[0] * share;
            joint.y += up[1] * share;
        }
    }
}

/// A joint; `None` if its numbers are not finite.
pub(super) fn joint_at([x, y]: [f32; 2], score: f32) -> Option<Joint2d> {
    (x.is_finite() && y.is_finite() && score.is_finite()).then_some(Joint2d {
        x,
        y,
        score: score.clamp(0.0, 1.0),
        behind_hips_mm: None,
    })
}

/// Joints with a lower score do not widen the box, if others have a higher one.
const SURE: f32 = 0.2;

/// The box around the joints of which the network is sure.
pub(super) fn bounds_of(joints: &[Option<Joint2d>; Joint::COUNT]) -> Option<Box2> {
    let around = |least: f32| {
        Box2::around(
            joints
                .iter()
                .flatten()
                .filter(|joint| joint.score >= least)
                .map(|joint| [joint.x, joint.y]),
        )
    };
    around(SURE).or_else(|| around(0.0))
}
