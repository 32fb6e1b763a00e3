//! ViTPose and others: a map for each joint, with its maximum at the joint.

use super::adapter::{Adapter, Found, crop_around};
use super::graph::Graph;
use super::input::{PictureInput, TOP_DOWN};
use super::keypoints::Keypoints;
use super::simcc::peak;
use crate::onnx::runtime::Outputs;
use crate::onnx::settings::Contract;
use crate::onnx::view::{Crop, View};
use crate::pose2d::Person2d;

pub(super) struct Heatmaps {
    input: PictureInput,
    maps: String,
}

const LEAST_SCORE: f32 = 0.2;

impl Heatmaps {
    pub(super) fn adapt(graph: &Graph) -> Result<Self, String> {
        let input = PictureInput::of(graph, &TOP_DOWN)?;
        let maps = graph.output(0, "heatmaps", &[0, 0, 0, 0])?;
        if let Some(count) = maps.dims.get(1).copied().flatten() {
            Keypoints::of(count)?;
        }
        Ok(Self {
            maps: maps.name.clone(),
            input,
        })
    }
}

impl Adapter for Heatmaps {
    fn contract(&self) -> Contract {
        Contract::Heatmaps
    }

    fn input(&self) -> &PictureInput {
        &self.input
    }

    fn crop(&self, person: &Person2d) -> Crop {
        crop_around(person, &self.input, 1.25)
    }

    fn decode(&self, outputs: &Outputs, view: &View) -> Result<Vec<Found>, String> {
        let maps = outputs.get(&self.maps, &[1, 0, 0, 0])?;
        let (count, rows, columns) = (maps.dims[1], maps.dims[2], maps.dims[3]);
        let keypoints = Keypoints::of(count)?;
        if rows < 2 || columns < 2 {
            return Err(format!(
                "the output `{}` has maps of {columns} × {rows}; expected at least 2 × 2",
                self.maps
            ));
        }
        let [width, height] = self.input.size().map(|size| size as f32);
        // The centres of the map's corner pixels lie on those of the input's: "unbiased data processing".
        let scale = [
            (width - 1.0) / (columns as f32 - 1.0),
            (height - 1.0) / (rows as f32 - 1.0),
        ];
        let person = keypoints.person(view, |joint| {
            let map = &maps.values[joint * rows * columns..][..rows * columns];
            let (index, score) = peak(map);
            let (column, row) = (index % columns, index / columns);
            let at = |column: usize, row: usize| map[row * columns + column];
            let across = if column > 0 && column + 1 < columns {
                summit(at(column - 1, row), score, at(column + 1, row))
            } else {
                0.0
            };
            let down = if row > 0 && row + 1 < rows {
                summit(at(column, row - 1), score, at(column, row + 1))
            } else {
                0.0
            };
            (
                [
                    (column as f32 + across) * scale[0],
                    (row as f32 + down) * scale[1],
                ],
                score,
            )
        });
        Ok(person
            .filter(|person| person.score >= LEAST_SCORE)
            .map(Found::from)
            .into_iter()
            .collect())
    }
}

/// The place of the maximum of a Gaussian through three neighbours, from −½ to ½. The maps are Gaussians, and the
/// logarithm of a Gaussian is a parabola; if a neighbour is not positive, the parabola goes through the values
/// themselves.
fn summit(before: f32, here: f32, after: f32) -> f32 {
    let [a, b, c] = if before > 0.0 && here > 0.0 && after > 0.0 {
        [before.ln(), here.ln(), after.ln()]
    } else {
        [before, here, after]
    };
    let bend = a - 2.0 * b + c;
    if bend < -1e-9 {
        ((a - c) / (2.0 * bend)).clamp(-0.5, 0.5)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summit_of_a_gaussian_is_found_between_pixels() {
        for middle in [-0.4, -0.1, 0.0, 0.3, 0.5_f32] {
            let value = |x: f32| (-(x - middle).powi(2) / 8.0).exp();
            let found = summit(value(-1.0), value(0.0), value(1.0));
            assert!((found - middle).abs() < 1e-3, "{found} is not {middle}");
        }
        assert!(summit(1.0, 1.0, 1.0).abs() < f32::EPSILON);
        assert!(summit(-1.0, 2.0, -1.0).abs() < f32::EPSILON);
    }
}
