//! People who come and go, and animations.

use bevy::app::AnimationSystems;
use bevy::prelude::*;
use bevy_kinect_azure::kinect_simulation::MotionKind;
use bevy_kinect_azure::prelude::*;

use super::stage::{MANNEQUIN, Stage, mount, plain, simulated};

/// The largest angle between the rotations of two poses, in degrees.
fn apart(a: &[Transform], b: &[Transform]) -> f32 {
    a.iter()
        .zip(b)
        .map(|(a, b)| a.rotation.angle_between(b.rotation).to_degrees())
        .fold(0.0, f32::max)
}

fn blending() -> Avatar {
    Avatar::default().with_settings(RetargetSettings {
        blend_seconds: 0.3,
        ..plain()
    })
}

#[test]
fn a_model_without_animation_returns_to_its_rest_pose() {
    let mut stage = Stage::new(mount());
    stage.write("mannequin.glb", MANNEQUIN.to_vec());
    let avatar = stage.avatar("mannequin.glb", blending(), Transform::default());
    let rest = stage.locals(avatar);
    let body = &simulated(MotionKind::Wave, 40)[39];
    for round in 0..3 {
        let player = stage.player(0, body);
        stage.update(4);
        let half = stage.locals(avatar);
        stage.update(12);
        let whole = stage.locals(avatar);
        assert!(stage.error(avatar, body, Quat::IDENTITY) < 1.0);
        let (all, some) = (apart(&rest, &whole), apart(&rest, &half));
        assert!(some > 0.1 * all && some < 0.9 * all, "{some}° of {all}°");
        // The player leaves in the middle of blending, then for good.
        stage.app.world_mut().despawn(player);
        if round == 0 {
            stage.update(3);
            let player = stage.player(0, body);
            stage.update(3);
            stage.app.world_mut().despawn(player);
        }
        stage.update(12);
        assert!(apart(&rest, &stage.locals(avatar)) < 1e-3, "round {round}");
        for (before, now) in rest.iter().zip(stage.locals(avatar)) {
            assert_eq!(before.translation, now.translation);
        }
    }
}

/// Writes a pose into some bones in every update, as an animation does.
#[derive(Resource)]
struct Animation {
    bones: Vec<Entity>,
    pose: Quat,
}

fn animate(animation: Option<Res<Animation>>, mut bones: Query<&mut Transform>) {
    if let Some(animation) = animation {
        for bone in &animation.bones {
            if let Ok(mut bone) = bones.get_mut(*bone) {
                bone.rotation = animation.pose;
            }
        }
    }
}

#[test]
fn animations_show_where_there_is_no_person() {
    let mut stage = Stage::new(mount());
    stage
        .app
        .add_systems(PostUpdate, animate.in_set(AnimationSystems));
    stage.write("mannequin.glb", MANNEQUIN.to_vec());
    let avatar = stage.avatar("mannequin.glb", blending(), Transform::default());
    let arm = stage.state(avatar).bone(HumanBone::LeftUpperArm).unwrap();
    let rotation = |stage: &Stage| stage.app.world().get::<Transform>(arm).unwrap().rotation;
    let swing = |stage: &mut Stage, angle: f32| {
        let pose = Quat::from_rotation_z(angle);
        stage.app.insert_resource(Animation {
            bones: vec![arm],
            pose,
        });
        stage.update(1);
        pose
    };
    let pose = swing(&mut stage, 0.7);
    assert!(rotation(&stage).angle_between(pose) < 1e-3);

    let body = &simulated(MotionKind::Wave, 40)[39];
    let player = stage.player(0, body);
    let mut last = f32::INFINITY;
    for frame in 0..14 {
        // The animation goes on below the person.
        let pose = swing(&mut stage, 0.7 + 0.01 * frame as f32);
        let error = stage.error(avatar, body, Quat::IDENTITY);
        assert!(error <= last + 1.5, "frame {frame}: {error}° after {last}°");
        last = error;
        if frame == 13 {
            assert!(error < 1.0);
            assert!(rotation(&stage).angle_between(pose) > 0.1);
        }
    }
    stage.app.world_mut().despawn(player);
    for frame in 0..14 {
        let pose = swing(&mut stage, 0.5 - 0.01 * frame as f32);
        if frame > 11 {
            assert!(rotation(&stage).angle_between(pose) < 1e-3, "{frame}");
        }
    }
    // An animation that has ended leaves its last pose.
    let pose = rotation(&stage);
    stage.app.world_mut().remove_resource::<Animation>();
    let player = stage.player(0, body);
    stage.update(14);
    assert!(rotation(&stage).angle_between(pose) > 0.1);
    stage.app.world_mut().despawn(player);
    stage.update(14);
    assert!(rotation(&stage).angle_between(pose) < 1e-3);
}

#[test]
fn a_joint_that_is_not_found_has_the_animations_pose() {
    let mut stage = Stage::new(mount());
    stage.write("mannequin.glb", MANNEQUIN.to_vec());
    let avatar = stage.avatar("mannequin.glb", blending(), Transform::default());
    let rest = stage.locals(avatar);
    let mut body = simulated(MotionKind::Wave, 40)[39].clone();
    let player = stage.player(0, &body);
    stage.update(14);
    for joint in [Joint::ElbowLeft, Joint::WristLeft] {
        body.joints[joint.index()].confidence = JointConfidence::None;
    }
    stage.pose(player, &body);
    stage.update(14);
    let state = stage.state(avatar).clone();
    for (number, (bone, _)) in state.bones.iter().enumerate() {
        if [HumanBone::LeftLowerArm, HumanBone::LeftHand].contains(bone) {
            let now = stage.locals(avatar)[number];
            assert!(now.rotation.angle_between(rest[number].rotation) < 1e-3);
        }
    }
}

#[test]
fn an_avatar_that_changes_players_passes_through_its_own_pose() {
    let mut stage = Stage::new(mount());
    stage.write("mannequin.glb", MANNEQUIN.to_vec());
    let avatar = stage.avatar("mannequin.glb", blending(), Transform::default());
    let rest = stage.locals(avatar);
    let body = &simulated(MotionKind::Wave, 40)[39];
    stage.player(0, body);
    let other = stage.player(1, body);
    stage.update(14);
    let mut settings = stage.app.world_mut().get_mut::<Avatar>(avatar).unwrap();
    settings.player = AvatarPlayer::Slot(1);
    let mut nearest = f32::INFINITY;
    for _ in 0..30 {
        stage.update(1);
        nearest = nearest.min(apart(&rest, &stage.locals(avatar)));
    }
    assert!(nearest < 10.0, "{nearest}° from the rest pose");
    assert_eq!(stage.state(avatar).player, Some(other));
    assert!(stage.error(avatar, body, Quat::IDENTITY) < 1.0);
}

#[test]
fn a_model_that_is_no_avatar_any_more_has_its_own_pose() {
    let mut stage = Stage::new(mount());
    stage.write("mannequin.glb", MANNEQUIN.to_vec());
    let avatar = stage.avatar("mannequin.glb", blending(), Transform::default());
    let rest = stage.locals(avatar);
    let state = stage.state(avatar).clone();
    stage.player(0, &simulated(MotionKind::Wave, 40)[39]);
    stage.update(14);
    stage.app.world_mut().entity_mut(avatar).remove::<Avatar>();
    stage.update(1);
    assert!(stage.app.world().get::<AvatarState>(avatar).is_none());
    for ((_, bone), rest) in state.bones.iter().zip(rest) {
        assert_eq!(stage.app.world().get::<Transform>(*bone), Some(&rest));
    }
}
