//! How near the bodies of a tracker are to the truth.

use kinect_azure::body::{BodyFrame, BodyIndexImage};
use kinect_azure::{Body, Joint, JointConfidence};

use crate::clips::place;
use crate::lift::COCO;

/// Whether all public models know the joint: COCO's without eyes and ears.
fn is_common(joint: Joint) -> bool {
    COCO[0] == joint || COCO[5..].contains(&joint)
}

#[derive(Default)]
pub(crate) struct Score {
    pub(crate) people: u32,
    pub(crate) found: u32,
    pub(crate) frames: u32,
    pub(crate) nobody: u32,
    /// Distances in mm of seen joints: the thirteen, and all.
    thirteen: Vec<f32>,
    pub(crate) all: Vec<f32>,
    pub(crate) hidden: Vec<f32>,
    by_joint: Vec<Vec<f32>>,
    pub(crate) seconds: f64,
    /// Seconds that all cores together worked.
    pub(crate) processor: f64,
}

impl Score {
    pub(crate) fn add(&mut self, truth: &BodyFrame, found: &BodyFrame) {
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
                        if is_common(joint) {
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

    pub(crate) fn recall(&self) -> f32 {
        100.0 * self.found as f32 / self.people.max(1) as f32
    }

    /// The share of all joints that are seen and within 10 cm, in %.
    pub(crate) fn share_of_seen(&self) -> f32 {
        share(&self.all, 100.0)
    }

    pub(crate) fn shown(&self, what: &str) {
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
pub(crate) fn processor_seconds() -> f64 {
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
