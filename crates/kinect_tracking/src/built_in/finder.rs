//! Finds people in the whole depth image.

use kinect_azure::calibration::Camera;

use super::decode::{CELL, Peak, peaks};
use super::networks::{FINDER_NARROW, FINDER_WIDE, Networks};
use crate::crop::Overview;
use crate::onnx::runtime::{Network, Values};
use crate::tracker::TrackerError;

/// Somebody whom the finder sees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sighting {
    /// The pelvis in mm in the depth camera's axes.
    pub(super) pelvis_mm: [f32; 3],
    /// 0 to 1.
    pub(super) score: f32,
}

/// Peaks with a lower score are nobody.
const LEAST_SCORE: f32 = 0.35;
/// The maps of the network: the people's pixels, the pelvises, the ways to them (two maps), and their distances.
const MAPS: usize = 5;
const PELVIS: usize = 1;
const DISTANCE: usize = 4;

/// The network, and the view that it sees.
pub(super) struct Finder {
    network: Network,
    camera: Camera,
    view: Overview,
    up: Option<[f32; 3]>,
    distances: Vec<u16>,
}

impl Finder {
    pub(super) fn open(
        networks: &mut Networks<'_>,
        camera: &Camera,
        up: Option<[f32; 3]>,
    ) -> Result<Self, TrackerError> {
        let view = Overview::new(camera, up);
        let network = networks.open(if view.size() == Overview::WIDE {
            &FINDER_WIDE
        } else {
            &FINDER_NARROW
        })?;
        Ok(Self {
            network,
            camera: *camera,
            view,
            up,
            distances: Vec::new(),
        })
    }

    /// The library and the processor that run it.
    pub(super) fn shown(&self) -> String {
        self.network.shown()
    }

    /// The people in a depth image, best first. `up` is the direction against gravity, if it is known.
    pub(super) fn find(
        &mut self,
        depth_mm: &[u16],
        up: Option<[f32; 3]>,
    ) -> Result<Vec<Sighting>, String> {
        if self.up != up {
            self.view = Overview::new(&self.camera, up);
            self.up = up;
        }
        self.view.sample(depth_mm, &mut self.distances);
        let [columns, rows] = self.view.size().map(|pixels| pixels / CELL);
        let outputs = self.network.run(Values::F32(input(&self.distances)))?;
        let maps = outputs.get("maps", &[1, MAPS, rows, columns])?;
        let map = |number: usize| &maps.values[number * rows * columns..][..rows * columns];
        let found = peaks(map(PELVIS), map(DISTANCE), columns, LEAST_SCORE);
        Ok(found
            .iter()
            .map(|Peak { at, score }| Sighting {
                pelvis_mm: self.view.point(*at),
                score: *score,
            })
            .collect())
    }
}

/// What the network takes, as `finder_input` of `training/data.py` computes it: distances, then whether they were measured.
fn input(distances_mm: &[u16]) -> Vec<f32> {
    let far = |mm: u16| {
        if mm == 0 {
            0.0
        } else {
            (f32::from(mm) / 4000.0).min(2.0) - 0.7
        }
    };
    let far = distances_mm.iter().map(|&mm| far(mm));
    let measured = distances_mm.iter().map(|&mm| f32::from(u8::from(mm > 0)));
    far.chain(measured).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_input_is_that_of_training() {
        let input = input(&[0, 2000, 4000, 10_000]);
        let expected = [0.0, -0.2, 0.3, 1.3, 0.0, 1.0, 1.0, 1.0];
        for (value, expected) in input.iter().zip(expected) {
            assert!((value - expected).abs() < 1e-6, "{input:?}");
        }
    }
}
