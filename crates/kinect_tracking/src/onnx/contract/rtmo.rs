//! RTMO: boxes with scores, and joints in pixels of the input.

use super::adapter::{Adapter, Found, crop_around};
use super::boxes::surest;
use super::graph::Graph;
use super::input::{Expected, PictureInput};
use super::keypoints::Keypoints;
use crate::box2::Box2;
use crate::onnx::runtime::Outputs;
use crate::onnx::settings::Contract;
use crate::onnx::view::{Crop, View};
use crate::pose2d::Person2d;

pub(super) struct Rtmo {
    input: PictureInput,
    boxes: String,
    joints: String,
}

const LEAST_SCORE: f32 = 0.3;
/// Boxes that overlap by more than this show one person.
const OVERLAP: f32 = 0.45;

impl Rtmo {
    pub(super) fn adapt(graph: &Graph) -> Result<Self, String> {
        let boxes = graph.output(0, "dets", &[0, 0, 5])?;
        let joints = graph.output(1, "keypoints", &[0, 0, 17, 3])?;
        Ok(Self {
            boxes: boxes.name.clone(),
            joints: joints.name.clone(),
            input: PictureInput::of(
                graph,
                &Expected {
                    size: [640, 640],
                    // RTMO was trained on pictures in OpenCV's order of channels.
                    blue_first: true,
                    mean: [0.0; 3],
                    deviation: [1.0; 3],
                    fill: 114.0,
                },
            )?,
        })
    }
}

impl Adapter for Rtmo {
    fn contract(&self) -> Contract {
        Contract::Rtmo
    }

    fn input(&self) -> &PictureInput {
        &self.input
    }

    fn crop(&self, person: &Person2d) -> Crop {
        crop_around(person, &self.input, 1.25)
    }

    fn decode(&self, outputs: &Outputs, view: &View) -> Result<Vec<Found>, String> {
        let boxes = outputs.get(&self.boxes, &[1, 0, 5])?;
        let joints = outputs.get(&self.joints, &[1, boxes.dims[1], 17, 3])?;
        let people = boxes
            .values
            .chunks_exact(5)
            .zip(joints.values.chunks_exact(17 * 3))
            .filter(|(numbers, _)| numbers[4] >= LEAST_SCORE)
            .filter_map(|(numbers, joints)| {
                let mut person = Keypoints::Coco.person(view, |joint| {
                    let values = &joints[joint * 3..][..3];
                    ([values[0], values[1]], values[2])
                })?;
                person.score = numbers[4].min(1.0);
                let corners = [[numbers[0], numbers[1]], [numbers[2], numbers[3]]];
                person.bounds = Box2::around(corners.map(|corner| view.at(corner)))?;
                Some(Found::from(person))
            });
        Ok(surest(people.collect(), OVERLAP))
    }
}
