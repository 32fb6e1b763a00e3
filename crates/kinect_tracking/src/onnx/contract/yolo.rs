//! YOLO-pose: for thousands of places the middle and size of a box, its score, and joints in pixels of the input.
//! Ultralytics' models and weights are under the AGPL, which demands the source code of programs that use them.

use super::adapter::{Adapter, Found, crop_around};
use super::boxes::surest;
use super::graph::Graph;
use super::input::{Expected, PictureInput};
use super::keypoints::Keypoints;
use crate::box2::Box2;
use crate::onnx::runtime::Outputs;
use crate::onnx::settings::Contract;
use crate::onnx::view::{Align, Crop, View};
use crate::pose2d::Person2d;

pub(super) struct YoloPose {
    input: PictureInput,
    output: String,
}

/// Box, score, 17 joints.
const NUMBERS: usize = 56;
const LEAST_SCORE: f32 = 0.3;
const OVERLAP: f32 = 0.45;

impl YoloPose {
    pub(super) fn adapt(graph: &Graph) -> Result<Self, String> {
        let output = graph.output(0, "output0", &[0, NUMBERS, 0])?;
        Ok(Self {
            output: output.name.clone(),
            input: PictureInput::of(
                graph,
                &Expected {
                    size: [640, 640],
                    blue_first: false,
                    mean: [0.0; 3],
                    deviation: [255.0; 3],
                    fill: 114.0,
                },
            )?,
        })
    }
}

impl Adapter for YoloPose {
    fn contract(&self) -> Contract {
        Contract::YoloPose
    }

    fn input(&self) -> &PictureInput {
        &self.input
    }

    fn align(&self) -> Align {
        Align::Center
    }

    fn crop(&self, person: &Person2d) -> Crop {
        crop_around(person, &self.input, 1.25)
    }

    fn decode(&self, outputs: &Outputs, view: &View) -> Result<Vec<Found>, String> {
        let output = outputs.get(&self.output, &[1, NUMBERS, 0])?;
        let count = output.dims[2];
        let number = |row: usize, place: usize| output.values[row * count + place];
        // Places are in pixels from the corner of the first one.
        let at = |x: f32, y: f32| [x - 0.5, y - 0.5];
        let people = (0..count)
            .filter(|place| number(4, *place) >= LEAST_SCORE)
            .filter_map(|place| {
                let mut person = Keypoints::Coco.person(view, |joint| {
                    let row = 5 + joint * 3;
                    (
                        at(number(row, place), number(row + 1, place)),
                        number(row + 2, place),
                    )
                })?;
                person.score = number(4, place).min(1.0);
                let [x, y, width, height] = [0, 1, 2, 3].map(|row| number(row, place));
                let corners = [
                    at(x - width / 2.0, y - height / 2.0),
                    at(x + width / 2.0, y + height / 2.0),
                ];
                person.bounds = Box2::around(corners.map(|corner| view.at(corner)))?;
                Some(Found::from(person))
            });
        Ok(surest(people.collect(), OVERLAP))
    }
}
