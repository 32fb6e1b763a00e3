//! The real MoveNet MultiPose and BlazePose, on infrared of simulated visitors. They are looked for in `KINECT_MODELS`.
//!
//! Figures are printed: run with `--nocapture`. `KINECT_ROOMS` is the number of rooms, `KINECT_FRAMES` the number of
//! captures of each room.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use glam::Vec3;
use kinect_azure::body::{BodyFrame, BodyIndexImage};
use kinect_azure::{
    Body, CaptureSource, ColorResolution, FrameRate, Joint, JointConfidence, NextCapture,
};
use kinect_simulation::{Scenario, SimulationSettings};
use kinect_tracking::onnx::{OnnxSettings, OnnxTracker, Processor, Runtime};
use kinect_tracking::tracker::{BodyTracker, StopSignal};

use super::runtimes;
use super::tracker::sensor;
use crate::clips::place;

/// The joints that all public models know.
const THIRTEEN: [Joint; 13] = [
    Joint::Nose,
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

fn models() -> Option<PathBuf> {
    let folder = std::env::var_os("KINECT_MODELS").map(PathBuf::from);
    let there = folder.filter(|folder| {
        kinect_tracking::onnx::models::best(folder).is_some()
            && kinect_tracking::onnx::models::best_detector(folder).is_some()
    });
    if there.is_none() {
        println!(
            "skipped: KINECT_MODELS names no folder with models; `cargo xtask models` fills one"
        );
    }
    there
}

#[derive(Default)]
struct Score {
    people: u32,
    found: u32,
    frames: u32,
    nobody: u32,
    /// Distances in mm of seen joints: the thirteen, and all.
    thirteen: Vec<f32>,
    all: Vec<f32>,
    hidden: Vec<f32>,
    by_joint: Vec<Vec<f32>>,
    seconds: f64,
    /// Seconds that all cores together worked.
    processor: f64,
}

impl Score {
    fn add(&mut self, truth: &BodyFrame, found: &BodyFrame) {
        self.by_joint.resize(Joint::COUNT, Vec::new());
        self.frames += 1;
        let map = truth.index_map.as_ref().unwrap();
        let mut taken = vec![false; found.bodies.len()];
        for (index, body) in truth.bodies.iter().enumerate() {
            let pelvis = place(body, Joint::Pelvis);
            let nearest = (0..found.bodies.len())
                .filter(|&other| !taken[other])
                .map(|other| {
                    let at = place(&found.bodies[other], Joint::Pelvis);
                    (other, at.distance(pelvis))
                })
                .filter(|(_, distance)| *distance < 500.0)
                .min_by(|a, b| a.1.total_cmp(&b.1));
            if let Some((other, _)) = nearest {
                taken[other] = true;
            }
            if pixels(map, index) < 1500 || seen(body) < 10 {
                continue;
            }
            self.people += 1;
            let Some((other, _)) = nearest else {
                continue;
            };
            self.found += 1;
            for joint in Joint::ALL {
                let error = place(&found.bodies[other], joint).distance(place(body, joint));
                match body.joint(joint).confidence {
                    JointConfidence::Medium | JointConfidence::High => {
                        self.all.push(error);
                        self.by_joint[joint.index()].push(error);
                        if THIRTEEN.contains(&joint) {
                            self.thirteen.push(error);
                        }
                    }
                    JointConfidence::Low => self.hidden.push(error),
                    JointConfidence::None => {}
                }
            }
        }
        self.nobody += taken.iter().filter(|taken| !**taken).count() as u32;
    }

    fn recall(&self) -> f32 {
        100.0 * self.found as f32 / self.people.max(1) as f32
    }

    fn shown(&self, what: &str) {
        println!(
            "{what}: recall {:.1} % of {}, {:.1} false in 100 frames; 13 joints PCK@10 cm {:.1} %, median {:.0} mm; 32 joints {:.1} %, \
             median {:.0} mm; hidden @15 cm {:.1} %; {:.1} captures a second, {:.0} ms of processor time each",
            self.recall(),
            self.people,
            100.0 * self.nobody as f32 / self.frames.max(1) as f32,
            share(&self.thirteen, 100.0),
            median(&self.thirteen),
            share(&self.all, 100.0),
            median(&self.all),
            share(&self.hidden, 150.0),
            f64::from(self.frames) / self.seconds,
            1000.0 * self.processor / f64::from(self.frames.max(1)),
        );
        let joints: Vec<String> = Joint::ALL
            .iter()
            .filter(|joint| !self.by_joint[joint.index()].is_empty())
            .map(|joint| {
                let errors = &self.by_joint[joint.index()];
                format!(
                    "{}:{:.0}/{:.0}",
                    joint.name(),
                    share(errors, 100.0),
                    median(errors)
                )
            })
            .collect();
        println!("   {}", joints.join(" "));
    }
}

fn share(errors: &[f32], limit: f32) -> f32 {
    let within = errors.iter().filter(|error| **error < limit).count();
    100.0 * within as f32 / errors.len().max(1) as f32
}

fn median(errors: &[f32]) -> f32 {
    let mut sorted = errors.to_vec();
    sorted.sort_by(f32::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f32::NAN)
}

/// Seconds that this process worked, which another busy process does not change; only on Linux, to a hundredth.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks = fields.split_whitespace().skip(11).take(2);
    ticks
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

fn seen(body: &Body) -> usize {
    body.joints
        .iter()
        .filter(|joint| joint.confidence >= JointConfidence::Medium)
        .count()
}

fn pixels(map: &BodyIndexImage, index: usize) -> usize {
    map.pixels()
        .iter()
        .filter(|pixel| usize::from(**pixel) == index)
        .count()
}

fn visitors(scenario: &Scenario, people: u32, seed: u64) -> SimulationSettings {
    SimulationSettings {
        scenario: scenario.clone(),
        people,
        seed,
        color_resolution: ColorResolution::Off,
        frame_rate: FrameRate::Fps30,
        imu: false,
        every_capture: true,
        ..SimulationSettings::default()
    }
}

fn measure(
    folder: &std::path::Path,
    runtime: Runtime,
    runs: &[SimulationSettings],
    frames: u32,
) -> Score {
    let mut score = Score::default();
    for run in runs {
        let mut source = sensor(run);
        let calibration = source.calibration().unwrap().clone();
        let mut settings = OnnxSettings {
            model: kinect_tracking::onnx::models::best(folder),
            processor: Processor::Cpu,
            ..OnnxSettings::default()
        };
        settings.network.detector = kinect_tracking::onnx::models::best_detector(folder);
        settings.network.runtime = runtime;
        let mut tracker = OnnxTracker::open(&settings, &calibration, &StopSignal::new()).unwrap();
        let mut looked = 0;
        while looked < frames {
            let Ok(NextCapture::Capture(capture)) = source.next_capture(Duration::from_secs(1))
            else {
                continue;
            };
            looked += 1;
            let (began, worked) = (Instant::now(), processor_seconds());
            let found = tracker.track(&capture, &calibration).unwrap();
            score.seconds += began.elapsed().as_secs_f64();
            score.processor += processor_seconds() - worked;
            if let (Some(found), Some(truth)) = (found, &capture.ground_truth) {
                assert!(
                    found
                        .bodies
                        .iter()
                        .flat_map(|body| body.joints)
                        .all(|joint| Vec3::from(joint.position).is_finite())
                );
                score.add(truth, &found);
            }
        }
    }
    score
}

#[test]
fn visitors_are_found_on_infrared() {
    let Some(folder) = models() else {
        return;
    };
    let number = |name: &str, usual: u32| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(usual)
    };
    let (frames, rooms) = (number("KINECT_FRAMES", 10), number("KINECT_ROOMS", 6));
    for runtime in runtimes() {
        let exhibit: Vec<_> = (0..u64::from(rooms))
            .map(|run| visitors(&Scenario::Exhibit, 2, 9100 + run))
            .collect();
        let score = measure(&folder, runtime, &exhibit, frames);
        score.shown(&format!("{runtime:?}, exhibit, two people"));
        assert!(score.recall() > 80.0, "{}", score.recall());
        let clips = crate::clips::paths();
        if clips.is_empty() {
            println!("skipped: no real clips");
            continue;
        }
        let runs: Vec<_> = clips
            .into_iter()
            .enumerate()
            .map(|(run, clip)| visitors(&Scenario::Clip(clip), 1, 9200 + run as u64))
            .collect();
        let score = measure(&folder, runtime, &runs, frames);
        score.shown(&format!("{runtime:?}, real clips"));
        assert!(score.recall() > 70.0, "{}", score.recall());
    }
}
