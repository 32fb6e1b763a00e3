#![allow(clippy::unwrap_used, reason = "tests")]

use core::f32::consts::{FRAC_PI_2, PI};
use std::collections::BTreeSet;

use glam::{Vec2, Vec3};
use kinect_azure::body::Joint;

use super::arms::Measures;
use super::pose::pose;
use super::*;
use crate::motion::{Sight, SkeletonClip, Stage};
use crate::person::Person;
use crate::person::physique::RestSkeleton;
use crate::person::pose::BodyPose;
use crate::random::Random;
use crate::room::Room;
use crate::settings::SimulationSettings;
use crate::world::sight;

/// How bodies move: bends in radians, and directions of bones seen from another.
struct Seen {
    /// Of each bend, the tenths of a straight angle in which it was seen.
    bends: [BTreeSet<u32>; 4],
    /// Of each bone, the fields of the sphere in which its direction was seen.
    directions: [BTreeSet<u32>; 8],
}

const BENDS: [[Joint; 3]; 4] = [
    [Joint::ShoulderLeft, Joint::ElbowLeft, Joint::WristLeft],
    [Joint::ShoulderRight, Joint::ElbowRight, Joint::WristRight],
    [Joint::HipLeft, Joint::KneeLeft, Joint::AnkleLeft],
    [Joint::HipRight, Joint::KneeRight, Joint::AnkleRight],
];

/// From joint to joint, in the axes of a third.
const BONES: [(&str, Joint, Joint, Joint); 8] = [
    (
        "upper arm, left",
        Joint::ShoulderLeft,
        Joint::ElbowLeft,
        Joint::SpineChest,
    ),
    (
        "upper arm, right",
        Joint::ShoulderRight,
        Joint::ElbowRight,
        Joint::SpineChest,
    ),
    (
        "forearm, left",
        Joint::ElbowLeft,
        Joint::WristLeft,
        Joint::SpineChest,
    ),
    (
        "forearm, right",
        Joint::ElbowRight,
        Joint::WristRight,
        Joint::SpineChest,
    ),
    (
        "thigh, left",
        Joint::HipLeft,
        Joint::KneeLeft,
        Joint::Pelvis,
    ),
    (
        "thigh, right",
        Joint::HipRight,
        Joint::KneeRight,
        Joint::Pelvis,
    ),
    (
        "shank, left",
        Joint::KneeLeft,
        Joint::AnkleLeft,
        Joint::Pelvis,
    ),
    ("head", Joint::Neck, Joint::Head, Joint::SpineChest),
];

/// Fields of equal area: bands of height, cut into equal parts.
const BANDS: u32 = 8;
const AROUND: u32 = 16;

fn field(direction: Vec3) -> u32 {
    let direction = direction.normalize_or(Vec3::Y);
    let band = ((direction.y * 0.5 + 0.5) * BANDS as f32) as u32;
    let around = (direction.x.atan2(direction.z) / (2.0 * PI) + 0.5) * AROUND as f32;
    band.min(BANDS - 1) * AROUND + (around as u32).min(AROUND - 1)
}

impl Seen {
    fn new() -> Self {
        Self {
            bends: core::array::from_fn(|_| BTreeSet::new()),
            directions: core::array::from_fn(|_| BTreeSet::new()),
        }
    }

    fn add(&mut self, body: &BodyPose) {
        let at = |joint: Joint| body.position[joint.index()];
        for (seen, [a, b, c]) in self.bends.iter_mut().zip(BENDS) {
            let bend = (at(b) - at(a)).angle_between(at(c) - at(b));
            seen.insert((bend / PI * 20.0) as u32);
        }
        for (seen, (_, from, to, within)) in self.directions.iter_mut().zip(BONES) {
            let turn = body.rotation[within.index()].inverse();
            seen.insert(field(turn * (at(to) - at(from))));
        }
    }
}

fn measures_of(person: &Person) -> (RestSkeleton, Measures) {
    let skeleton = RestSkeleton::new(&person.physique);
    let measures = Measures {
        size: skeleton.position[Joint::Head.index()].y / 1.53,
        girth: person.physique.girth,
    };
    (skeleton, measures)
}

fn bodies(count: u64) -> impl Iterator<Item = BodyPose> {
    (0..count).map(|n| {
        let (skeleton, measures) = measures_of(&Person::varied(n % 40));
        let random = &mut Random::new(n ^ 0x7E57);
        pose(&skeleton, measures, random).pose.apply(&skeleton)
    })
}

/// Shares of ranges and directions that random poses show, beside those of the vendor's real clips.
#[test]
fn poses_are_of_more_variety_than_the_real_clips() {
    let mut ours = Seen::new();
    bodies(6000).for_each(|body| ours.add(&body));
    let mut real = Seen::new();
    let mut clips = 0;
    let rest = RestSkeleton::new(&Person::default().physique);
    for name in [
        "extending-arms",
        "hands-up",
        "sitting",
        "standing",
        "walking",
    ] {
        let Some(path) = k4a_judge::real_data(&format!("skeletons/{name}.csv")) else {
            continue;
        };
        let clip = SkeletonClip::parse(&std::fs::read(path).unwrap()).unwrap();
        clips += 1;
        for i in 0..400 {
            real.add(&clip.pose(&rest, f64::from(i) * clip.seconds() / 400.0, Vec2::ZERO));
        }
    }
    let fields = f64::from(BANDS * AROUND);
    for ((seen, real), (name, ..)) in ours.directions.iter().zip(&real.directions).zip(BONES) {
        let share = seen.len() as f64 / fields;
        let missed = real.difference(seen).count();
        println!(
            "{name}: {:.0} % of all directions; the clips {:.0} %, of which {missed} of {} fields are not ours",
            share * 100.0,
            real.len() as f64 / fields * 100.0,
            real.len(),
        );
        let least = match name {
            "head" => 0.10,
            _ if name.starts_with("thigh") => 0.33,
            _ if name.starts_with("upper arm") => 0.60,
            _ if name.starts_with("shank") => 0.40,
            _ => 0.75,
        };
        assert!(share > least, "{name}: only {share} of all directions");
        assert!(
            missed * 20 <= real.len(),
            "{name}: {missed} of the clips' directions"
        );
    }
    for ((seen, real), [_, joint, _]) in ours.bends.iter().zip(&real.bends).zip(BENDS) {
        println!(
            "{joint:?} bends: {} of 20 steps of 9 degrees; the clips {}",
            seen.len(),
            real.len()
        );
        // People bend elbows and knees by 145 degrees.
        assert!(seen.len() >= 15, "{joint:?}: {seen:?}");
        assert!(real.is_subset(seen), "{joint:?}: {real:?} and {seen:?}");
    }
    println!("{clips} clips");
}

#[test]
fn hardly_a_body_passes_through_itself_and_none_below_the_floor() {
    let (mut bad, mut all) = (0, 0);
    for n in 0..1500 {
        let (skeleton, measures) = measures_of(&Person::varied(n % 40));
        let random = &mut Random::new(n ^ 0x7E57);
        let body = pose(&skeleton, measures, random).pose.apply(&skeleton);
        all += 1;
        bad += u32::from(super::clear::faults(&body, measures) > 0);
        for joint in Joint::ALL {
            let at = body.position[joint.index()];
            assert!(at.is_finite() && at.y > -0.12, "{n}: {joint:?} at {at}");
            if let Some(parent) = joint.parent() {
                let length = at.distance(body.position[parent.index()]);
                assert!((length - skeleton.bone(joint).length()).abs() < 1e-4);
            }
        }
        for [a, b, c] in BENDS {
            let [a, b, c] = [a, b, c].map(|joint| body.position[joint.index()]);
            assert!((b - a).angle_between(c - b) < 2.75, "{n}");
        }
    }
    println!("{bad} of {all} pass through themselves");
    assert!(bad * 25 < all, "{bad} of {all}");
}

/// The positions and directions of people, counted over many captures.
#[test]
fn people_are_everywhere_and_turned_everywhere() {
    let mut headings = [0; 12];
    let mut distances = [0; 5];
    let (mut captures, mut people, mut close, mut things) = (0, 0, 0, 0);
    for seed in 0..12 {
        let settings = SimulationSettings::random_poses(seed);
        let sight: Sight = sight(&settings);
        let stage = Stage::of(&Room::unlit(seed, true), sight);
        let cast: Vec<_> = (0..5).map(|n| measures_of(&Person::varied(n))).collect();
        let cast: Vec<_> = cast.iter().map(|(rest, m)| (rest, m.girth)).collect();
        for n in 0..60 {
            let random = &mut Random::new(seed * 1000 + n);
            let scene = scene(&stage, &cast, 5, 0.6, random);
            captures += 1;
            things += usize::from(!scene.things.is_empty());
            people += scene.performers.len();
            for (index, performer) in scene.performers.iter().enumerate() {
                let body = &performer.pose;
                let pelvis = body.position[0];
                let front = body.rotation[0] * Vec3::Z;
                let to = sight.position - pelvis;
                // A person who lies on the back or the front has no direction.
                if Vec2::new(front.x, front.z).length() > 0.5 {
                    let angle = front.x.atan2(front.z) - to.x.atan2(to.z);
                    let share = (angle / (2.0 * PI) + 1.0).fract();
                    headings[(share * 12.0) as usize % 12] += 1;
                }
                distances[(to.length() as usize).min(4)] += 1;
                close += scene.performers[..index]
                    .iter()
                    .filter(|other| other.pose.position[0].distance(pelvis) < 0.8)
                    .count();
            }
        }
    }
    println!(
        "{captures} captures, {people} people, {close} pairs closer than 0.8 m, {things} with things\nheadings {headings:?}\nby metres {distances:?}"
    );
    let turned: usize = headings.iter().sum();
    assert!(headings.iter().all(|&n| n * 25 > turned), "{headings:?}");
    assert!(people > captures && close * 15 > people && things * 3 > captures);
}

#[test]
fn sensors_are_mounted_everywhere() {
    let mounts: Vec<_> = (0..800)
        .map(|seed| SimulationSettings::random_poses(seed).mount)
        .collect();
    let share = |holds: &dyn Fn(f32, f32, f32) -> bool| {
        let count = mounts
            .iter()
            .filter(|m| holds(m.height, m.tilt_degrees, m.roll_degrees))
            .count();
        count as f64 / mounts.len() as f64
    };
    assert_eq!(
        share(&|h, t, _| (0.4..=3.0).contains(&h) && (-20.0..=90.0).contains(&t)),
        1.0
    );
    for (name, share, least) in [
        ("below 0.8 m", share(&|h, _, _| h < 0.8), 0.08),
        ("above 2.3 m", share(&|h, _, _| h > 2.3), 0.2),
        ("looking up", share(&|_, t, _| t < -3.0), 0.1),
        ("looking down steeply", share(&|_, t, _| t > 55.0), 0.05),
        (
            "on its side",
            share(&|_, _, r| (r.to_radians().sin()).abs() > (FRAC_PI_2 * 0.8).sin()),
            0.05,
        ),
    ] {
        println!("{name}: {:.0} %", share * 100.0);
        assert!(share > least, "{name}: {share}");
    }
}
