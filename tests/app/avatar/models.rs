//! Models of all kinds: tables of VRM files, names by hand, models that are loaded again.

use bevy::gltf::Gltf;
use bevy::prelude::*;
use bevy_kinect_azure::avatar::VrmBone;
use bevy_kinect_azure::kinect_simulation::MotionKind;
use bevy_kinect_azure::prelude::*;
use serde_json::json;

use super::stage::{
    MANNEQUIN, Stage, changed, mount, node, plain, simulated, vrm_0, vrm_1, without_names,
};

/// The mannequin of a VRM 1.0 file whose names tell nothing.
fn nameless_vrm_1() -> Vec<u8> {
    changed(|file| {
        file["extensions"] = vrm_1(file);
        file["extensionsUsed"] = json!(["VRMC_vrm"]);
        without_names(file);
    })
}

/// The mannequin of a VRM 0.x file, which faces −z.
fn nameless_vrm_0() -> Vec<u8> {
    changed(|file| {
        file["extensions"] = vrm_0(file);
        file["extensionsUsed"] = json!(["VRM"]);
        let root = node(file, "Mannequin");
        file["nodes"][root]["rotation"] = json!([0.0, 1.0, 0.0, 0.0]);
        without_names(file);
    })
}

#[test]
fn the_tables_of_vrm_files_tell_the_bones() {
    let bodies = simulated(MotionKind::Wave, 30);
    for (name, file) in [
        ("one.vrm", nameless_vrm_1()),
        ("zero.vrm", nameless_vrm_0()),
    ] {
        let mut stage = Stage::new(mount());
        stage.write(name, file);
        let avatar = Avatar::default().with_settings(plain());
        let avatar = stage.avatar(name, avatar, Transform::default());
        let state = stage.state(avatar).clone();
        assert_eq!((state.problem, state.notes), (None, vec![]), "{name}");
        assert_eq!((state.unmatched, state.bones.len()), (vec![], 21), "{name}");
        for (bone, entity) in state.bones {
            let marked = stage.app.world().get::<VrmBone>(entity);
            assert_eq!(marked, Some(&VrmBone(bone)), "{name}");
        }
        let player = stage.player(0, &bodies[0]);
        for body in &bodies {
            stage.pose(player, body);
            stage.update(1);
            let error = stage.error(avatar, body, Quat::IDENTITY);
            assert!(error < 1.0, "{name}: {error}°");
        }
    }
}

#[test]
fn cameras_and_lights_of_a_file_are_spawned_with_its_model() {
    let mut stage = Stage::new(mount());
    let file = changed(|file| {
        let light = |kind| json!({"type": kind, "spot": {}, "intensity": 1.0});
        file["cameras"] =
            json!([{"type": "perspective", "perspective": {"yfov": 1.0, "znear": 0.1}}]);
        file["extensionsUsed"] = json!(["KHR_lights_punctual"]);
        file["extensions"] = json!({"KHR_lights_punctual": {"lights":
            [light("directional"), light("point"), light("spot")]}});
        let mut added = vec![json!({"camera": 0})];
        added.extend(
            (0..3).map(|light| json!({"extensions": {"KHR_lights_punctual": {"light": light}}})),
        );
        for node in added {
            let nodes = file["nodes"].as_array_mut().unwrap();
            nodes.push(node);
            let number = json!(nodes.len() - 1);
            file["scenes"][0]["nodes"]
                .as_array_mut()
                .unwrap()
                .push(number);
        }
    });
    stage.write("lit.glb", file);
    let avatar = stage.avatar("lit.glb", Avatar::default(), Transform::default());
    assert_eq!(stage.state(avatar).bones.len(), 21);
    let world = stage.app.world_mut();
    let lights = (
        world.query::<&DirectionalLight>().iter(world).count(),
        world.query::<&PointLight>().iter(world).count(),
        world.query::<&SpotLight>().iter(world).count(),
        world.query::<&Camera3d>().iter(world).count(),
    );
    assert_eq!(lights, (1, 1, 1, 1));
}

#[test]
fn a_table_counts_more_than_names() {
    let mut stage = Stage::new(mount());
    // The table exchanges two bones of the spine.
    stage.write(
        "swapped.vrm",
        changed(|file| {
            let (spine, chest) = (node(file, "Spine"), node(file, "Chest"));
            file["extensions"] = vrm_1(file);
            let bones = &mut file["extensions"]["VRMC_vrm"]["humanoid"]["humanBones"];
            bones["spine"]["node"] = json!(chest);
            bones["chest"]["node"] = json!(spine);
        }),
    );
    let avatar = stage.avatar("swapped.vrm", Avatar::default(), Transform::default());
    let spine = stage.state(avatar).bone(HumanBone::Spine).unwrap();
    let name = stage.app.world().get::<Name>(spine).unwrap();
    assert_eq!(name.as_str(), "Chest");
}

#[test]
fn a_broken_table_is_told_and_names_fill_its_gaps() {
    let mut stage = Stage::new(mount());
    for (name, extension) in [
        ("empty", json!({"VRMC_vrm": {}})),
        ("text", json!({"VRM": "nonsense"})),
        (
            "beyond",
            json!({"VRMC_vrm": {"humanoid": {"humanBones": {
                "hips": {"node": 9999}, "head": {"node": -1}, "spine": "x"}}}}),
        ),
        (
            "list",
            json!({"VRM": {"humanoid": {"humanBones": [{"bone": "hips", "node": 9999}, 7, null]}}}),
        ),
    ] {
        let file = format!("{name}.vrm");
        stage.write(&file, changed(|file| file["extensions"] = extension));
        let avatar = stage.avatar(&file, Avatar::default(), Transform::default());
        let state = stage.state(avatar);
        assert_eq!(state.notes.len(), 1, "{name}");
        assert!(state.notes[0].contains("table"), "{}", state.notes[0]);
        assert_eq!(
            (state.unmatched.len(), state.bones.len()),
            (0, 21),
            "{name}"
        );
    }
}

#[test]
fn bones_that_are_not_found_are_listed_and_can_be_named_at_any_time() {
    let mut stage = Stage::new(mount());
    stage.write(
        "odd.glb",
        changed(|file| {
            // The arm hangs elsewhere, under a name that says nothing, so neither names nor shape tell it.
            let arm = node(file, "LeftUpperArm");
            let shoulder = node(file, "LeftShoulder");
            for name in ["LeftUpperArm", "LeftLowerArm", "LeftHand", "LeftFingers"] {
                let node = node(file, name);
                file["nodes"][node]["name"] = format!("strange {}", name.len()).into();
            }
            file["nodes"][shoulder]["children"] = json!([]);
            file["nodes"][shoulder]["name"] = "stump".into();
            file["nodes"][shoulder]
                .as_object_mut()
                .unwrap()
                .remove("children");
            let root = node(file, "Mannequin");
            let children = file["nodes"][root]["children"].as_array_mut().unwrap();
            children.push(json!(arm));
        }),
    );
    let avatar = stage.avatar("odd.glb", Avatar::default(), Transform::default());
    let state = stage.state(avatar).clone();
    let missing: Vec<_> = state.unmatched.iter().map(|missing| missing.bone).collect();
    assert!(missing.contains(&HumanBone::LeftUpperArm), "{missing:?}");
    assert!(
        state
            .unmatched
            .iter()
            .all(|missing| missing.nearest.len() == 3)
    );
    assert_eq!(state.problem, None);

    let mut settings = stage.app.world_mut().get_mut::<Avatar>(avatar).unwrap();
    settings.bones = vec![(HumanBone::LeftUpperArm, "strange 12".into())];
    stage.update(1);
    let state = stage.state(avatar);
    let arm = state.bone(HumanBone::LeftUpperArm).unwrap();
    let name = stage.app.world().get::<Name>(arm).unwrap();
    assert_eq!(name.as_str(), "strange 12");
    let missing = &stage.state(avatar).unmatched;
    assert!(
        missing
            .iter()
            .all(|missing| missing.bone != HumanBone::LeftUpperArm)
    );
}

#[test]
fn a_model_that_is_loaded_again_goes_on_following() {
    let mut stage = Stage::new(mount());
    stage.write("model.glb", MANNEQUIN.to_vec());
    // Without a watcher of files, Bevy reloads only files that are held themselves.
    let assets = stage.app.world().resource::<AssetServer>().clone();
    let _file: Handle<Gltf> = assets.load("model.glb");
    let avatar = Avatar::default().with_settings(plain());
    let avatar = stage.avatar("model.glb", avatar, Transform::default());
    let bodies = simulated(MotionKind::Wave, 30);
    let player = stage.player(0, &bodies[0]);
    stage.update(5);
    let hips = stage.state(avatar).bone(HumanBone::Hips).unwrap();

    // Another file under the same name: its bones have other names.
    stage.write("model.glb", nameless_vrm_1());
    assets.reload("model.glb");
    crate::support::update_until(&mut stage.app, "the other model", |world| {
        let state = world.get::<AvatarState>(avatar).unwrap();
        state.bone(HumanBone::Hips).is_some_and(|now| now != hips)
    });
    assert_eq!(stage.state(avatar).player, Some(player));
    for body in &bodies {
        stage.pose(player, body);
        stage.update(1);
        assert!(stage.error(avatar, body, Quat::IDENTITY) < 1.0);
    }

    // Another model in the same entity.
    stage.write("other.glb", MANNEQUIN.to_vec());
    let other = assets.load(GltfAssetLabel::Scene(0).from_asset("other.glb"));
    let hips = stage.state(avatar).bone(HumanBone::Hips).unwrap();
    let world = stage.app.world_mut();
    world.entity_mut(avatar).insert(WorldAssetRoot(other));
    crate::support::update_until(&mut stage.app, "the third model", |world| {
        let state = world.get::<AvatarState>(avatar).unwrap();
        state.bone(HumanBone::Hips).is_some_and(|now| now != hips)
    });
    stage.update(2);
    assert!(stage.error(avatar, bodies.last().unwrap(), Quat::IDENTITY) < 1.0);
}
