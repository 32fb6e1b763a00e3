//! Rigs of every kind, moved by the truth of all simulated motions.

use std::sync::OnceLock;

use glam::{Mat3, Quat, Vec3};
use kinect_avatar::{
    BoneMap, HumanBone, Person, RetargetSettings, Retargeter, RootMotion, upright,
};
use kinect_azure::{Body, Joint};
use kinect_simulation::MotionKind;

use crate::matching::check;
use crate::model::Posed;
use crate::people::{place, simulated, simulated_sensor, turn};
use crate::rigs::{Axes, Generated, Rest, everything, generate};
use crate::schemes;

/// Bones whose direction is the person's segment, with its joints.
const SEGMENTS: [(HumanBone, HumanBone, Joint, Joint); 4] = [
    (
        HumanBone::LeftUpperArm,
        HumanBone::LeftLowerArm,
        Joint::ShoulderLeft,
        Joint::ElbowLeft,
    ),
    (
        HumanBone::LeftLowerArm,
        HumanBone::LeftHand,
        Joint::ElbowLeft,
        Joint::WristLeft,
    ),
    (
        HumanBone::LeftUpperLeg,
        HumanBone::LeftLowerLeg,
        Joint::HipLeft,
        Joint::KneeLeft,
    ),
    (
        HumanBone::LeftLowerLeg,
        HumanBone::LeftFoot,
        Joint::KneeLeft,
        Joint::AnkleLeft,
    ),
];

fn motions() -> &'static [(MotionKind, Vec<Body>)] {
    static MOTIONS: OnceLock<Vec<(MotionKind, Vec<Body>)>> = OnceLock::new();
    MOTIONS.get_or_init(|| {
        MotionKind::ALL
            .into_iter()
            .map(|motion| (motion, simulated(motion, 8.0)))
            .collect()
    })
}

#[derive(Default)]
struct Worst {
    direction: f32,
    turn: f32,
}

/// Compares a frame; angles in degrees.
fn compare(
    generated: &Generated,
    map: &BoneMap,
    retargeter: &Retargeter,
    body: &Body,
    worst: &mut Worst,
    name: &str,
) {
    let sensor = simulated_sensor();
    let posed = Posed::of(&generated.rig, retargeter);
    for (a, b, from, to) in SEGMENTS {
        for right in [false, true] {
            let of = |part: HumanBone| if right { part.mirrored() } else { part };
            let joint = |joint: Joint| if right { joint.mirrored() } else { joint };
            let is = posed.part(map, of(b)).unwrap() - posed.part(map, of(a)).unwrap();
            let should = place(body, joint(to), &sensor) - place(body, joint(from), &sensor);
            let angle = is.angle_between(generated.to_model * should).to_degrees();
            worst.direction = worst.direction.max(angle);
            assert!(angle < 1.0, "{name}: {:?} is {angle}° off", of(a));
        }
    }
    for (bone, part) in generated.parts.iter().enumerate() {
        let Some(part) = part else {
            continue;
        };
        // From the person's T-pose to the person's pose, and from the rig's rest pose to the same.
        let should = turn(body, part.joint(), &sensor) * generated.posed[bone].inverse();
        let should = generated.to_model * Mat3::from_quat(should) * generated.to_model.transpose();
        let angle = Quat::from_mat3(&(posed.turned(&generated.rig, bone) * should.transpose()))
            .angle_between(Quat::IDENTITY)
            .to_degrees();
        worst.turn = worst.turn.max(angle);
        let bound = match part {
            HumanBone::Hips | HumanBone::UpperChest | HumanBone::Neck | HumanBone::Head => 1.0,
            _ => 5.0,
        };
        assert!(angle < bound, "{name}: {part:?} is turned {angle}° wrong");
    }
}

#[test]
fn every_model_can_be_stood_up() {
    for (name, generated) in everything() {
        let turn = Mat3::from_quat(upright(&generated.rig, &check(&generated, &name)));
        let stands = turn * generated.to_model;
        assert!(stands.y_axis.distance(Vec3::Y) < 1e-4, "{name}: {stands}");
        assert!(stands.z_axis.distance(Vec3::Z) < 1e-4, "{name}: {stands}");
    }
}

#[test]
fn bones_point_and_turn_as_the_persons_do() {
    let settings = RetargetSettings {
        plant_feet: false,
        ..RetargetSettings::default()
    };
    let sensor = simulated_sensor();
    let mut worst = Worst::default();
    let mut compared = 0;
    for (name, generated) in everything() {
        let map = check(&generated, &name);
        let mut retargeter = Retargeter::new(&generated.rig, &map);
        for (motion, bodies) in motions() {
            retargeter.update(None, &settings, 10.0);
            for (n, body) in bodies.iter().enumerate().step_by(7) {
                let person = Person::new(body, &sensor).unwrap();
                retargeter.update(Some(&person), &settings, 0.4);
                let name = format!("{name}, {} at {n}", motion.name());
                compare(&generated, &map, &retargeter, body, &mut worst, &name);
                compared += 1;
            }
        }
    }
    println!(
        "{compared} poses: directions within {:.3}°, turns within {:.3}°",
        worst.direction, worst.turn
    );
}

#[test]
fn the_root_walks_as_far_as_the_legs_are_long() {
    let sensor = simulated_sensor();
    for (scheme, axes) in [
        (0, Axes::YUp),
        (1, Axes::ZUpRoot),
        (5, Axes::Mirrored),
        (6, Axes::FacingBack),
    ] {
        for plant_feet in [false, true] {
            let generated = generate(&schemes::ALL[scheme], Rest::A, axes, false);
            let map = check(&generated, "");
            let mut retargeter = Retargeter::new(&generated.rig, &map);
            let settings = RetargetSettings {
                plant_feet,
                ..RetargetSettings::default()
            };
            let (_, bodies) = &motions()[1];
            let mut poses = Vec::new();
            for body in bodies {
                let person = Person::new(body, &sensor).unwrap();
                retargeter.update(Some(&person), &settings, 1.0 / 30.0);
                let posed = Posed::of(&generated.rig, &retargeter);
                let at = |part| generated.to_model.transpose() * posed.part(&map, part).unwrap();
                let middle = (at(HumanBone::LeftUpperLeg) + at(HumanBone::RightUpperLeg)) * 0.5;
                let feet = at(HumanBone::LeftFoot).y.min(at(HumanBone::RightFoot).y);
                poses.push((middle, place(body, Joint::Pelvis, &sensor), feet));
            }
            let (first, last) = (&poses[30], &poses[poses.len() - 1]);
            let level = |v: Vec3| Vec3::new(v.x, 0.0, v.z).length();
            let (own, person) = (level(last.0 - first.0), level(last.1 - first.1));
            assert!(person > 0.5, "the person walks {person} m");
            let leg = |body: &Body| {
                let at = |joint| place(body, joint, &sensor);
                at(Joint::HipLeft).distance(at(Joint::KneeLeft))
                    + at(Joint::KneeLeft).distance(at(Joint::AnkleLeft))
            };
            let scale = 0.83 / leg(&bodies[0]);
            assert!(
                (own / person - scale).abs() < 0.01,
                "{own} for {person}, {scale}"
            );
            let lowest = poses[30..]
                .iter()
                .map(|pose| pose.2)
                .fold(f32::INFINITY, f32::min);
            assert!((0.05..0.13).contains(&lowest), "feet at {lowest}");
        }
    }
}

#[test]
fn planted_feet_stay_near_the_persons() {
    let sensor = simulated_sensor();
    let generated = generate(&schemes::ALL[0], Rest::T, Axes::YUp, false);
    let map = check(&generated, "");
    for (motion, bodies) in motions() {
        let mut planted = Retargeter::new(&generated.rig, &map);
        let mut free = planted.clone();
        let settings = RetargetSettings {
            blend_seconds: 0.0,
            ..RetargetSettings::default()
        };
        let unplanted = RetargetSettings {
            plant_feet: false,
            ..settings.clone()
        };
        let (mut sum, mut most) = (0.0, 0.0_f32);
        for body in bodies {
            let person = Person::new(body, &sensor).unwrap();
            planted.update(Some(&person), &settings, 1.0 / 30.0);
            free.update(Some(&person), &unplanted, 1.0 / 30.0);
            let at = |retargeter: &Retargeter| {
                Posed::of(&generated.rig, retargeter)
                    .part(&map, HumanBone::LeftFoot)
                    .unwrap()
            };
            let off = at(&planted).distance(at(&free));
            (sum, most) = (sum + off, most.max(off));
        }
        let mean = sum / bodies.len() as f32;
        println!(
            "{}: {:.1} cm, at most {:.1} cm",
            motion.name(),
            mean * 100.0,
            most * 100.0
        );
        assert!(
            mean < 0.03 && most < 0.1,
            "{}: {mean} {most}",
            motion.name()
        );
    }
}

#[test]
fn a_character_in_place_crouches_but_does_not_walk() {
    let sensor = simulated_sensor();
    let generated = generate(&schemes::ALL[0], Rest::T, Axes::YUp, false);
    let map = check(&generated, "");
    let mut retargeter = Retargeter::new(&generated.rig, &map);
    let settings = RetargetSettings {
        root_motion: RootMotion::InPlace,
        ..RetargetSettings::default()
    };
    let squat = motions()
        .iter()
        .find(|(motion, _)| *motion == MotionKind::Squat)
        .unwrap();
    let (mut low, mut high) = (Vec3::MAX, Vec3::MIN);
    for (n, body) in squat.1.iter().enumerate() {
        retargeter.update(Person::new(body, &sensor).as_ref(), &settings, 1.0 / 30.0);
        if n > 20 {
            let at = Posed::of(&generated.rig, &retargeter)
                .part(&map, HumanBone::Hips)
                .unwrap();
            (low, high) = (low.min(at), high.max(at));
        }
    }
    assert!(high.y - low.y > 0.2, "{low} {high}");
    assert!(
        high.x - low.x < 0.15 && high.z - low.z < 0.15,
        "{low} {high}"
    );
}

#[test]
fn a_mirror_exchanges_the_sides() {
    let sensor = simulated_sensor();
    let generated = generate(&schemes::ALL[1], Rest::A, Axes::ZUpRoot, false);
    let map = check(&generated, "");
    let wave = motions()
        .iter()
        .find(|(motion, _)| *motion == MotionKind::Wave)
        .unwrap();
    let mut same = Retargeter::new(&generated.rig, &map);
    let mut mirrored = same.clone();
    let settings = RetargetSettings {
        plant_feet: false,
        ..RetargetSettings::default()
    };
    let mirror = RetargetSettings {
        mirror: true,
        ..settings.clone()
    };
    for body in wave.1.iter().step_by(5) {
        let person = Person::new(body, &sensor).unwrap();
        same.update(Some(&person), &settings, 1.0);
        mirrored.update(Some(&person), &mirror, 1.0);
        let (a, b) = (
            Posed::of(&generated.rig, &same),
            Posed::of(&generated.rig, &mirrored),
        );
        for part in HumanBone::ALL {
            let Some(at) = a.part(&map, part) else {
                continue;
            };
            let other = b.part(&map, part.mirrored()).unwrap();
            assert!(
                (at * Vec3::new(-1.0, 1.0, 1.0) - other).length() < 2e-3,
                "{part:?}"
            );
        }
    }
}

#[test]
fn hands_reach_where_the_persons_hands_are() {
    let sensor = simulated_sensor();
    let generated = generate(&schemes::ALL[0], Rest::T, Axes::YUp, false);
    let map = check(&generated, "");
    let mut retargeter = Retargeter::new(&generated.rig, &map);
    let settings = RetargetSettings {
        reach_hands: true,
        plant_feet: false,
        blend_seconds: 0.0,
        ..RetargetSettings::default()
    };
    let reach = motions()
        .iter()
        .find(|(motion, _)| *motion == MotionKind::CrossArms)
        .unwrap();
    for body in &reach.1 {
        let person = Person::new(body, &sensor).unwrap();
        retargeter.update(Some(&person), &settings, 1.0 / 30.0);
        let posed = Posed::of(&generated.rig, &retargeter);
        let at = |part| posed.part(&map, part).unwrap();
        // From hand to hand and to the hips, scaled by the legs.
        let scale = (at(HumanBone::LeftUpperLeg).distance(at(HumanBone::LeftLowerLeg)) + 0.41)
            / (person
                .position(Joint::HipLeft)
                .distance(person.position(Joint::KneeLeft))
                + person
                    .position(Joint::KneeLeft)
                    .distance(person.position(Joint::AnkleLeft)));
        let hands = at(HumanBone::LeftHand) - at(HumanBone::RightHand);
        let should = person.position(Joint::WristLeft) - person.position(Joint::WristRight);
        assert!(
            (hands - should * scale).length() < 0.02,
            "{hands} {}",
            should * scale
        );
    }
}

#[test]
fn twist_bones_get_their_share() {
    let sensor = simulated_sensor();
    for (scheme, fore, upper) in [
        (1, "lowerarm_twist_01_l", Some("upperarm_twist_01_l")),
        (3, "DEF-forearm.L.001", None),
        (
            4,
            "CC_Base_L_ForearmTwist02",
            Some("CC_Base_L_UpperarmTwist01"),
        ),
    ] {
        let generated = generate(&schemes::ALL[scheme], Rest::A, Axes::ZUpRoot, true);
        let map = check(&generated, "");
        let index = |name: &str| {
            generated
                .rig
                .bones()
                .iter()
                .position(|bone| bone.name == name)
                .unwrap()
        };
        let mut retargeter = Retargeter::new(&generated.rig, &map);
        let mut body = motions()[0].1[40].clone();
        // The hand turns by 80° about the forearm.
        let wrist = &mut body.joints[Joint::WristLeft.index()];
        let along = Vec3::from(wrist.position);
        let elbow = Vec3::from(body.joints[Joint::ElbowLeft.index()].position);
        let by = Quat::from_axis_angle((along - elbow).normalize(), 80_f32.to_radians());
        for joint in [Joint::WristLeft, Joint::HandLeft, Joint::HandTipLeft] {
            let pose = &mut body.joints[joint.index()];
            let q = by * crate::people::quat(pose.orientation);
            pose.orientation = [q.w, q.x, q.y, q.z];
        }
        let person = Person::new(&body, &sensor).unwrap();
        retargeter.update(Some(&person), &RetargetSettings::default(), 1.0);
        let posed = Posed::of(&generated.rig, &retargeter);
        let turned = |bone: usize| Quat::from_mat3(&posed.turned(&generated.rig, bone));
        let own = turned(map.get(HumanBone::LeftLowerArm).unwrap());
        let hand = turned(map.get(HumanBone::LeftHand).unwrap());
        let share = turned(index(fore)).angle_between(own) / hand.angle_between(own);
        assert!(
            (share - 0.5).abs() < 0.05,
            "{share} of the twist in the middle of the forearm"
        );
        if let Some(upper) = upper {
            // At the shoulder, the twist of the upper arm is taken back.
            let bone = index(upper);
            let arm = map.get(HumanBone::LeftUpperArm).unwrap();
            let end = map.get(HumanBone::LeftLowerArm).unwrap();
            let along = posed.place(end) - posed.place(arm);
            let (twist, whole) = (turned(bone), turned(arm));
            let (axis, angle) = (twist * whole.inverse()).to_axis_angle();
            let aside = axis.cross(along.normalize()).length();
            assert!(angle < 0.01 || aside < 0.02, "it turns about the arm only");
        }
    }
}
