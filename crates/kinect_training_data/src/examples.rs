//! Makes the networks' inputs from a capture, with the truth.

use std::path::Path;

use kinect_azure::calibration::Camera;
use kinect_azure::{Body, BodyFrame, Capture, Joint, JointConfidence};
use kinect_tracking::crop::{Overview, PersonCrop};

use crate::arrays::{write, write_json};
use crate::error::Error;
use crate::random::Random;

/// The numbers beside a crop; `training/README.md` names them.
const ABOUT: usize = 16;
/// The people that an overview lists at most.
const PEOPLE: usize = 6;

/// The examples of one shard.
#[derive(Debug, Default)]
pub(crate) struct Examples {
    crops: Vec<i16>,
    masks: Vec<u8>,
    joints: Vec<f32>,
    about: Vec<f32>,
    overviews: Vec<u16>,
    labels: Vec<u8>,
    pelvises: Vec<f32>,
    overview_size: [usize; 2],
    relative: Vec<i16>,
    pixels: Vec<u32>,
    distances: Vec<u16>,
}

/// The data that all captures of a shard share.
pub(crate) struct Scene<'a> {
    pub(crate) camera: &'a Camera,
    /// The direction against gravity in the depth camera's axes.
    pub(crate) up: [f32; 3],
    pub(crate) kind: f32,
    /// Height of the sensor in metres, tilt and roll in degrees.
    pub(crate) mount: [f32; 3],
}

#[derive(serde::Serialize)]
struct Contents {
    crops: usize,
    crop_size: usize,
    overviews: usize,
    overview_columns: usize,
    overview_rows: usize,
    people_in_overview: usize,
    numbers_about_crop: usize,
}

/// The subject of a crop.
#[derive(Clone, Copy)]
enum Subject<'a> {
    Person(usize, &'a Body),
    /// No person: furniture, a wall.
    Thing,
}

impl Examples {
    /// The number of crops of people and things so far, and of overviews.
    pub(crate) const fn counts(&self) -> (usize, usize) {
        (self.about.len() / ABOUT, self.overviews_count())
    }

    const fn overviews_count(&self) -> usize {
        self.pelvises.len() / (PEOPLE * 4)
    }

    /// Adds the networks' inputs from a capture.
    pub(crate) fn add(&mut self, capture: &Capture, scene: &Scene<'_>, r: &mut Random) {
        let (Some(depth), Some(truth)) = (&capture.depth, &capture.ground_truth) else {
            return;
        };
        let depth = depth.u16_pixels();
        // A sensor that is moved, or that has no inertial sensor, does not know the upward direction to the degree.
        let up = (r.unit() > 0.1).then(|| scene.up.map(|v| v + 0.03 * r.normal()));
        self.add_overview(depth, truth, scene, up);
        for (number, body) in truth.bodies.iter().enumerate() {
            let seen = body
                .joints
                .iter()
                .filter(|joint| joint.confidence >= JointConfidence::Medium)
                .count();
            if seen < 6 {
                continue;
            }
            let [x, y, z] = body.joint(Joint::Pelvis).position;
            let center = [
                x + 70.0 * r.normal(),
                y + 70.0 * r.normal(),
                z + 60.0 * r.normal(),
            ];
            self.add_crop(
                depth,
                truth,
                scene,
                (center, up),
                Subject::Person(number, body),
                r,
            );
        }
        if r.unit() < 0.35
            && let Some(center) = something(depth, truth, scene.camera, r)
        {
            self.add_crop(depth, truth, scene, (center, up), Subject::Thing, r);
        }
    }

    fn add_crop(
        &mut self,
        depth: &[u16],
        truth: &BodyFrame,
        scene: &Scene<'_>,
        (center, up): ([f32; 3], Option<[f32; 3]>),
        subject: Subject<'_>,
        r: &mut Random,
    ) {
        let side = PersonCrop::SIDE_MM * r.range(-0.13, 0.14).exp();
        let Some(crop) = PersonCrop::around(center, side, up) else {
            return;
        };
        let Some(map) = &truth.index_map else {
            return;
        };
        let (relative, pixels) = (&mut self.relative, &mut self.pixels);
        crop.sample(scene.camera, depth, relative, pixels);
        let person = match subject {
            Subject::Person(number, _) => number as u8,
            Subject::Thing => u8::MAX,
        };
        // Every second pixel: 0 = the room, 1 = the person, 2 = another person.
        let size = PersonCrop::SIZE;
        let first = self.masks.len();
        for row in (0..size).step_by(2) {
            for column in (0..size).step_by(2) {
                let index = pixels[row * size + column] as usize;
                self.masks.push(match map.pixels().get(index) {
                    None | Some(&u8::MAX) => 0,
                    Some(&number) if number == person => 1,
                    Some(_) => 2,
                });
            }
        }
        let own = self.masks[first..]
            .iter()
            .filter(|&&mask| mask == 1)
            .count();
        if matches!(subject, Subject::Person(..)) && own < 24 {
            // Too few pixels show the person.
            self.masks.truncate(first);
            return;
        }
        self.crops.extend_from_slice(relative);
        let mut seen = 0;
        for joint in Joint::ALL {
            let (pose, known) = match subject {
                Subject::Person(_, body) => (*body.joint(joint), true),
                Subject::Thing => (kinect_azure::JointPose::default(), false),
            };
            let place = known.then(|| crop.place(pose.position)).flatten();
            let [u, v, beyond] = place.unwrap_or([0.5, 0.5, 0.0]);
            let confidence = match pose.confidence {
                _ if place.is_none() => 0.0,
                JointConfidence::None => 1.0,
                JointConfidence::Low => 2.0,
                _ => 3.0,
            };
            seen += usize::from(confidence == 3.0);
            self.joints.extend([u, v, beyond, confidence]);
        }
        let axes = crop.axes();
        let distance = center.iter().map(|v| v * v).sum::<f32>().sqrt();
        let known = matches!(subject, Subject::Person(..));
        self.about.extend([distance, side]);
        self.about.extend(axes.iter().flatten());
        self.about.extend([
            f32::from(u8::from(known)),
            scene.kind,
            scene.mount[0],
            scene.mount[1],
            seen as f32 / Joint::COUNT as f32,
        ]);
    }

    fn add_overview(
        &mut self,
        depth: &[u16],
        truth: &BodyFrame,
        scene: &Scene<'_>,
        up: Option<[f32; 3]>,
    ) {
        let Some(map) = &truth.index_map else {
            return;
        };
        let view = Overview::new(scene.camera, up);
        self.overview_size = view.size();
        view.sample(depth, &mut self.distances);
        self.overviews.extend_from_slice(&self.distances);
        let columns = view.size()[0];
        let mut counts = [0_usize; PEOPLE];
        for (i, index) in view.pixels().enumerate() {
            let number = map.pixels().get(index as usize).copied().unwrap_or(u8::MAX);
            if let Some(count) = counts.get_mut(usize::from(number)) {
                *count += 1;
            }
            let (row, column) = (i / columns, i % columns);
            if row.is_multiple_of(2) && column.is_multiple_of(2) {
                self.labels.push(number);
            }
        }
        // Column, row and distance of each pelvis, and how many pixels show the person.
        for (number, &count) in counts.iter().enumerate() {
            let place = truth
                .bodies
                .get(number)
                .and_then(|body| view.place(body.joint(Joint::Pelvis).position));
            let [column, row, distance] = place.unwrap_or([0.0; 3]);
            let seen = if place.is_some() { count as f32 } else { 0.0 };
            self.pelvises.extend([column, row, distance, seen]);
        }
    }

    /// Writes all examples into a folder.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), Error> {
        write(folder, "crops.i16", &self.crops)?;
        write(folder, "masks.u8", &self.masks)?;
        write(folder, "joints.f32", &self.joints)?;
        write(folder, "about.f32", &self.about)?;
        write(folder, "overviews.u16", &self.overviews)?;
        write(folder, "labels.u8", &self.labels)?;
        write(folder, "pelvises.f32", &self.pelvises)?;
        let (crops, overviews) = self.counts();
        let contents = Contents {
            crops,
            crop_size: PersonCrop::SIZE,
            overviews,
            overview_columns: self.overview_size[0],
            overview_rows: self.overview_size[1],
            people_in_overview: PEOPLE,
            numbers_about_crop: ABOUT,
        };
        write_json(folder, "contents.json", &contents)
    }
}

/// A place on a thing that is neither a person nor beside one.
fn something(
    depth: &[u16],
    truth: &BodyFrame,
    camera: &Camera,
    r: &mut Random,
) -> Option<[f32; 3]> {
    let map = truth.index_map.as_ref()?;
    let width = camera.width as usize;
    (0..30).find_map(|_| {
        let index = r.next() as usize % depth.len().max(1);
        let mm = *depth.get(index)?;
        if !(600..5000).contains(&mm) || map.pixels().get(index) != Some(&u8::MAX) {
            return None;
        }
        let at = [(index % width) as f32, (index / width) as f32];
        let [x, y, z] = camera.unproject_at(at, f32::from(mm) + 120.0)?;
        let away = |body: &Body| {
            let [a, b, c] = body.joint(Joint::Pelvis).position;
            (a - x).hypot(b - y).hypot(c - z)
        };
        truth
            .bodies
            .iter()
            .all(|body| away(body) > 700.0)
            .then_some([x, y, z])
    })
}
