//! Tests of lifting: the true joints are projected into the image, lifted with the simulated depth image, and compared
//! with the truth.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kinect_azure::body::BodyFrame;
use kinect_azure::{
    Body, Calibration, Capture, CaptureSource, ColorResolution, Joint, JointConfidence, NextCapture,
};
use kinect_simulation::{MotionKind, Scenario, SimulatedSensor, SimulationSettings};
use kinect_tracking::files::{BodyWriter, JsonWriter};
use kinect_tracking::lift::{LiftSettings, Lifter};
use kinect_tracking::pose2d::{Joint2d, Person2d};
use kinect_tracking::{Box2, Ground};

use crate::clips::place;
use crate::noise::Noise;
use crate::simulated::ground;

/// The joints that networks trained on COCO know.
pub(crate) const COCO: [Joint; 17] = [
    Joint::Nose,
    Joint::EyeLeft,
    Joint::EyeRight,
    Joint::EarLeft,
    Joint::EarRight,
    Joint::ShoulderLeft,
    Joint::ShoulderRight,
    Joint::ElbowLeft,
    Joint::ElbowRight,
    Joint::WristLeft,
    Joint::WristRight,
    Joint::HipLeft,
    Joint::HipRight,
    Joint::KneeLeft,
    Joint::KneeRight,
    Joint::AnkleLeft,
    Joint::AnkleRight,
];

/// Stands for a network: it returns the true joints in the image, with errors.
struct Network {
    noise: Noise,
    /// Standard deviation in pixels, in each direction.
    pixels: f32,
    /// The share of joints that are not found.
    missing: f32,
    /// The joints that it knows.
    known: &'static [Joint],
}

impl Network {
    fn perfect() -> Self {
        Self {
            noise: Noise::new(7),
            pixels: 0.0,
            missing: 0.0,
            known: &Joint::ALL,
        }
    }

    fn rough() -> Self {
        Self {
            pixels: 3.0,
            missing: 0.1,
            ..Self::perfect()
        }
    }

    fn find(&mut self, body: &Body, calibration: &Calibration) -> Option<Person2d> {
        let camera = calibration.depth_camera.unwrap();
        let mut joints = [None; Joint::COUNT];
        for &joint in self.known {
            let pose = body.joint(joint);
            let missing = self.noise.unit() < self.missing;
            if pose.confidence < JointConfidence::Medium || missing {
                continue;
            }
            joints[joint.index()] = camera.project(pose.position).map(|[x, y]| Joint2d {
                x: x + self.noise.normal() * self.pixels,
                y: y + self.noise.normal() * self.pixels,
                score: 0.9,
                behind_hips_mm: None,
            });
        }
        let bounds = Box2::around(joints.iter().flatten().map(|j| [j.x, j.y]))?;
        Some(Person2d {
            joints,
            score: 0.9,
            bounds,
        })
    }
}

/// The errors of lifted bodies.
#[derive(Default)]
struct Errors {
    /// For each joint the distances in mm of seen joints, and the angles of orientations in degrees.
    seen: Vec<Vec<f32>>,
    hidden: Vec<Vec<f32>>,
    angles: Vec<Vec<f32>>,
    /// The errors along the ray in mm; positive = too far. Three lists: for people who face the camera, who turn a side
    /// to it, and who turn their back to it.
    along: [Vec<Vec<f32>>; 3],
    /// Intersection over union of each person's pixels.
    overlaps: Vec<f32>,
    times: Vec<Duration>,
}

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len().max(1) as f32
}

fn median(values: &[f32]) -> f32 {
    let mut values = values.to_vec();
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f32::NAN)
}

/// 0 = faces the camera, 1 = turns a side to it, 2 = turns the back to it.
fn facing(body: &Body) -> usize {
    let left = place(body, Joint::ShoulderLeft) - place(body, Joint::ShoulderRight);
    let up = place(body, Joint::Neck) - place(body, Joint::Pelvis);
    let ahead = left.cross(up).normalize_or_zero();
    match ahead.dot(place(body, Joint::Neck).normalize_or_zero()) {
        ..-0.7 => 0,
        -0.7..0.7 => 1,
        _ => 2,
    }
}

impl Errors {
    fn new() -> Self {
        let none = || vec![Vec::new(); Joint::COUNT];
        Self {
            seen: none(),
            hidden: none(),
            angles: none(),
            along: [none(), none(), none()],
            overlaps: Vec::new(),
            times: Vec::new(),
        }
    }

    fn add(&mut self, truth: &Body, found: &Body) {
        for joint in Joint::ALL {
            let index = joint.index();
            let (was, is) = (place(truth, joint), place(found, joint));
            assert!(is.is_finite());
            let error = is.distance(was);
            match truth.joint(joint).confidence {
                JointConfidence::Medium | JointConfidence::High => {
                    self.seen[index].push(error);
                    self.along[facing(truth)][index].push((is - was).dot(was.normalize()));
                    let [a, b] = [truth, found].map(|body| {
                        let [w, x, y, z] = body.joint(joint).orientation;
                        glam::Quat::from_xyzw(x, y, z, w)
                    });
                    let angle = 2.0 * a.dot(b).abs().min(1.0).acos();
                    self.angles[index].push(angle.to_degrees());
                }
                JointConfidence::Low => self.hidden[index].push(error),
                JointConfidence::None => {}
            }
        }
    }

    fn append(&mut self, mut other: Self) {
        for joint in 0..Joint::COUNT {
            self.seen[joint].append(&mut other.seen[joint]);
            self.hidden[joint].append(&mut other.hidden[joint]);
            self.angles[joint].append(&mut other.angles[joint]);
            for (own, other) in self.along.iter_mut().zip(&mut other.along) {
                own[joint].append(&mut other[joint]);
            }
        }
        self.overlaps.append(&mut other.overlaps);
        self.times.append(&mut other.times);
    }

    /// Compares the pixels of bodies: (index in the truth's frame, index in the other frame).
    fn add_maps(&mut self, truth: &BodyFrame, found: &BodyFrame, pairs: &[(usize, usize)]) {
        let (Some(was), Some(is)) = (&truth.index_map, &found.index_map) else {
            panic!("a map is missing");
        };
        for &(a, b) in pairs {
            let (mut both, mut either) = (0, 0);
            for (was, is) in was.pixels().iter().zip(is.pixels()) {
                let (was, is) = (usize::from(*was) == a, usize::from(*is) == b);
                both += u32::from(was && is);
                either += u32::from(was || is);
            }
            if either > 1500 {
                self.overlaps.push(both as f32 / either as f32);
            }
        }
    }

    fn all(&self) -> Vec<f32> {
        self.seen.concat()
    }

    fn table(&self) {
        println!(
            "joint            seen  mean median   p95  along: front, side, back  angle median  hidden mean"
        );
        for joint in Joint::ALL {
            let index = joint.index();
            let mut sorted = self.seen[index].clone();
            sorted.sort_by(f32::total_cmp);
            let p95 = sorted
                .get(sorted.len() * 95 / 100)
                .copied()
                .unwrap_or(f32::NAN);
            println!(
                "{:15} {:5} {:5.0} {:6.0} {:5.0}  {:5.0} {:5.0} {:5.0} {:12.0} {:12.0}",
                joint.name(),
                sorted.len(),
                mean(&sorted),
                median(&sorted),
                p95,
                median(&self.along[0][index]),
                median(&self.along[1][index]),
                median(&self.along[2][index]),
                median(&self.angles[index]),
                mean(&self.hidden[index]),
            );
        }
        let all = self.all();
        println!(
            "all: {} joints, mean {:.1} mm, median {:.1}; hidden {:.1}; angle median {:.1}",
            all.len(),
            mean(&all),
            median(&all),
            mean(&self.hidden.concat()),
            median(&self.angles.concat()),
        );
        let mut times = self.times.clone();
        times.sort();
        if times.is_empty() {
            return;
        }
        println!(
            "index map: mean overlap {:.3}, median {:.3}; {:?} a frame (median), {:?} (p95)",
            mean(&self.overlaps),
            median(&self.overlaps),
            times[times.len() / 2],
            times[times.len() * 95 / 100],
        );
    }
}

/// A number of captures of simulated people, and the sensor's calibration.
fn captures(
    scenario: Scenario,
    people: u32,
    seed: u64,
    count: u64,
    apart_usec: u64,
) -> (Calibration, impl Iterator<Item = Capture>) {
    let mut sensor = SimulatedSensor::new(&SimulationSettings {
        scenario,
        people,
        seed,
        color_resolution: ColorResolution::Off,
        imu: false,
        ..SimulationSettings::default()
    })
    .unwrap()
    .as_fast_as_possible();
    let calibration = sensor.calibration().unwrap().clone();
    let captures = (0..count).map(move |number| {
        sensor
            .playback()
            .unwrap()
            .seek(1_000_000 + number * apart_usec)
            .unwrap();
        match sensor.next_capture(Duration::from_secs(10)).unwrap() {
            NextCapture::Capture(capture) => capture,
            other => panic!("{other:?}"),
        }
    });
    (calibration, captures)
}

fn lift(
    lifter: &mut Lifter,
    network: &mut Network,
    capture: &Capture,
    calibration: &Calibration,
    errors: &mut Errors,
) -> Arc<BodyFrame> {
    let truth = capture.ground_truth.as_ref().unwrap();
    let seen = |body: &&Body| {
        let seen = body
            .joints
            .iter()
            .filter(|j| j.confidence >= JointConfidence::Medium);
        seen.count() >= 6
    };
    let places = (0..truth.bodies.len()).filter(|n| seen(&&truth.bodies[*n]));
    let pairs: Vec<(usize, usize)> = places.enumerate().map(|(b, a)| (a, b)).collect();
    let bodies: Vec<&Body> = truth.bodies.iter().filter(seen).collect();
    let people: Vec<Person2d> = bodies
        .iter()
        .filter_map(|body| network.find(body, calibration))
        .collect();
    let depth = capture.depth.as_ref();
    let usec = truth.device_timestamp_usec;
    let begun = Instant::now();
    let found = lifter.lift(usec, depth.map(|d| &**d), &people, Some(&ground()));
    errors.times.push(begun.elapsed());
    assert_eq!(found.bodies.len(), bodies.len());
    for (truth, found) in bodies.iter().zip(&found.bodies) {
        errors.add(truth, found);
    }
    errors.add_maps(truth, &found, &pairs);
    found
}

/// Lifts the people of all motions twice: from exact joints, and from inexact joints of which some are missing.
#[test]
fn bodies_are_lifted_in_every_motion() {
    let (mut perfect, mut rough) = (Errors::new(), Errors::new());
    for motion in MotionKind::ALL {
        let (calibration, captures) = captures(Scenario::Single(motion), 2, 3, 8, 250_000);
        let lifter = || Lifter::new(&calibration, LiftSettings::default()).unwrap();
        let mut runs = [
            (lifter(), Network::perfect(), Errors::new()),
            (lifter(), Network::rough(), Errors::new()),
        ];
        for capture in captures {
            for (lifter, network, errors) in &mut runs {
                lift(lifter, network, &capture, &calibration, errors);
            }
        }
        let [(.., exact), (.., inexact)] = runs;
        println!(
            "{:12} mean {:5.1} mm, hidden {:5.1}, angle {:4.1}, overlap {:.3}; rough mean {:5.1}, overlap {:.3}",
            motion.name(),
            mean(&exact.all()),
            mean(&exact.hidden.concat()),
            median(&exact.angles.concat()),
            mean(&exact.overlaps),
            mean(&inexact.all()),
            mean(&inexact.overlaps),
        );
        perfect.append(exact);
        rough.append(inexact);
    }
    println!("perfect joints in the image");
    perfect.table();
    println!("3 pixels of noise, a tenth of the joints missing");
    rough.table();
    assert!(mean(&perfect.all()) < 30.0);
    assert!(mean(&rough.all()) < 45.0);
    assert!(mean(&perfect.overlaps) > 0.9);
}

/// A person with invalid joints: numbers that are not finite, joints far outside the image, all joints in one place.
fn crooked(noise: &mut Noise, kind: usize) -> Person2d {
    let joints = core::array::from_fn(|index| {
        let (x, y) = (noise.unit() * 700.0 - 30.0, noise.unit() * 640.0 - 30.0);
        let (x, y) = match (kind % 7, index % 5) {
            (0, 0) => (f32::NAN, y),
            (0, 1) => (x, f32::INFINITY),
            (1, _) => (320.0, 288.0),
            (2, 0..3) => (1e30, -1e30),
            (3, _) => (-x - 1000.0, y),
            (4, 0..4) => return None,
            _ => (x, y),
        };
        let score = if kind.is_multiple_of(5) {
            f32::NAN
        } else {
            noise.unit()
        };
        Some(Joint2d {
            x,
            y,
            score,
            behind_hips_mm: None,
        })
    });
    Person2d {
        joints,
        score: 0.5,
        bounds: Box2::default(),
    }
}

#[test]
fn crooked_people_and_depths_give_finite_bodies_the_same_each_time() {
    let calibration = crate::figure::calibration();
    let run = || {
        let mut noise = Noise::new(5);
        let mut lifter = Lifter::new(&calibration, LiftSettings::default()).unwrap();
        let mut frames = Vec::new();
        for number in 0..300_usize {
            let people: Vec<Person2d> = (0..number % 4)
                .map(|person| crooked(&mut noise, number + person))
                .collect();
            let mut depth = kinect_azure::Image::empty(kinect_azure::ImageFormat::Depth16);
            let mut pixels: Vec<u16> = (0..640 * 576)
                .map(|pixel| match number % 4 {
                    0 => (noise.unit() * 65535.0) as u16,
                    1 => 0,
                    2 => 1500 + (pixel % 640) as u16,
                    _ => 65535,
                })
                .collect();
            if number % 9 == 8 {
                pixels.truncate(1000);
            }
            depth.pixels = kinect_azure::image::Pixels::U16(pixels);
            let depth = (number % 10 != 9).then_some(&depth);
            // The clock jumps back now and then.
            let usec = (number as u64 % 50) * 33_333;
            let frame = lifter.lift(usec, depth, &people, None);
            assert_eq!(lifter.ids().len(), people.len());
            let named = lifter.ids().iter().flatten().count();
            assert_eq!(named, frame.bodies.len());
            for body in &frame.bodies {
                for pose in &body.joints {
                    let [x, y, z] = pose.position;
                    let far = glam::Vec3::new(x, y, z).length();
                    assert!(far < 1e6, "frame {number}: {far} mm");
                    let length: f32 = pose.orientation.iter().map(|v| v * v).sum();
                    assert!((length - 1.0).abs() < 1e-3, "{length}");
                    if depth.is_none() || number % 9 == 8 {
                        assert!(pose.confidence <= JointConfidence::Low);
                    }
                }
            }
            frames.push((*frame).clone());
        }
        frames
    };
    assert!(run() == run());
}

#[test]
fn a_person_keeps_the_id_and_a_later_one_gets_another() {
    let calibration = crate::figure::calibration();
    let mut lifter = Lifter::new(&calibration, LiftSettings::default()).unwrap();
    let mut network = Network::perfect();
    let mut find = |x: f32| {
        let body = crate::figure::Figure::new(glam::Vec3::new(x, 0.0, 2500.0)).body(1);
        network.find(&body, &calibration).unwrap()
    };
    let ids = |lifter: &mut Lifter, usec: u64, people: &[Person2d]| -> Vec<u32> {
        let frame = lifter.lift(usec, None, people, None);
        frame.bodies.iter().map(|body| body.id).collect()
    };
    assert_eq!(ids(&mut lifter, 0, &[find(-700.0), find(700.0)]), [1, 2]);
    // The people come in another order, walk, and one of them is missing for a while.
    assert_eq!(
        ids(&mut lifter, 33_000, &[find(650.0), find(-650.0)]),
        [2, 1]
    );
    assert_eq!(ids(&mut lifter, 66_000, &[find(-600.0)]), [1]);
    assert_eq!(
        ids(&mut lifter, 500_000, &[find(600.0), find(-600.0)]),
        [2, 1]
    );
    assert_eq!(ids(&mut lifter, 533_000, &[find(-600.0)]), [1]);
    assert_eq!(ids(&mut lifter, 1_300_000, &[find(-600.0)]), [1]);
    assert_eq!(
        ids(&mut lifter, 2_000_000, &[find(-600.0), find(600.0)]),
        [1, 3]
    );
}

/// A frame of the exact joints of a recording.
#[derive(serde::Deserialize)]
struct ExactFrame {
    timestamp_usec: u64,
    bodies: Vec<ExactBody>,
}

#[derive(serde::Deserialize)]
struct ExactBody {
    id: u32,
    ignore: bool,
    joints: Vec<ExactJoint>,
}

#[derive(serde::Deserialize)]
struct ExactJoint {
    position_mm: [f32; 3],
    orientation: [f32; 4],
    visible: bool,
    in_image: bool,
}

#[derive(serde::Deserialize)]
struct ExactFile {
    frames: Vec<ExactFrame>,
}

/// Lifts the exact joints of recorded people: `KINECT_EXACT_PEOPLE` is a folder of recordings with their joints in
/// `gt`. Writes the bodies into folders of `KINECT_PREDICTIONS`, in the form that the program of the recordings
/// compares with the truth.
#[test]
#[ignore = "writes files for a judge of its own"]
fn exact_people_are_lifted_into_files() {
    let variable = |name: &str| std::path::PathBuf::from(std::env::var_os(name).expect(name));
    let (people, out) = (
        variable("KINECT_EXACT_PEOPLE"),
        variable("KINECT_PREDICTIONS"),
    );
    for (kind, known) in [("all", &Joint::ALL[..]), ("coco", &COCO)] {
        let mut all = Errors::new();
        std::fs::create_dir_all(out.join(kind)).unwrap();
        let mut names: Vec<_> = std::fs::read_dir(people.join("gt"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "json"))
            .collect();
        names.sort();
        for path in names {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let exact: ExactFile = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let mut recording =
                kinect_azure::recording::Recording::open(people.join(format!("{name}.mkv")))
                    .unwrap();
            let calibration = recording.calibration().unwrap().clone();
            let ground = recording.next_imu_sample().unwrap().and_then(|sample| {
                Ground::from_acceleration(sample.acceleration, 1000.0, &calibration)
            });
            let mut lifter = Lifter::new(&calibration, LiftSettings::default()).unwrap();
            let file = std::fs::File::create(out.join(kind).join(format!("{name}.json"))).unwrap();
            let mut writer = JsonWriter::new(std::io::BufWriter::new(file));
            let mut network = Network {
                known,
                ..Network::perfect()
            };
            for (number, frame) in exact.frames.iter().enumerate() {
                let capture = recording.next_capture().unwrap().unwrap();
                let depth = capture.depth.as_ref().unwrap();
                assert_eq!(depth.device_timestamp_usec, frame.timestamp_usec);
                let bodies: Vec<Body> = frame
                    .bodies
                    .iter()
                    .filter(|b| !b.ignore)
                    .map(exact_body)
                    .collect();
                let seen: Vec<(&Body, Person2d)> = bodies
                    .iter()
                    .filter_map(|body| Some((body, network.find(body, &calibration)?)))
                    .collect();
                let seen_people: Vec<Person2d> = seen.iter().map(|(_, p)| p.clone()).collect();
                let found = lifter.lift(
                    frame.timestamp_usec,
                    Some(depth),
                    &seen_people,
                    ground.as_ref(),
                );
                for ((truth, _), found) in seen.iter().zip(&found.bodies) {
                    all.add(truth, found);
                }
                writer.write(&found).unwrap();
                let mut map = found.index_map.as_ref().unwrap().pixels().to_vec();
                for pixel in &mut map {
                    *pixel = seen
                        .get(usize::from(*pixel))
                        .map_or(255, |(body, _)| body.id as u8);
                }
                std::fs::write(out.join(kind).join(format!("{name}-{number:03}.map")), map)
                    .unwrap();
            }
            writer.into_inner().unwrap();
        }
        println!("{kind}:");
        all.table();
    }
}

fn exact_body(exact: &ExactBody) -> Body {
    let mut body = Body {
        id: exact.id,
        joints: [kinect_azure::JointPose::default(); Joint::COUNT],
    };
    for (pose, joint) in body.joints.iter_mut().zip(&exact.joints) {
        *pose = kinect_azure::JointPose {
            position: joint.position_mm,
            orientation: joint.orientation,
            confidence: match (joint.in_image, joint.visible) {
                (true, true) => JointConfidence::Medium,
                (true, false) => JointConfidence::Low,
                (false, _) => JointConfidence::None,
            },
        };
    }
    body
}

#[test]
fn lifting_does_not_allocate_in_the_steady_state() {
    let (calibration, captures) = captures(Scenario::Single(MotionKind::Wave), 2, 4, 4, 33_333);
    let mut lifter = Lifter::new(&calibration, LiftSettings::default()).unwrap();
    let mut network = Network::perfect();
    let frames: Vec<(Capture, Vec<Person2d>)> = captures
        .map(|capture| {
            let truth = capture.ground_truth.as_ref().unwrap();
            let bodies = truth.bodies.iter();
            let people = bodies
                .filter_map(|body| network.find(body, &calibration))
                .collect();
            (capture, people)
        })
        .collect();
    let ground = ground();
    let mut usec = 0;
    let mut all = |times: usize| {
        for _ in 0..times {
            for (capture, people) in &frames {
                usec += 33_333;
                let depth = capture.depth.as_ref().unwrap();
                let frame = lifter.lift(usec, Some(depth), people, Some(&ground));
                assert_eq!(frame.bodies.len(), 2);
                assert!(!lifter.find_people(depth, Some(&ground)).is_empty());
            }
        }
    };
    all(3);
    // The map is returned as shared bytes, which need no further allocation.
    assert_eq!(k4a_judge::allocations(|| all(10)), 0);
}

#[test]
fn people_are_found_in_depth_alone() {
    let (mut people, mut found, mut boxes, mut matched) = (0, 0, 0, 0);
    let mut times = Vec::new();
    for seed in [5, 6, 7, 8] {
        let (calibration, captures) = captures(Scenario::Exhibit, 4, seed, 8, 1_500_000);
        let mut lifter = Lifter::new(&calibration, LiftSettings::default()).unwrap();
        for capture in captures {
            let truth = capture.ground_truth.as_ref().unwrap();
            let map = truth.index_map.as_ref().unwrap();
            let begun = Instant::now();
            let answers = lifter.find_people(capture.depth.as_ref().unwrap(), Some(&ground()));
            times.push(begun.elapsed());
            boxes += answers.len();
            let mut used = vec![false; answers.len()];
            for body in 0..truth.bodies.len() {
                let pixels = map.pixels().iter().enumerate();
                let own = pixels.filter(|(_, b)| usize::from(**b) == body);
                let own: Vec<[f32; 2]> = own
                    .map(|(pixel, _)| [(pixel % 640) as f32, (pixel / 640) as f32])
                    .collect();
                if own.len() < 1500 {
                    continue;
                }
                people += 1;
                let exact = Box2::around(own).unwrap();
                let best = (0..answers.len()).max_by(|a, b| {
                    answers[*a]
                        .overlap(&exact)
                        .total_cmp(&answers[*b].overlap(&exact))
                });
                if let Some(best) = best.filter(|best| answers[*best].overlap(&exact) > 0.5) {
                    found += 1;
                    matched += usize::from(!std::mem::replace(&mut used[best], true));
                }
            }
        }
    }
    times.sort();
    println!(
        "in depth alone: {found} of {people} people over 1,500 pixels, {} false boxes in {} frames, {:?} a frame",
        boxes - matched,
        times.len(),
        times[times.len() / 2]
    );
    assert!(found * 100 >= people * 80, "{found} of {people}");
}
