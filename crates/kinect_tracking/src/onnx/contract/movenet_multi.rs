//! MoveNet MultiPose: six people; y, x and score for each joint, then the box and the person's score, as shares of the
//! input.

use super::adapter::{Adapter, Found, crop_around};
use super::graph::Graph;
use super::input::PictureInput;
use super::keypoints::Keypoints;
use super::movenet::expected;
use crate::box2::Box2;
use crate::onnx::runtime::Outputs;
use crate::onnx::settings::Contract;
use crate::onnx::view::{Crop, View};
use crate::pose2d::Person2d;

pub(super) struct MoveNetMulti {
    input: PictureInput,
    output: String,
}

/// Numbers for each person: 17 joints, box, score.
const NUMBERS: usize = 56;
/// With this limit, 93 of 100 people are found in simulated infrared images.
const LEAST_SCORE: f32 = 0.1;
/// With a lower score, another network must see the person as well: a tripod has a score of 0.16.
const SURE: f32 = 0.2;

impl MoveNetMulti {
    pub(super) fn adapt(graph: &Graph) -> Result<Self, String> {
        let output = graph.output(0, "output_0", &[0, 0, NUMBERS])?;
        let input = PictureInput::of(graph, &expected([320, 288]))?;
        if let Some(odd) = input.size().into_iter().find(|size| size % 32 != 0) {
            return Err(format!(
                "its input is {} pixels along one side; expected a multiple of 32",
                odd
            ));
        }
        Ok(Self {
            input,
            output: output.name.clone(),
        })
    }
}

impl Adapter for MoveNetMulti {
    fn contract(&self) -> Contract {
        Contract::MoveNetMulti
    }

    fn input(&self) -> &PictureInput {
        &self.input
    }

    fn crop(&self, person: &Person2d) -> Crop {
        crop_around(person, &self.input, 1.25)
    }

    fn decode(&self, outputs: &Outputs, view: &View) -> Result<Vec<Found>, String> {
        let output = outputs.get(&self.output, &[1, 0, NUMBERS])?;
        let size = self.input.size();
        let [width, height] = size.map(|size| size as f32);
        let people = output
            .values
            .chunks_exact(NUMBERS)
            .filter(|numbers| numbers[55] >= LEAST_SCORE)
            .filter_map(|numbers| {
                let mut person = Keypoints::Coco.person(view, |joint| {
                    let values = &numbers[joint * 3..][..3];
                    (
                        [values[1] * width - 0.5, values[0] * height - 0.5],
                        values[2],
                    )
                })?;
                person.score = numbers[55].min(1.0);
                let corners = [[numbers[52], numbers[51]], [numbers[54], numbers[53]]]
                    .map(|corner| view.at_share(corner, size));
                if let Some(bounds) = Box2::around(corners)
                    && bounds.size().iter().all(|side| *side > 0.0)
                {
                    person.bounds = bounds;
                }
                Some(Found {
                    is_sure: numbers[55] >= SURE,
                    ..Found::from(person)
                })
            });
        Ok(people.collect())
    }
}
