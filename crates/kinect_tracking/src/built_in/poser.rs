//! Finds the joints of one person.

use glam::Vec3;
use kinect_azure::Joint;
use kinect_azure::calibration::Camera;

use super::decode::{CELLS, SIZE, places, value_at};
use super::networks::{Networks, POSER};
use crate::crop::PersonCrop;
use crate::onnx::runtime::{Network, Outputs, Values, logistic};
use crate::tracker::TrackerError;

/// One person as the network sees them.
#[derive(Clone, Debug)]
pub(super) struct Pose {
    /// In mm in the depth camera's axes.
    pub(super) joints: [Vec3; Joint::COUNT],
    /// Whether each joint is seen, as logits.
    pub(super) seen: [f32; Joint::COUNT],
    /// Whether there is a person, as a logit.
    pub(super) person: f32,
    /// Where in the crop the person is, as logits.
    mask: Vec<f32>,
    /// The points of the depth image (mm) in the cells that show the person.
    surface: Vec<Vec3>,
    crop: PersonCrop,
}

impl Pose {
    pub(super) fn pelvis(&self) -> Vec3 {
        self.joints[Joint::Pelvis.index()]
    }

    /// The number of joints that are seen.
    pub(super) fn count_seen(&self) -> usize {
        self.seen.iter().filter(|logit| **logit >= 0.0).count()
    }

    /// The share of this person's surface that another pose takes for its own person.
    pub(super) fn shared_with(&self, other: &Self) -> f32 {
        let shared = self.surface.iter().filter(|point| {
            let place = other.crop.place(point.to_array());
            let value = place.and_then(|[u, v, _]| value_at(&other.mask, [u, v]));
            value.is_some_and(|value| value > 0.0)
        });
        shared.count() as f32 / self.surface.len().max(1) as f32
    }

    /// Whether the mask shows the person at a point of the depth image (mm). Points outside the crop may be the person.
    pub(super) fn shows(&self, point: Vec3) -> bool {
        /// A map of 7 cm cells is too coarse to be sure at edges.
        const LEAST: f32 = -1.0;
        let place = self.crop.place(point.to_array());
        let value = place.and_then(|[u, v, _]| value_at(&self.mask, [u, v]));
        value.is_none_or(|value| value > LEAST)
    }
}

/// Points of the depth image in the mask's cells that show the person: one for each cell.
fn surface(mask: &[f32], relative_mm: &[i16], crop: &PersonCrop) -> Vec<Vec3> {
    const STEP: usize = PIXELS / SIZE;
    let middle = |cell: usize| cell * STEP + STEP / 2;
    let cells = mask.iter().enumerate().filter(|(_, shows)| **shows > 0.0);
    let points = cells.filter_map(|(cell, _)| {
        let (row, column) = (middle(cell / SIZE), middle(cell % SIZE));
        let beyond = *relative_mm.get(row * PIXELS + column)?;
        let at = |pixel: usize| (pixel as f32 + 0.5) / PIXELS as f32;
        let point = crop.point([at(column), at(row), f32::from(beyond)]);
        (beyond != PersonCrop::MISSING).then(|| point.into())
    });
    points.collect()
}

/// The network, and the memory of what it sees.
pub(super) struct Poser {
    network: Network,
    mirrored: bool,
    relative: Vec<i16>,
    pixels: Vec<u32>,
}

/// The input's side in pixels.
const PIXELS: usize = PersonCrop::SIZE;
/// How far the pelvis may lie from the middle of the crop, in mm: the network has learnt from crops that are off by so much.
const MOST_OFF_MM: f32 = 160.0;

/// The depth image, and how it was taken.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) camera: &'a Camera,
    pub(super) depth_mm: &'a [u16],
    /// The direction against gravity, if it is known.
    pub(super) up: Option<[f32; 3]>,
}

impl Poser {
    pub(super) fn open(networks: &mut Networks<'_>) -> Result<Self, TrackerError> {
        let network = networks.open(&POSER)?;
        Ok(Self::of(network, networks.settings.mirrored))
    }

    fn of(network: Network, mirrored: bool) -> Self {
        Self {
            network,
            mirrored,
            relative: Vec::new(),
            pixels: Vec::new(),
        }
    }

    /// A second one for another thread.
    pub(super) fn second(&self, networks: &mut Networks<'_>) -> Result<Self, TrackerError> {
        match self.network.share() {
            Some(network) => Ok(Self::of(network, self.mirrored)),
            None => Self::open(networks),
        }
    }

    /// Whether a graphics card runs it, so that a second one beside it gains nothing.
    pub(super) fn is_accelerated(&self) -> bool {
        self.network.is_accelerated()
    }

    /// The person around a point (mm). If the pelvis turns out to be far from that point, the network looks a second time, around
    /// the pelvis. `None` if the point cannot be seen, or if the network gives no usable numbers.
    pub(super) fn look(&mut self, scene: &Scene<'_>, around: Vec3) -> Result<Option<Pose>, String> {
        let Some(pose) = self.look_once(scene, around)? else {
            return Ok(None);
        };
        if pose.person < 0.0 || pose.pelvis().distance(around) < MOST_OFF_MM {
            return Ok(Some(pose));
        }
        let again = self.look_once(scene, pose.pelvis())?;
        Ok(again.filter(|again| again.person >= 0.0).or(Some(pose)))
    }

    fn look_once(&mut self, scene: &Scene<'_>, around: Vec3) -> Result<Option<Pose>, String> {
        let crop = PersonCrop::around(around.to_array(), PersonCrop::SIDE_MM, scene.up);
        let Some(crop) = crop else {
            return Ok(None);
        };
        crop.sample(
            scene.camera,
            scene.depth_mm,
            &mut self.relative,
            &mut self.pixels,
        );
        let input = input(&self.relative);
        let mirrored = self.mirrored.then(|| mirrored(&input, PIXELS));
        let mut answer = Answer::of(&self.network.run(Values::F32(input))?)?;
        if let Some(input) = mirrored {
            let other = Answer::of(&self.network.run(Values::F32(input))?)?;
            answer.average(&other.mirrored());
        }
        let pose = Pose {
            surface: surface(&answer.mask, &self.relative, &crop),
            joints: answer
                .places()
                .map(|place| crop.point(place.to_array()).into()),
            seen: answer.seen,
            person: answer.person,
            mask: answer.mask,
            crop,
        };
        Ok(Some(pose).filter(|pose| pose.joints.iter().all(|joint| joint.is_finite())))
    }
}

/// The network's answer: logits of joints and of the person's pixels, and depths in metres, in the cells of the crop.
#[derive(Clone, Debug, PartialEq)]
struct Answer {
    heatmaps: Vec<f32>,
    depths: Vec<f32>,
    seen: [f32; Joint::COUNT],
    person: f32,
    mask: Vec<f32>,
}

impl Answer {
    fn of(outputs: &Outputs) -> Result<Self, String> {
        let maps = [1, Joint::COUNT, SIZE, SIZE];
        let seen = outputs.get("seen", &[1, Joint::COUNT])?;
        let person = outputs.get("person", &[1, 1])?;
        Ok(Self {
            heatmaps: outputs.get("heatmaps", &maps)?.values.clone(),
            depths: outputs.get("depths", &maps)?.values.clone(),
            seen: core::array::from_fn(|joint| seen.values[joint]),
            person: person.values[0],
            mask: outputs.get("mask", &[1, 1, SIZE, SIZE])?.values.clone(),
        })
    }

    /// The places of the joints in the crop.
    fn places(&self) -> [Vec3; Joint::COUNT] {
        places(&self.heatmaps, &self.depths, &self.seen)
    }

    /// The answer to the mirrored picture as one to the picture itself.
    fn mirrored(&self) -> Self {
        let other = |joint: usize| Joint::ALL[joint].mirrored().index();
        let maps = |maps: &[f32]| -> Vec<f32> {
            let map = |joint: usize| &maps[other(joint) * CELLS..][..CELLS];
            (0..Joint::COUNT)
                .flat_map(|joint| mirrored(map(joint), SIZE))
                .collect()
        };
        Self {
            heatmaps: maps(&self.heatmaps),
            depths: maps(&self.depths),
            seen: core::array::from_fn(|joint| self.seen[other(joint)]),
            person: self.person,
            mask: mirrored(&self.mask, SIZE),
        }
    }

    /// Averages the logits, so that a place that both answers think possible wins over places that only one of them sees. Each
    /// cell's depth is that of the answer that is surer of the cell.
    fn average(&mut self, other: &Self) {
        let highest = |heats: &[f32]| heats.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        for joint in 0..Joint::COUNT {
            let cells = joint * CELLS..(joint + 1) * CELLS;
            let most = highest(&self.heatmaps[cells.clone()]);
            let other_most = highest(&other.heatmaps[cells.clone()]);
            for cell in cells {
                let (heat, depth) = (&mut self.heatmaps[cell], &mut self.depths[cell]);
                let (other_heat, other_depth) = (other.heatmaps[cell], other.depths[cell]);
                let share = logistic(other_heat - other_most - (*heat - most));
                *depth += (other_depth - *depth) * share;
                *heat = (*heat + other_heat) * 0.5;
            }
        }
        let logits = self.seen.iter_mut().chain(&mut self.mask);
        for (logit, other) in logits.zip(other.seen.iter().chain(&other.mask)) {
            *logit = (*logit + other) * 0.5;
        }
        self.person = (self.person + other.person) * 0.5;
    }
}

/// What the network takes, as `poser_input` of `training/data.py` computes it: depths, then whether they were measured.
fn input(relative_mm: &[i16]) -> Vec<f32> {
    let beyond = |mm: i16| {
        if mm == PersonCrop::MISSING {
            0.0
        } else {
            (f32::from(mm) / 1100.0).clamp(-1.2, 1.2)
        }
    };
    let measured = |mm: i16| f32::from(u8::from(mm != PersonCrop::MISSING));
    let beyond = relative_mm.iter().map(|&mm| beyond(mm));
    beyond
        .chain(relative_mm.iter().map(|&mm| measured(mm)))
        .collect()
}

/// Maps of that width with left and right exchanged.
fn mirrored(maps: &[f32], width: usize) -> Vec<f32> {
    maps.chunks(width)
        .flat_map(|row| row.iter().rev().copied())
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
impl Pose {
    /// Somebody who stands upright there; `person` is the logit.
    pub(super) fn standing(pelvis: Vec3, person: f32) -> Self {
        let joints = core::array::from_fn(|joint| {
            let at = Vec3::from(crate::rotation::rest_position(Joint::ALL[joint]));
            pelvis + Vec3::new(at.x, -at.y, -at.z) * 500.0
        });
        let crop = PersonCrop::around(pelvis.to_array(), PersonCrop::SIDE_MM, None);
        let somewhere = PersonCrop::around([0.0, 0.0, 1000.0], PersonCrop::SIDE_MM, None);
        Self {
            joints,
            seen: [3.0; Joint::COUNT],
            person,
            mask: vec![3.0; SIZE * SIZE],
            surface: joints.into_iter().step_by(4).collect(),
            crop: crop.or(somewhere).unwrap(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_input_is_that_of_training() {
        let input = input(&[PersonCrop::MISSING, 0, 550, -2000]);
        assert_eq!(input, [0.0, 0.0, 0.5, -1.2, 0.0, 1.0, 1.0, 1.0]);
    }

    /// Maps with one peak for each joint, at that column.
    fn answer(column: impl Fn(usize) -> usize) -> Answer {
        let mut heatmaps = vec![0.0; Joint::COUNT * CELLS];
        for joint in 0..Joint::COUNT {
            heatmaps[joint * CELLS + 5 * SIZE + column(joint)] = 20.0;
        }
        Answer {
            depths: (0..heatmaps.len()).map(|cell| cell as f32).collect(),
            heatmaps,
            seen: core::array::from_fn(|joint| joint as f32 - 8.0),
            person: 2.0,
            mask: (0..CELLS).map(|cell| cell as f32).collect(),
        }
    }

    #[test]
    fn the_mirrored_answer_of_a_mirrored_answer_is_the_answer() {
        let answer = answer(|joint| joint);
        let mirror = answer.mirrored();
        let (left, right) = (Joint::WristLeft.index(), Joint::WristRight.index());
        let (place, other) = (mirror.places()[left], answer.places()[right]);
        assert!((place.x - (1.0 - other.x)).abs() < 1e-5 && (place.y - other.y).abs() < 1e-5);
        assert_eq!(mirror.seen[left], answer.seen[right]);
        assert_eq!(mirror.mask[0], answer.mask[SIZE - 1]);
        assert_eq!(mirror.mirrored(), answer);
        let mut mean = answer.clone();
        mean.average(&answer);
        assert_eq!(mean, answer);
    }

    #[test]
    fn of_two_answers_the_place_that_both_think_possible_wins() {
        let mut one = answer(|_| 4);
        let mut other = answer(|_| 28);
        // Both see something in the middle as well.
        for answer in [&mut one, &mut other] {
            for joint in 0..Joint::COUNT {
                answer.heatmaps[joint * CELLS + 5 * SIZE + 16] = 18.0;
            }
        }
        one.depths.fill(1.0);
        other.depths.fill(3.0);
        one.average(&other);
        let place = one.places()[0];
        assert!((place.x - 16.5 / 32.0).abs() < 1e-3, "{place}");
        assert!((place.z - 2000.0).abs() < 1.0, "{place}");
    }
}
