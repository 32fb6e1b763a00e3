//! The landmarks of BlazePose: one person; 33 landmarks, and points that give the crop for the next picture.

use kinect_azure::Joint;

use super::adapter::{Adapter, Found};
use super::graph::Graph;
use super::input::{Expected, PictureInput};
use super::keypoints::{bounds_of, joint_at, to_centers};
use crate::onnx::runtime::{Outputs, logistic};
use crate::onnx::settings::Contract;
use crate::onnx::view::{Crop, View};
use crate::pose2d::{Joint2d, Person2d};

pub(super) struct BlazePose {
    input: PictureInput,
    landmarks: String,
    confidence: String,
    /// Landmarks in metres from the middle of the hips, if the model gives them.
    world: Option<String>,
}

/// The number of landmarks, including the points that give the next crop.
const COUNT: usize = 39;
/// x, y, z, visibility, presence.
const NUMBERS: usize = 5;
/// With less confidence, the crop shows no person.
const LEAST_SCORE: f32 = 0.5;
/// The crop's side as a share of the circle around the person.
const PADDING: f32 = 1.25;
/// Joints with a lower score do not widen the crop.
const SEEN: f32 = 0.15;

/// The landmarks that are joints of the skeleton.
const JOINTS: [(usize, Joint); 19] = [
    (0, Joint::Nose),
    (2, Joint::EyeLeft),
    (5, Joint::EyeRight),
    (7, Joint::EarLeft),
    (8, Joint::EarRight),
    (11, Joint::ShoulderLeft),
    (12, Joint::ShoulderRight),
    (13, Joint::ElbowLeft),
    (14, Joint::ElbowRight),
    (15, Joint::WristLeft),
    (16, Joint::WristRight),
    (23, Joint::HipLeft),
    (24, Joint::HipRight),
    (25, Joint::KneeLeft),
    (26, Joint::KneeRight),
    (27, Joint::AnkleLeft),
    (28, Joint::AnkleRight),
    (31, Joint::FootLeft),
    (32, Joint::FootRight),
];

/// Wrist, little finger's knuckle, forefinger's knuckle and thumb of each hand, and the joints that are computed from
/// them: hand, tip, thumb.
const HANDS: [([usize; 4], [Joint; 3]); 2] = [
    (
        [15, 17, 19, 21],
        [Joint::HandLeft, Joint::HandTipLeft, Joint::ThumbLeft],
    ),
    (
        [16, 18, 20, 22],
        [Joint::HandRight, Joint::HandTipRight, Joint::ThumbRight],
    ),
];

/// How far the shoulders lie above the middle of the joint and the hips below it, as a share of the trunk from hips to
/// shoulders.
const SHOULDERS_ABOVE: f32 = 0.07;
const HIPS_BELOW: f32 = 0.05;
/// Where hand and tip are on the line from the wrist to the knuckles of little finger and forefinger, which lie short of the
/// real knuckles.
const HAND: f32 = 1.1;
const HAND_TIP: f32 = 2.1;
/// Where the tip of the thumb is on the line from the wrist to the thumb's landmark, which is its knuckle.
const THUMB_TIP: f32 = 1.9;

impl BlazePose {
    pub(super) fn adapt(graph: &Graph) -> Result<Self, String> {
        let landmarks = graph.output(0, "Identity", &[0, COUNT * NUMBERS])?;
        let confidence = graph.output(1, "Identity_1", &[0, 1])?;
        let world = graph.output(2, "Identity_4", &[0, COUNT * 3]).ok();
        Ok(Self {
            landmarks: landmarks.name.clone(),
            confidence: confidence.name.clone(),
            world: world.map(|port| port.name.clone()),
            input: PictureInput::of(
                graph,
                &Expected {
                    size: [256, 256],
                    blue_first: false,
                    mean: [0.0; 3],
                    deviation: [255.0; 3],
                    fill: 0.0,
                },
            )?,
        })
    }
}

impl Adapter for BlazePose {
    fn contract(&self) -> Contract {
        Contract::BlazePose
    }

    fn input(&self) -> &PictureInput {
        &self.input
    }

    /// A square around the middle of the hips that holds all joints.
    fn crop(&self, person: &Person2d) -> Crop {
        let hips = match (
            person.joint(Joint::HipLeft),
            person.joint(Joint::HipRight),
            person.joint(Joint::Pelvis),
        ) {
            (Some(a), Some(b), _) => [(a.x + b.x) / 2.0, (a.y + b.y) / 2.0],
            (_, _, Some(pelvis)) => [pelvis.x, pelvis.y],
            _ => person.bounds.center(),
        };
        let farthest = (person.joints.iter().flatten())
            .filter(|joint| joint.score > SEEN)
            .map(|joint| (joint.x - hips[0]).hypot(joint.y - hips[1]))
            .fold(0.0, f32::max);
        let [width, height] = person.bounds.size();
        let radius = if farthest > 0.25 * height.max(width) {
            // Crown, hands and feet reach beyond the joints.
            farthest * 1.15
        } else {
            height.max(width) / 2.0
        };
        let side = (2.0 * radius * PADDING).max(1.0);
        Crop {
            center: hips,
            size: [side; 2],
            rotation: 0.0,
        }
    }

    fn decode(&self, outputs: &Outputs, view: &View) -> Result<Vec<Found>, String> {
        let landmarks = outputs.get(&self.landmarks, &[1, COUNT * NUMBERS])?;
        let confidence = outputs.get(&self.confidence, &[1, 1])?.values[0];
        let world = match &self.world {
            Some(name) => Some(outputs.get(name, &[1, COUNT * 3])?),
            None => None,
        };
        if confidence < LEAST_SCORE {
            return Ok(Vec::new());
        }
        let landmark = |index: usize| -> Option<Joint2d> {
            let values = &landmarks.values[index * NUMBERS..][..NUMBERS];
            // Landmarks are measured from the corner of the input's first pixel.
            let at = view.at([values[0] - 0.5, values[1] - 0.5]);
            let score = logistic(values[3]).min(logistic(values[4]));
            Some(Joint2d {
                behind_hips_mm: world
                    .map(|world| world.values[index * 3 + 2] * 1000.0)
                    .filter(|mm| mm.is_finite()),
                ..joint_at(at, score)?
            })
        };
        let mut joints = [None; Joint::COUNT];
        for (index, joint) in JOINTS {
            joints[joint.index()] = landmark(index);
        }
        for ([wrist, little, fore, thumb], [hand, tip, thumb_joint]) in HANDS {
            if let (Some(wrist), Some(thumb)) = (landmark(wrist), landmark(thumb)) {
                joints[thumb_joint.index()] = Some(between(&wrist, &thumb, THUMB_TIP));
            }
            if let (Some(wrist), Some(little), Some(fore)) =
                (landmark(wrist), landmark(little), landmark(fore))
            {
                let knuckles = between(&little, &fore, 0.5);
                joints[hand.index()] = Some(between(&wrist, &knuckles, HAND));
                joints[tip.index()] = Some(between(&wrist, &knuckles, HAND_TIP));
            }
        }
        to_centers(&mut joints, SHOULDERS_ABOVE, HIPS_BELOW);
        let Some(bounds) = bounds_of(&joints) else {
            return Ok(Vec::new());
        };
        let next = match (landmark(33), landmark(34)) {
            (Some(hips), Some(end)) => circle([hips.x, hips.y], [end.x, end.y]),
            _ => None,
        };
        Ok(vec![Found {
            person: Person2d {
                joints,
                score: confidence.min(1.0),
                bounds,
            },
            next,
            is_sure: true,
        }])
    }
}

/// The crop for a person: the circle around the hips that goes through a point above the head.
pub(super) fn circle(hips: [f32; 2], end: [f32; 2]) -> Option<Crop> {
    let (x, y) = (end[0] - hips[0], end[1] - hips[1]);
    let side = 2.0 * x.hypot(y) * PADDING;
    (side.is_finite() && side >= 1.0).then(|| Crop {
        center: hips,
        size: [side; 2],
        rotation: x.atan2(-y),
    })
}

/// A joint on the line through two others: a share of 0 gives the first joint, 1 the second, and more than 1 a point
/// beyond the second.
fn between(a: &Joint2d, b: &Joint2d, share: f32) -> Joint2d {
    let mix = |a: f32, b: f32| a + (b - a) * share;
    Joint2d {
        x: mix(a.x, b.x),
        y: mix(a.y, b.y),
        score: a.score.min(b.score),
        behind_hips_mm: a
            .behind_hips_mm
            .zip(b.behind_hips_mm)
            .map(|(a, b)| mix(a, b)),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_next_crop_turns_with_the_person() {
        let upright = circle([10.0, 20.0], [10.0, 10.0]).unwrap();
        assert!(upright.rotation.abs() < 1e-6 && (upright.size[0] - 25.0).abs() < 1e-4);
        // A person who lies with the head to the right: the crop's up is the picture's right.
        let lying = circle([0.0, 0.0], [10.0, 0.0]).unwrap();
        let view = View::crop(&lying, [256, 256]);
        let [x, y] = view.at([127.5, 0.0]);
        assert!(x > 12.0 && y.abs() < 1e-3, "{x} {y}");
        assert_eq!(circle([0.0; 2], [f32::NAN, 0.0]), None);
    }
}
