//! Rigs and bodies that are broken: no panic, no number that is none.

use glam::{Quat, Vec3};
use kinect_avatar::{
    HumanBone, Person, RetargetSettings, Retargeter, Rig, RigBone, SensorPlace, gltf, match_bones,
};
use kinect_azure::{JointConfidence, JointPose};
use kinect_simulation::MotionKind;

use crate::model::Posed;
use crate::people::{simulated, simulated_sensor};
use crate::rigs::{Axes, Rest, generate};
use crate::schemes;

fn drive(rig: &Rig) {
    let matching = match_bones(rig, &[(HumanBone::Head, "no such bone")]);
    let sensor = simulated_sensor();
    let mut retargeter = Retargeter::new(rig, &matching.bones);
    let rest = Posed::of(rig, &retargeter);
    for (plant_feet, reach_hands, floor) in [(true, true, None), (false, false, Some(f32::NAN))] {
        let settings = RetargetSettings {
            plant_feet,
            reach_hands,
            floor,
            smoothing_seconds: if plant_feet { f32::NAN } else { 0.1 },
            blend_seconds: if plant_feet { 0.2 } else { f32::NAN },
            ..RetargetSettings::default()
        };
        for body in simulated(MotionKind::Dance, 0.5) {
            for seconds in [1.0 / 60.0, 0.0, -1.0, f32::NAN, f32::INFINITY] {
                retargeter.update(Person::new(&body, &sensor).as_ref(), &settings, seconds);
                // Numbers that are finite may still be too large to be multiplied.
                let posed = Posed::of(rig, &retargeter);
                assert!(
                    posed
                        .frames
                        .iter()
                        .zip(&rest.frames)
                        .all(|(now, rest)| now.is_finite() || !rest.is_finite())
                );
            }
        }
        retargeter.update(None, &settings, 0.1);
        Posed::of(rig, &retargeter);
    }
}

/// A Mixamo rig whose bones are changed.
fn changed(change: impl Fn(usize, &mut RigBone)) -> Rig {
    let mut bones = generate(&schemes::ALL[0], Rest::A, Axes::YUp, true)
        .rig
        .bones()
        .to_vec();
    for (n, bone) in bones.iter_mut().enumerate() {
        change(n, bone);
    }
    Rig::new(bones)
}

#[test]
fn broken_rigs_are_driven_without_nonsense() {
    drive(&Rig::new(Vec::new()));
    drive(&Rig::new(vec![RigBone::new("Hips", None, Vec3::ZERO)]));
    // No skin.
    drive(&changed(|_, bone| bone.is_joint = false));
    // Bones without length: all, and every second one.
    drive(&changed(|_, bone| bone.translation = Vec3::ZERO));
    drive(&changed(|n, bone| {
        if n % 2 == 0 {
            bone.translation = Vec3::ZERO;
        }
    }));
    // Rest poses that are no numbers.
    for bad in [f32::NAN, f32::INFINITY, 1e30] {
        drive(&changed(|_, bone| bone.translation *= bad));
        drive(&changed(|n, bone| {
            if n % 3 == 0 {
                bone.rotation = Quat::from_xyzw(bad, 0.0, 0.0, bad);
                bone.scale = Vec3::new(1.0, bad, 1.0);
            }
        }));
    }
    drive(&changed(|n, bone| {
        bone.scale = if n == 0 { Vec3::ZERO } else { Vec3::ONE }
    }));
    drive(&changed(|n, bone| {
        bone.scale = Vec3::new(1.0, 0.5 + (n % 3) as f32, -1.0)
    }));
    // The wrong order of bones, and rings.
    drive(&changed(|n, bone| bone.parent = Some((n * 7 + 3) % 23)));
    drive(&changed(|n, bone| bone.parent = n.checked_sub(1)));
    drive(&changed(|_, bone| bone.parent = None));
    drive(&changed(|_, bone| bone.name = "LeftArm".into()));
    drive(&changed(|_, bone| bone.name.clear()));
}

#[test]
fn three_hundred_bones_and_two_skeletons_are_fine() {
    let mut bones = generate(&schemes::ALL[1], Rest::T, Axes::ZUpRoot, true)
        .rig
        .bones()
        .to_vec();
    let head = bones.iter().position(|bone| bone.name == "head").unwrap();
    for n in 0..300 {
        // Hair and cloth.
        let parent = if n % 10 == 0 { head } else { bones.len() - 1 };
        bones.push(RigBone::new(
            format!("hair_{n:03}"),
            Some(parent),
            Vec3::new(0.0, -2.0, 0.5),
        ));
    }
    let rig = Rig::new(bones.clone());
    assert!(match_bones(&rig, &[]).unmatched.is_empty());
    drive(&rig);
    // A horse's bones beside it, first in the file.
    let mut both: Vec<RigBone> = ["horse", "Hips", "LeftLeg"]
        .into_iter()
        .enumerate()
        .map(|(n, name)| RigBone::new(name, n.checked_sub(1), Vec3::Y))
        .collect();
    both[0].is_joint = false;
    let first = both.len();
    both.extend(bones.into_iter().map(|mut bone| {
        bone.parent = bone.parent.map(|parent| parent + first);
        bone
    }));
    let rig = Rig::new(both);
    let matching = match_bones(&rig, &[]);
    assert!(matching.unmatched.is_empty(), "{:?}", matching.unmatched);
    assert_eq!(
        rig.bones()[matching.bones.get(HumanBone::Hips).unwrap()].name,
        "pelvis"
    );
    drive(&rig);
}

#[test]
fn bones_by_hand_may_be_any_bones() {
    let rig = generate(&schemes::ALL[0], Rest::T, Axes::YUp, false).rig;
    let names: Vec<&str> = rig.bones().iter().map(|bone| bone.name.as_str()).collect();
    for shift in 0..7 {
        let by_hand: Vec<_> = HumanBone::ALL
            .into_iter()
            .enumerate()
            .map(|(n, part)| (part, names[(n * 5 + shift) % names.len()]))
            .collect();
        let map = match_bones(&rig, &by_hand).bones;
        let mut retargeter = Retargeter::new(&rig, &map);
        for body in simulated(MotionKind::Dance, 0.3) {
            let person = Person::new(&body, &simulated_sensor());
            retargeter.update(person.as_ref(), &RetargetSettings::default(), 0.03);
            Posed::of(&rig, &retargeter);
        }
    }
}

#[test]
fn files_that_are_no_gltf_are_errors_and_broken_extensions_are_left_out() {
    for bytes in [
        &b""[..],
        b"glTF",
        b"glTF\x02\0\0\0\xff\xff\xff\xff\xff\xff\xff\xffJSON{}",
        b"[1",
        b"{}",
    ] {
        assert!(gltf::rig(bytes).is_err());
    }
    let file = serde_json::json!({
        "nodes": [{"name": "Hips", "children": [0, 1, 99, -1, "x"], "rotation": [0, 0], "matrix": [1e39]}, {"name": 3}],
        "skins": [{"joints": [0, 7]}, 5],
        "extensions": {"VRMC_vrm": {"humanoid": {"humanBones": {"hips": {"node": 77}, "head": 3, "spine": {"node": "a"}}}}},
    });
    let rig = gltf::rig(&serde_json::to_vec(&file).unwrap()).unwrap();
    assert_eq!(rig.humanoid(), []);
    assert_eq!(match_bones(&rig, &[]).bones.get(HumanBone::Hips), Some(0));
    drive(&rig);
}

#[test]
fn joints_that_are_not_found_go_to_rest_and_come_back() {
    let generated = generate(&schemes::ALL[0], Rest::A, Axes::YUp, true);
    let map = match_bones(&generated.rig, &[]).bones;
    let sensor = simulated_sensor();
    let settings = RetargetSettings::default();
    let mut retargeter = Retargeter::new(&generated.rig, &map);
    let bodies = simulated(MotionKind::RaiseArms, 4.0);
    let arm = map.get(HumanBone::LeftLowerArm).unwrap();
    let weight = |retargeter: &Retargeter, bone| {
        retargeter
            .poses()
            .iter()
            .find(|pose| pose.bone == bone)
            .unwrap()
            .weight
    };
    for (n, body) in bodies.iter().enumerate() {
        let mut body = body.clone();
        let lost = (40..80).contains(&n);
        if lost {
            // Trackers leave zeros or nonsense.
            let nonsense = if n % 2 == 0 { f32::NAN } else { 0.0 };
            for joint in [
                kinect_azure::Joint::ElbowLeft,
                kinect_azure::Joint::WristLeft,
            ] {
                body.joints[joint.index()] = JointPose {
                    position: [nonsense; 3],
                    orientation: [nonsense; 4],
                    confidence: JointConfidence::None,
                };
            }
        }
        retargeter.update(Person::new(&body, &sensor).as_ref(), &settings, 1.0 / 30.0);
        Posed::of(&generated.rig, &retargeter);
        match n {
            39 => assert_eq!(weight(&retargeter, arm), 1.0),
            44 => assert!((0.1..0.9).contains(&weight(&retargeter, arm))),
            79 => assert_eq!(weight(&retargeter, arm), 0.0),
            119 => assert_eq!(weight(&retargeter, arm), 1.0),
            _ => {}
        }
    }
    for _ in 0..15 {
        retargeter.update(None, &settings, 1.0 / 30.0);
    }
    assert!(retargeter.poses().iter().all(|pose| pose.weight == 0.0));
    let mut nobody = bodies[0].clone();
    nobody.joints[0].position = [f32::NAN; 3];
    assert_eq!(Person::new(&nobody, &SensorPlace::default()), None);
}
