//! Real clips of the vendor's tracker on three rigs: no flips, joints that bend the right way, feet that stand.

use glam::{Quat, Vec3};
use kinect_avatar::{
    BoneMap, HumanBone, Person, RetargetSettings, Retargeter, Rig, gltf, match_bones,
};
use kinect_azure::{Body, Joint};

use crate::model::Posed;
use crate::people::{CLIPS, clip, clip_sensor};
use crate::rigs::{Axes, Rest, generate};
use crate::schemes;

/// Three rigs of different making, the mannequin, and a real model if it is there.
pub(crate) fn rigs() -> Vec<(&'static str, Rig)> {
    let mut rigs = vec![
        (
            "mixamo",
            generate(&schemes::ALL[0], Rest::T, Axes::YUp, false).rig,
        ),
        (
            "rigify",
            generate(&schemes::ALL[3], Rest::A, Axes::ZUpRoot, true).rig,
        ),
        (
            "quaternius",
            generate(&schemes::ALL[5], Rest::ArmsDown, Axes::FacingBack, false).rig,
        ),
    ];
    let mannequin = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/mannequin.glb");
    rigs.push((
        "mannequin",
        gltf::rig(&std::fs::read(mannequin).unwrap()).unwrap(),
    ));
    if let Some(path) = k4a_judge::real_data("avatars/mesh2motion-human-male.glb") {
        rigs.push((
            "mesh2motion",
            gltf::rig(&std::fs::read(path).unwrap()).unwrap(),
        ));
    }
    rigs
}

struct Frame {
    posed: Posed,
    locals: Vec<(usize, Quat)>,
    person: Person,
}

fn play(rig: &Rig, map: &BoneMap, bodies: &[Body]) -> Vec<Frame> {
    let mut retargeter = Retargeter::new(rig, map);
    let settings = RetargetSettings {
        blend_seconds: 0.0,
        ..RetargetSettings::default()
    };
    let sensor = clip_sensor(bodies);
    let frames = bodies
        .iter()
        .filter_map(|body| Person::new(body, &sensor))
        .map(|person| {
            retargeter.update(Some(&person), &settings, 1.0 / 30.0);
            Frame {
                posed: Posed::of(rig, &retargeter),
                locals: retargeter
                    .poses()
                    .iter()
                    .map(|pose| (pose.bone, pose.rotation))
                    .collect(),
                person,
            }
        });
    frames.collect()
}

/// A clip played on a rig.
struct Played<'a> {
    rig_name: &'a str,
    /// The rig's and the clip's.
    name: &'a str,
    rig: &'a Rig,
    map: &'a BoneMap,
    frames: &'a [Frame],
}

/// Plays every clip on every rig.
fn for_each_clip(mut check: impl FnMut(Played<'_>)) {
    for (rig_name, rig) in rigs() {
        let map = match_bones(&rig, &[]).bones;
        for clip_name in CLIPS {
            let Some(bodies) = clip(clip_name) else {
                continue;
            };
            check(Played {
                rig_name,
                name: &format!("{rig_name}, {clip_name}"),
                rig: &rig,
                map: &map,
                frames: &play(&rig, &map, &bodies),
            });
        }
    }
}

#[test]
fn no_joint_flips() {
    for_each_clip(
        |Played {
             name, rig, frames, ..
         }| {
            let mut most = 0.0_f32;
            for pair in frames.windows(2) {
                for ((bone, a), (_, b)) in pair[0].locals.iter().zip(&pair[1].locals) {
                    let angle = a.angle_between(*b).to_degrees();
                    most = most.max(angle);
                    let bone = &rig.bones()[*bone].name;
                    assert!(angle < 90.0, "{name}: {bone} turns by {angle}°");
                }
            }
            println!("{name}: at most {most:.0}° from frame to frame");
        },
    );
}

#[test]
fn elbows_and_knees_bend_the_right_way() {
    for_each_clip(
        |Played {
             name,
             rig_name,
             map,
             frames,
             ..
         }| {
            for (n, frame) in frames.iter().enumerate() {
                let at = |part| frame.posed.part(map, part).unwrap();
                let hips_left = at(HumanBone::LeftUpperLeg) - at(HumanBone::RightUpperLeg);
                for right in [false, true] {
                    let of = |part: HumanBone| if right { part.mirrored() } else { part };
                    let bend = |a, b, c| {
                        let (a, b, c) = (at(of(a)), at(of(b)), at(of(c)));
                        (b - a).normalize().cross((c - b).normalize())
                    };
                    // Knees: the shank goes back, about the axis to the left.
                    let knee = bend(
                        HumanBone::LeftUpperLeg,
                        HumanBone::LeftLowerLeg,
                        HumanBone::LeftFoot,
                    );
                    if knee.length() > 0.5 {
                        let along = knee.normalize().dot(hips_left.normalize());
                        assert!(along > 0.0, "{name} at {n}: the knee bends about {along}");
                    }
                    // Elbows: about the same axis of the arm as the person's.
                    let elbow = bend(
                        HumanBone::LeftUpperArm,
                        HumanBone::LeftLowerArm,
                        HumanBone::LeftHand,
                    );
                    let joint = |joint: Joint| if right { joint.mirrored() } else { joint };
                    let place = |j| frame.person.position(joint(j));
                    let own = (place(Joint::ElbowLeft) - place(Joint::ShoulderLeft))
                        .normalize()
                        .cross((place(Joint::WristLeft) - place(Joint::ElbowLeft)).normalize());
                    if own.length() > 0.3 {
                        let facing = if rig_name == "quaternius" {
                            Vec3::new(-1.0, 1.0, -1.0)
                        } else {
                            Vec3::ONE
                        };
                        let along = elbow.normalize().dot(own.normalize() * facing);
                        assert!(along > 0.9, "{name} at {n}: the elbow bends about {along}");
                    }
                }
            }
        },
    );
}

/// The times at which the person's foot stands: for at least 0.3 s it moves slower than 0.25 m/s, and its
/// ankle is at most 6 cm higher than ever in the clip.
fn stances(frames: &[Frame], ankle: Joint) -> Vec<core::ops::Range<usize>> {
    let level = |n: usize| {
        let at = frames[n].person.position(ankle);
        Vec3::new(at.x, 0.0, at.z)
    };
    let lowest = frames
        .iter()
        .map(|frame| frame.person.position(ankle).y)
        .fold(f32::INFINITY, f32::min);
    let stands = |n: usize| {
        let (from, to) = (n.saturating_sub(3), (n + 3).min(frames.len() - 1));
        let speed = level(from).distance(level(to)) / ((to - from) as f32 / 30.0);
        speed < 0.25 && frames[n].person.position(ankle).y < lowest + 0.06
    };
    let mut stances = Vec::new();
    let mut begin = None;
    for n in 0..=frames.len() {
        let now = n < frames.len() && stands(n);
        match begin {
            None if now => begin = Some(n),
            Some(first) if !now => {
                if n - first >= 9 {
                    stances.push(first..n);
                }
                begin = None;
            }
            _ => {}
        }
    }
    stances
}

#[test]
fn feet_that_stand_do_not_slide() {
    for_each_clip(
        |Played {
             name, map, frames, ..
         }| {
            let (mut steps, mut worst, mut persons) = (0, 0.0_f32, 0.0_f32);
            for (part, ankle) in [
                (HumanBone::LeftFoot, Joint::AnkleLeft),
                (HumanBone::RightFoot, Joint::AnkleRight),
            ] {
                for stance in stances(frames, ankle) {
                    let level = |v: Vec3| Vec3::new(v.x, 0.0, v.z);
                    let own = |n: usize| level(frames[n].posed.part(map, part).unwrap());
                    let person = |n: usize| level(frames[n].person.position(ankle));
                    let first = stance.start;
                    let slide = stance
                        .clone()
                        .map(|n| own(n).distance(own(first)))
                        .fold(0.0, f32::max);
                    let moved = stance
                        .clone()
                        .map(|n| person(n).distance(person(first)))
                        .fold(0.0, f32::max);
                    steps += 1;
                    worst = worst.max(slide);
                    persons = persons.max(moved);
                }
            }
            println!(
                "{name}: {steps} steps, feet slide {:.1} cm, the tracker's {:.1} cm",
                worst * 100.0,
                persons * 100.0
            );
            assert!(worst < 0.02, "{name}: a foot slides {worst} m");
        },
    );
}
