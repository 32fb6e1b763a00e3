//! RTMPose, Halpe, RTMW: two rows of numbers for each joint, whose maxima are its x and y in half pixels.

use super::adapter::{Adapter, Found, crop_around};
use super::graph::Graph;
use super::input::{PictureInput, TOP_DOWN};
use super::keypoints::Keypoints;
use crate::onnx::runtime::Outputs;
use crate::onnx::settings::Contract;
use crate::onnx::view::{Crop, View};
use crate::pose2d::Person2d;

pub(super) struct SimCc {
    input: PictureInput,
    x: String,
    y: String,
}

/// Numbers for each pixel of the input.
const SPLIT: usize = 2;
/// People with a lower score are dropped.
const LEAST_SCORE: f32 = 0.2;

impl SimCc {
    pub(super) fn adapt(graph: &Graph) -> Result<Self, String> {
        let input = PictureInput::of(graph, &TOP_DOWN)?;
        let [width, height] = input.size();
        let x = graph.output(0, "simcc_x", &[0, 0, width * SPLIT])?;
        let y = graph.output(1, "simcc_y", &[0, 0, height * SPLIT])?;
        Ok(Self {
            x: x.name.clone(),
            y: y.name.clone(),
            input,
        })
    }
}

impl Adapter for SimCc {
    fn contract(&self) -> Contract {
        Contract::SimCc
    }

    fn input(&self) -> &PictureInput {
        &self.input
    }

    fn crop(&self, person: &Person2d) -> Crop {
        crop_around(person, &self.input, 1.25)
    }

    fn decode(&self, outputs: &Outputs, view: &View) -> Result<Vec<Found>, String> {
        let [width, height] = self.input.size().map(|size| size * SPLIT);
        let x = outputs.get(&self.x, &[1, 0, width])?;
        let y = outputs.get(&self.y, &[1, x.dims[1], height])?;
        let keypoints = Keypoints::of(x.dims[1])?;
        let person = keypoints.person(view, |joint| {
            let (column, a) = peak(&x.values[joint * width..][..width]);
            let (row, b) = peak(&y.values[joint * height..][..height]);
            (
                [column as f32 / SPLIT as f32, row as f32 / SPLIT as f32],
                (a + b) / 2.0,
            )
        });
        Ok(person
            .filter(|person| person.score >= LEAST_SCORE)
            .map(Found::from)
            .into_iter()
            .collect())
    }
}

/// The place and height of the first maximum.
pub(super) fn peak(values: &[f32]) -> (usize, f32) {
    let mut best = (0, f32::NEG_INFINITY);
    for (index, &value) in values.iter().enumerate() {
        if value > best.1 {
            best = (index, value);
        }
    }
    best
}
