//! How much the joints of people who stand perfectly still move: the built-in tracker on a noisy simulated sensor, then the
//! filter.

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use glam::Vec3;
use kinect_azure::{Body, Joint, JointConfidence};
use kinect_simulation::{Scenario, SimulationSettings};
use kinect_tracking::filter::{BodyFilter, FilterPreset, FilterSettings};

use crate::built_in::{run, trained};
use crate::figure::Figure;
use crate::onnx::real_models::visitors;
use crate::score::Score;

/// A clip of a person who does not move, which is removed when the test ends.
struct StillClip(PathBuf);

impl StillClip {
    /// A person with hanging arms, that far away in mm and turned to the left by so many degrees.
    fn new(away: f32, yaw: f32) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut figure = Figure::new(Vec3::new(0.0, 300.0, away));
        figure.yaw = yaw;
        let body = figure.body(1);
        let mut text = String::new();
        for usec in [0, 1_000_000] {
            write!(text, "{usec}").unwrap();
            for joint in &body.joints {
                for value in joint.position.iter().chain(&joint.orientation) {
                    write!(text, ",{value}").unwrap();
                }
            }
            text.push('\n');
        }
        let name = format!("kinect-still-{}-{number}.csv", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    fn simulation(&self, seed: u64) -> SimulationSettings {
        visitors(&Scenario::Clip(self.0.clone()), 1, seed)
    }
}

impl Drop for StillClip {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The standard deviation of joints' positions over time, in mm along each axis of the depth camera.
struct Jitter {
    /// For each joint; `None` if it was not always seen.
    joints: [Option<Vec3>; Joint::COUNT],
}

impl Jitter {
    fn of(bodies: &[Body]) -> Self {
        let count = bodies.len() as f32;
        Self {
            joints: Joint::ALL.map(|joint| {
                let places = || bodies.iter().map(|body| body.joint(joint));
                let is_seen = places().all(|pose| pose.confidence >= JointConfidence::Medium);
                let at = || places().map(|pose| Vec3::from(pose.position));
                let mean = at().sum::<Vec3>() / count;
                let square = at().map(|at| (at - mean) * (at - mean)).sum::<Vec3>() / count;
                let root = Vec3::new(square.x.sqrt(), square.y.sqrt(), square.z.sqrt());
                is_seen.then_some(root)
            }),
        }
    }

    /// The root of the mean square along each axis over the joints that were always seen: hands and feet beyond wrists and ankles,
    /// or all others.
    fn axes(&self, ends: bool) -> Vec3 {
        let joints = || Joint::ALL.into_iter().zip(&self.joints);
        let seen = || joints().filter_map(|(joint, axes)| axes.filter(|_| is_end(joint) == ends));
        let square = seen().map(|axes| axes * axes).sum::<Vec3>() / seen().count().max(1) as f32;
        Vec3::new(square.x.sqrt(), square.y.sqrt(), square.z.sqrt())
    }

    /// The median over joints of the largest deviation along an axis.
    fn median(&self) -> f32 {
        let seen = self.joints.iter().flatten();
        let mut all: Vec<f32> = seen.map(|axes| axes.max_element()).collect();
        all.sort_by(f32::total_cmp);
        all[all.len() / 2]
    }

    /// The joint that moves most.
    fn worst(&self) -> (Joint, f32) {
        let all = Joint::ALL.into_iter().zip(&self.joints);
        let all = all.filter_map(|(joint, axes)| Some((joint, axes.as_ref()?.max_element())));
        all.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap()
    }
}

fn is_end(joint: Joint) -> bool {
    let name = joint.name();
    ["HAND", "THUMB", "FOOT"]
        .iter()
        .any(|end| name.starts_with(end))
}

/// The jitter of the tracker, and after each filter, of somebody who stands there. The first captures are left out while
/// filters settle.
fn measured(
    away: f32,
    yaw: f32,
    seed: u64,
    captures: u64,
    filters: &[FilterSettings],
) -> Vec<Jitter> {
    const SETTLING: usize = 45;
    let clip = StillClip::new(away, yaw);
    let frames = run(
        &trained(),
        &clip.simulation(seed),
        captures,
        None,
        &mut Score::default(),
    );
    let mut raw = Vec::new();
    let mut filtered: Vec<Vec<Body>> = vec![Vec::new(); filters.len()];
    let mut states: Vec<BodyFilter> = filters.iter().map(|one| BodyFilter::new(*one)).collect();
    for (number, frame) in frames.iter().enumerate() {
        // The only person stands in the middle.
        let in_the_middle = |body: &&Body| {
            let pelvis = Vec3::from(body.joint(Joint::Pelvis).position);
            pelvis.x.abs() < 400.0 && (pelvis.z - away).abs() < 800.0
        };
        let Some(body) = frame.bodies.iter().find(in_the_middle) else {
            continue;
        };
        for (state, bodies) in states.iter_mut().zip(&mut filtered) {
            let body = &state.filter(body, frame.device_timestamp_usec).body;
            if number >= SETTLING {
                bodies.push(body.clone());
            }
        }
        if number >= SETTLING {
            raw.push(body.clone());
        }
    }
    let wanted = captures as usize - SETTLING;
    assert!(
        raw.len() * 10 >= wanted * 9,
        "the person was seen in {} of {wanted} captures",
        raw.len()
    );
    let all = std::iter::once(raw).chain(filtered);
    all.map(|bodies| Jitter::of(&bodies)).collect()
}

fn show(places: &[(f32, f32)], captures: u64) -> Vec<Jitter> {
    let filters = [FilterPreset::Light, FilterPreset::Calm].map(FilterSettings::from);
    let mut light = Vec::new();
    for (number, &(away, yaw)) in places.iter().enumerate() {
        let all = measured(away, yaw, 9700 + number as u64, captures, &filters);
        let mut line = format!("{:.1} m away, turned by {yaw:.0} degrees:", away / 1000.0);
        for (name, jitter) in ["tracker", "Light", "Calm"].iter().zip(&all) {
            let (worst, most) = jitter.worst();
            let _ = write!(
                line,
                " {name} {:.1} mm, hands and feet {:.1} mm, median {:.1} mm, most {worst:?} {most:.1};",
                jitter.axes(false),
                jitter.axes(true),
                jitter.median()
            );
        }
        let seen = all[1].joints.iter().flatten().count();
        println!("{line} {seen} joints always seen");
        let joints = Joint::ALL.into_iter().zip(&all[1].joints);
        let joints: Vec<String> = joints
            .filter_map(|(joint, axes)| {
                let [x, y, z] = (*axes)?.to_array();
                Some(format!("{} {x:.0}/{y:.0}/{z:.0}", joint.name()))
            })
            .collect();
        println!("   {}", joints.join(", "));
        light.extend(all.into_iter().nth(1));
    }
    for (name, ends) in [("trunk, head and limbs", false), ("hands and feet", true)] {
        let square = light.iter().map(|one| one.axes(ends) * one.axes(ends));
        let mean = square.sum::<Vec3>() / light.len() as f32;
        let mean = Vec3::new(mean.x.sqrt(), mean.y.sqrt(), mean.z.sqrt());
        println!("Light in all places, {name}: {mean:.1} mm (to the right, down, away)");
    }
    light
}

#[test]
fn somebody_who_stands_still_is_still() {
    for jitter in show(&[(2000.0, 0.0), (3000.0, 50.0)], 90) {
        let [body, ends] = [false, true].map(|ends| jitter.axes(ends).max_element());
        assert!(body <= 4.0 && ends <= 10.0, "{body} {ends}");
    }
}

#[test]
#[ignore = "measures; takes a minute"]
fn jitter_at_all_distances_and_headings() {
    let places: Vec<(f32, f32)> = [1500.0, 2500.0, 3500.0]
        .into_iter()
        .flat_map(|away| [0.0, 45.0, 100.0, 180.0].map(|yaw| (away, yaw)))
        .collect();
    show(&places, 150);
}
