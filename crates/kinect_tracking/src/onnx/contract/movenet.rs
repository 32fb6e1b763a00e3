//! MoveNet Lightning and Thunder: one person; y, x and score for each joint, as shares of the input.

use super::adapter::{Adapter, Found, crop_around};
use super::graph::Graph;
use super::input::{Expected, PictureInput};
use super::keypoints::Keypoints;
use crate::onnx::runtime::Outputs;
use crate::onnx::settings::Contract;
use crate::onnx::view::{Crop, View};
use crate::pose2d::Person2d;

pub(super) struct MoveNet {
    input: PictureInput,
    output: String,
}

const LEAST_SCORE: f32 = 0.2;

impl MoveNet {
    pub(super) fn adapt(graph: &Graph) -> Result<Self, String> {
        let output = graph.output(0, "output_0", &[0, 1, 17, 3])?;
        Ok(Self {
            input: PictureInput::of(graph, &expected([192, 192]))?,
            output: output.name.clone(),
        })
    }
}

/// MoveNet takes red, green and blue as they are, 0 to 255.
pub(super) fn expected(size: [usize; 2]) -> Expected {
    Expected {
        size,
        blue_first: false,
        mean: [0.0; 3],
        deviation: [1.0; 3],
        fill: 0.0,
    }
}

impl Adapter for MoveNet {
    fn contract(&self) -> Contract {
        Contract::MoveNetSingle
    }

    fn input(&self) -> &PictureInput {
        &self.input
    }

    fn crop(&self, person: &Person2d) -> Crop {
        crop_around(person, &self.input, 1.3)
    }

    fn decode(&self, outputs: &Outputs, view: &View) -> Result<Vec<Found>, String> {
        let output = outputs.get(&self.output, &[1, 1, 17, 3])?;
        let [width, height] = self.input.size().map(|size| size as f32);
        let person = Keypoints::Coco.person(view, |joint| {
            let values = &output.values[joint * 3..][..3];
            (
                [values[1] * width - 0.5, values[0] * height - 0.5],
                values[2],
            )
        });
        Ok(person
            .filter(|person| person.score >= LEAST_SCORE)
            .map(Found::from)
            .into_iter()
            .collect())
    }
}
