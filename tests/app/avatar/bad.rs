//! Bad models and bad moments: a warning or nothing to see, never a panic and never a number that is not finite. The stage checks all
//! transforms after each update.

use bevy::prelude::*;
use bevy_kinect_azure::kinect_simulation::MotionKind;
use bevy_kinect_azure::prelude::*;
use serde_json::{Value, json};

use super::stage::{MANNEQUIN, Stage, changed, mount, node, simulated};

fn push(file: &mut Value, list: &str, value: Value) -> usize {
    let list = file[list].as_array_mut().unwrap();
    list.push(value);
    list.len() - 1
}

/// Files, and whether their bones can be recognised.
fn bad_models() -> Vec<(&'static str, Vec<u8>, bool)> {
    let no_skin = changed(|file| {
        let body = node(file, "Body");
        file["nodes"][body].as_object_mut().unwrap().remove("skin");
        file.as_object_mut().unwrap().remove("skins");
    });
    let many_bones = changed(|file| {
        let mut above = node(file, "Head");
        for number in 0..300 {
            let bone = json!({"name": format!("hair {number}"), "translation": [0.0, 0.01, 0.0]});
            let bone = push(file, "nodes", bone);
            file["nodes"][above]["children"] = json!([bone]);
            file["skins"][0]["joints"]
                .as_array_mut()
                .unwrap()
                .push(json!(bone));
            above = bone;
        }
        let skin = file["skins"][0].as_object_mut().unwrap();
        skin.remove("inverseBindMatrices");
    });
    let two_skeletons = changed(|file| {
        // A second skeleton of a hand's bones beside the first.
        let names = ["LeftHand", "Finger", "Tip"];
        let bones = names.map(|name| {
            let bone = json!({"name": name, "translation": [0.0, 0.1, 0.0]});
            push(file, "nodes", bone)
        });
        file["nodes"][bones[0]]["children"] = json!([bones[1]]);
        file["nodes"][bones[1]]["children"] = json!([bones[2]]);
        let skin = push(file, "skins", json!({"joints": bones}));
        let body = push(
            file,
            "nodes",
            json!({"name": "Glove", "mesh": 0, "skin": skin}),
        );
        let root = node(file, "Mannequin");
        let children = file["nodes"][root]["children"].as_array_mut().unwrap();
        children.extend([json!(bones[0]), json!(body)]);
    });
    let no_lengths = changed(|file| {
        for node in file["nodes"].as_array_mut().unwrap() {
            node["translation"] = json!([0.0, 0.0, 0.0]);
        }
    });
    let no_rotations = changed(|file| {
        for node in file["nodes"].as_array_mut().unwrap() {
            node["rotation"] = json!([0.0, 0.0, 0.0, 0.0]);
        }
    });
    let no_size = changed(|file| {
        let root = node(file, "Mannequin");
        file["nodes"][root]["scale"] = json!([0.0, 0.0, 0.0]);
    });
    let foreign = changed(|file| {
        let names = [
            "骨盆",
            "脊柱",
            "胸",
            "首",
            "頭",
            "左肩",
            "左上腕",
            "左前腕",
            "左手",
            "左指",
            "右肩",
            "右上腕",
            "右前腕",
            "右手",
            "右指",
            "左腿",
            "左小腿",
            "左足",
            "左趾",
            "右腿",
            "右小腿",
            "右足",
            "右趾",
        ];
        for (node, name) in file["nodes"].as_array_mut().unwrap().iter_mut().zip(names) {
            node["name"] = name.into();
        }
    });
    let no_bones = changed(|file| {
        file["nodes"] = json!([{"name": "stone"}]);
        file["scenes"] = json!([{"nodes": [0]}]);
        file.as_object_mut().unwrap().remove("skins");
    });
    let empty = changed(|file| {
        file["scenes"] = json!([{}]);
    });
    vec![
        ("no skin", no_skin, true),
        ("300 bones", many_bones, true),
        ("two skeletons", two_skeletons, true),
        ("bones without length", no_lengths, true),
        ("rotations of zero", no_rotations, true),
        ("scale of zero", no_size, true),
        ("names in another language", foreign, true),
        ("no bones", no_bones, false),
        ("an empty scene", empty, false),
        ("half a file", MANNEQUIN[..5000].to_vec(), false),
        ("no file at all", b"hello".to_vec(), false),
    ]
}

#[test]
fn bad_models_are_told_and_nothing_panics() {
    let bodies = simulated(MotionKind::Wave, 20);
    for (name, file, moves) in bad_models() {
        let mut stage = Stage::new(mount());
        stage.write("bad.glb", file);
        let avatar = Avatar {
            life_size: true,
            settings: RetargetSettings {
                reach_hands: true,
                smoothing_seconds: 0.1,
                ..default()
            },
            ..default()
        };
        let avatar = stage.avatar("bad.glb", avatar, Transform::default());
        let state = stage.state(avatar);
        assert_eq!(
            state.problem.is_none(),
            moves,
            "{name}: {:?}",
            state.problem
        );
        let player = stage.player(0, &bodies[0]);
        for body in &bodies {
            stage.pose(player, body);
            stage.update(1);
        }
        // Joints that the tracker does not find, and numbers that are none.
        let skeleton = stage.app.world().get::<Skeleton>(player).unwrap().clone();
        for _ in 0..3 {
            let mut bad = skeleton.clone();
            for (number, joint) in bad.joints.iter_mut().enumerate() {
                match number % 4 {
                    0 => joint.confidence = JointConfidence::None,
                    1 => joint.position.x = f32::NAN,
                    2 => joint.rotation = Quat::from_xyzw(0.0, 0.0, 0.0, 0.0),
                    _ => joint.position.y = f32::INFINITY,
                }
            }
            *stage.app.world_mut().get_mut::<Skeleton>(player).unwrap() = bad;
            stage.update(1);
        }
        stage.app.world_mut().despawn(player);
        stage.update(15);
    }
}

#[test]
fn avatars_sensors_and_players_may_vanish_at_any_moment() {
    let body = &simulated(MotionKind::Wave, 1)[0];
    let spawn = || {
        let mut stage = Stage::new(mount());
        stage.write("model.glb", MANNEQUIN.to_vec());
        let avatar = stage.avatar("model.glb", Avatar::default(), Transform::default());
        let player = stage.player(0, body);
        stage.update(4);
        assert_eq!(stage.state(avatar).player, Some(player));
        (stage, avatar, player)
    };
    // The avatar itself, while it is bound.
    let (mut stage, avatar, _) = spawn();
    stage.app.world_mut().despawn(avatar);
    stage.update(3);

    // Some of its bones.
    let (mut stage, avatar, _) = spawn();
    let arm = stage.state(avatar).bone(HumanBone::LeftUpperArm).unwrap();
    stage.app.world_mut().despawn(arm);
    stage.update(3);
    assert!(
        stage
            .state(avatar)
            .bones
            .iter()
            .all(|(_, bone)| *bone != arm)
    );
    assert!(stage.state(avatar).is_ready());

    // Its model.
    let (mut stage, avatar, _) = spawn();
    stage.app.world_mut().entity_mut(avatar).despawn_children();
    stage.update(3);

    // The sensor with its players, the player, and the anchor.
    let (mut stage, avatar, _) = spawn();
    let sensor = stage.sensor;
    stage.app.world_mut().despawn(sensor);
    stage.update(3);
    assert_eq!(stage.state(avatar).player, None);
    let (mut stage, avatar, player) = spawn();
    let anchor = stage.app.world_mut().spawn(Transform::default()).id();
    let mut settings = stage.app.world_mut().get_mut::<Avatar>(avatar).unwrap();
    settings.anchor = Some(anchor);
    stage.update(3);
    stage.app.world_mut().despawn(anchor);
    stage.update(3);
    stage.app.world_mut().despawn(player);
    stage.update(3);
}
