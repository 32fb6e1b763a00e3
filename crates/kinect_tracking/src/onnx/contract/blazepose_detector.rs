//! The detector of BlazePose: a box, the hips and a point above the head for each of 2254 places.

use kinect_azure::Joint;

use super::adapter::{Adapter, Found, crop_around};
use super::blazepose::circle;
use super::graph::Graph;
use super::input::{Expected, PictureInput};
use super::keypoints::joint_at;
use crate::box2::Box2;
use crate::onnx::runtime::{Outputs, logistic};
use crate::onnx::settings::Contract;
use crate::onnx::view::{Align, Crop, View};
use crate::pose2d::Person2d;

pub(super) struct BlazePoseDetector {
    input: PictureInput,
    boxes: String,
    scores: String,
    places: Vec<[f32; 2]>,
}

/// Width and height of the input for which the places are defined.
const SIZE: usize = 224;
/// The number of places.
const PLACES: usize = 2254;
/// Box, and x and y of four points.
const NUMBERS: usize = 12;
const LEAST_SCORE: f32 = 0.5;

impl BlazePoseDetector {
    pub(super) fn adapt(graph: &Graph) -> Result<Self, String> {
        let boxes = graph.output(0, "Identity", &[0, PLACES, NUMBERS])?;
        let scores = graph.output(1, "Identity_1", &[0, PLACES, 1])?;
        let input = PictureInput::of(
            graph,
            &Expected {
                size: [SIZE; 2],
                blue_first: false,
                mean: [127.5; 3],
                deviation: [127.5; 3],
                fill: 0.0,
            },
        )?;
        if input.size() != [SIZE; 2] {
            return Err(format!(
                "its input is {}; expected {SIZE} × {SIZE} pixels",
                input.port.shown()
            ));
        }
        Ok(Self {
            boxes: boxes.name.clone(),
            scores: scores.name.clone(),
            places: places(),
            input,
        })
    }
}

/// The places in the input, in pixels: two for each cell of 8 pixels and of 16, six for each of 32.
fn places() -> Vec<[f32; 2]> {
    let mut places = Vec::with_capacity(PLACES);
    for (cell, times) in [(8, 2), (16, 2), (32, 6)] {
        let count = SIZE / cell;
        for index in 0..count * count {
            let middle = |index: usize| (index as f32 + 0.5) * cell as f32;
            for _ in 0..times {
                places.push([middle(index % count), middle(index / count)]);
            }
        }
    }
    places
}

impl Adapter for BlazePoseDetector {
    fn contract(&self) -> Contract {
        Contract::BlazePoseDetector
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
        let boxes = outputs.get(&self.boxes, &[1, PLACES, NUMBERS])?;
        let scores = outputs.get(&self.scores, &[1, PLACES, 1])?;
        let mut sure: Vec<(usize, f32)> = scores
            .values
            .iter()
            .map(|logit| logistic(*logit))
            .enumerate()
            .filter(|(_, score)| *score >= LEAST_SCORE)
            .collect();
        sure.sort_by(|a, b| b.1.total_cmp(&a.1));
        let mut found: Vec<(Found, [f32; 2], f32)> = Vec::new();
        for (index, score) in sure {
            let numbers = &boxes.values[index * NUMBERS..][..NUMBERS];
            let place = self.places[index];
            let at = |x: f32, y: f32| view.at([place[0] + x - 0.5, place[1] + y - 0.5]);
            let (hips, end) = (at(numbers[4], numbers[5]), at(numbers[6], numbers[7]));
            let Some(crop) = circle(hips, end) else {
                continue;
            };
            // Many places find the same person.
            let radius = (end[0] - hips[0]).hypot(end[1] - hips[1]);
            let is_known = found.iter().any(|(_, other, radius)| {
                (hips[0] - other[0]).hypot(hips[1] - other[1]) < 0.5 * radius
            });
            if is_known {
                continue;
            }
            let mut joints = [None; Joint::COUNT];
            joints[Joint::Pelvis.index()] = joint_at(hips, score);
            let bounds = Box2 {
                min: [hips[0] - radius, hips[1] - radius],
                max: [hips[0] + radius, hips[1] + radius],
            };
            let person = Person2d {
                joints,
                score,
                bounds,
            };
            found.push((
                Found {
                    person,
                    next: Some(crop),
                    is_sure: true,
                },
                hips,
                radius,
            ));
        }
        Ok(found.into_iter().map(|(found, _, _)| found).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_places_as_outputs() {
        let places = places();
        assert_eq!(places.len(), PLACES);
        assert_eq!((places[0], places[1]), ([4.0, 4.0], [4.0, 4.0]));
        assert_eq!(places[PLACES - 1], [208.0, 208.0]);
    }
}
