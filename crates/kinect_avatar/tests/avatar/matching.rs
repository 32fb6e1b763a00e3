//! Bones are found in every scheme.

use glam::Vec3;
use kinect_avatar::{HumanBone, Rig, RigBone, gltf, match_bones};

use crate::rigs::{Axes, Generated, Rest, everything, generate};
use crate::schemes;

/// Checks that every part that the generator names is found.
pub(crate) fn check(generated: &Generated, name: &str) -> kinect_avatar::BoneMap {
    let matching = match_bones(&generated.rig, &[]);
    assert!(
        matching.unmatched.is_empty(),
        "{name}: {:?}",
        matching.unmatched
    );
    for (bone, part) in generated.parts.iter().enumerate() {
        let Some(part) = *part else {
            continue;
        };
        let found = match part {
            HumanBone::UpperChest => [HumanBone::UpperChest, HumanBone::Chest, HumanBone::Spine]
                .into_iter()
                .find_map(|part| matching.bones.get(part)),
            // Of several bones of the neck, any is the neck.
            HumanBone::Neck => Some(bone),
            part => matching.bones.get(part),
        };
        assert_eq!(
            found.map(|bone| &generated.rig.bones()[bone].name),
            Some(&generated.rig.bones()[bone].name),
            "{name}: {part:?}"
        );
    }
    matching.bones
}

#[test]
fn every_scheme_is_understood_in_every_rest_pose() {
    for (name, generated) in everything() {
        check(&generated, &name);
    }
}

#[test]
fn a_real_model_is_understood() {
    let Some(path) = k4a_judge::real_data("avatars/mesh2motion-human-male.glb") else {
        return;
    };
    let rig = gltf::rig(&std::fs::read(path).unwrap()).unwrap();
    let matching = match_bones(&rig, &[]);
    assert!(matching.unmatched.is_empty(), "{:?}", matching.unmatched);
    assert_eq!(matching.bones.len(), HumanBone::COUNT);
    let name = |part| rig.bones()[matching.bones.get(part).unwrap()].name.as_str();
    assert_eq!(name(HumanBone::Hips), "pelvis");
    assert_eq!(name(HumanBone::UpperChest), "spine_03");
    assert_eq!(name(HumanBone::LeftLowerArm), "lowerarm_l");
    assert_eq!(name(HumanBone::RightToes), "ball_r");
}

#[test]
fn the_mannequin_is_understood() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/mannequin.glb");
    let file = std::fs::read(path).unwrap();
    assert!(file.len() < 500_000, "{} bytes", file.len());
    let rig = gltf::rig(&file).unwrap();
    let matching = match_bones(&rig, &[]);
    assert!(matching.unmatched.is_empty(), "{:?}", matching.unmatched);
    for (part, bone) in matching.bones.iter() {
        let name = &rig.bones()[bone].name;
        assert!(name.eq_ignore_ascii_case(part.name()), "{part:?}: {name}");
    }
    // Every part but the upper chest: the spine has two bones.
    assert_eq!(matching.bones.len(), HumanBone::COUNT - 1);
}

#[test]
fn the_table_of_a_vrm_counts_more_than_names() {
    for version in [0, 1] {
        // Names that lie: left and right are exchanged.
        let generated = generate(&schemes::ALL[0], Rest::T, Axes::FacingBack, false);
        let names: Vec<_> = generated
            .rig
            .bones()
            .iter()
            .map(|bone| {
                bone.name
                    .replace("Left", "?")
                    .replace("Right", "Left")
                    .replace('?', "Right")
            })
            .collect();
        let nodes: Vec<_> = generated
            .rig
            .bones()
            .iter()
            .enumerate()
            .map(|(n, bone)| {
                let children: Vec<_> = (0..names.len())
                    .filter(|child| generated.rig.bones()[*child].parent == Some(n))
                    .collect();
                serde_json::json!({
                    "name": names[n],
                    "translation": bone.translation.to_array(),
                    "rotation": bone.rotation.to_array(),
                    "scale": bone.scale.to_array(),
                    "children": children,
                })
            })
            .collect();
        let bones = generated
            .parts
            .iter()
            .enumerate()
            .filter_map(|(n, part)| Some((part.as_ref()?.name(), n)));
        let extensions = if version == 0 {
            let list: Vec<_> = bones
                .map(|(bone, node)| serde_json::json!({"bone": bone, "node": node}))
                .collect();
            serde_json::json!({"VRM": {"humanoid": {"humanBones": list}}})
        } else {
            let table: serde_json::Map<_, _> = bones
                .map(|(bone, node)| (bone.to_owned(), serde_json::json!({"node": node})))
                .collect();
            serde_json::json!({"VRMC_vrm": {"humanoid": {"humanBones": table}}})
        };
        let file = serde_json::json!({
            "nodes": nodes,
            "skins": [{"joints": (1..names.len()).collect::<Vec<_>>()}],
            "extensions": extensions,
        });
        let rig = gltf::rig(&serde_json::to_vec(&file).unwrap()).unwrap();
        let matching = match_bones(&rig, &[]);
        for (bone, part) in generated.parts.iter().enumerate() {
            if let Some(part) = part {
                assert_eq!(
                    matching.bones.get(*part),
                    Some(bone),
                    "VRM {version}: {part:?}"
                );
            }
        }
    }
}

#[test]
fn bones_are_named_by_hand_and_missing_ones_are_listed_with_near_names() {
    let bone = |name: &str, parent, at| RigBone::new(name, parent, at);
    let rig = Rig::new(vec![
        bone("Hips", None, Vec3::Y),
        bone("Spine", Some(0), Vec3::Y * 0.2),
        bone("Head", Some(1), Vec3::Y * 0.4),
        bone("LeftUperArm", Some(1), Vec3::X * 0.2),
        bone("LeftForeArm", Some(3), Vec3::X * 0.3),
    ]);
    let missing = match_bones(&rig, &[]).unmatched;
    let arm = missing
        .iter()
        .find(|missing| missing.bone == HumanBone::LeftUpperArm)
        .unwrap();
    assert_eq!(arm.nearest[0], "LeftUperArm");
    let by_hand = [
        (HumanBone::LeftUpperArm, "leftuperarm"),
        (HumanBone::Neck, "Nek"),
    ];
    let matching = match_bones(&rig, &by_hand);
    assert_eq!(matching.bones.get(HumanBone::LeftUpperArm), Some(3));
    assert!(
        matching
            .unmatched
            .iter()
            .any(|missing| missing.bone == HumanBone::Neck)
    );
}
