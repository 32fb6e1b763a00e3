//! Whom avatars follow, and where.

use bevy::camera::primitives::Aabb;
use bevy::mesh::skinning::SkinnedMesh;
use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::units;
use bevy_kinect_azure::kinect_simulation::MotionKind;
use bevy_kinect_azure::prelude::*;

use super::stage::{MANNEQUIN, Stage, mount, plain, simulated};

/// Places that differ in everything.
fn random_place(seed: f32) -> Transform {
    let turn = Quat::from_euler(EulerRot::YXZ, 1.3 * seed, 0.8 * seed, 2.1 * seed);
    Transform::from_xyz(1.7 * seed, -0.9 * seed, 2.3 * seed).with_rotation(turn)
}

#[test]
fn bones_point_where_the_persons_segments_point_wherever_sensor_and_avatar_stand() {
    let mut worst = 0.0_f32;
    for (number, motion) in MotionKind::ALL.into_iter().enumerate() {
        let seed = number as f32 + 1.0;
        let mut stage = Stage::new(random_place(seed));
        stage.write("mannequin.glb", MANNEQUIN.to_vec());
        let place = random_place(-0.7 * seed).with_scale(Vec3::splat(0.3 + 0.4 * seed));
        let anchor = random_place(2.9 * seed);
        let anchor_entity = stage.app.world_mut().spawn(anchor).id();
        let free = stage.avatar(
            "mannequin.glb",
            Avatar::default().with_settings(plain()),
            place,
        );
        let anchored = Avatar {
            anchor: Some(anchor_entity),
            ..Avatar::default().with_settings(plain())
        };
        let anchored = stage.avatar("mannequin.glb", anchored, place);
        let bodies = simulated(motion, 60);
        let player = stage.player(0, &bodies[0]);
        for body in &bodies {
            stage.pose(player, body);
            stage.update(1);
            let turn = place.rotation;
            let anchored_turn = turn * anchor.rotation.inverse();
            for (avatar, turn) in [(free, turn), (anchored, anchored_turn)] {
                let error = stage.error(avatar, body, turn);
                worst = worst.max(error);
                assert!(error < 1.0, "{motion:?}: {error}°");
            }
        }
        assert_eq!(stage.state(free).unmatched, []);
    }
    println!("largest error: {worst:.3}°");
}

#[test]
fn an_avatar_of_life_size_stands_in_the_persons_place() {
    let mut stage = Stage::new(mount());
    stage.write("mannequin.glb", MANNEQUIN.to_vec());
    let avatar = Avatar {
        life_size: true,
        ..Avatar::default().with_settings(RetargetSettings {
            reach_hands: true,
            ..plain()
        })
    };
    // A model of another size.
    let avatar = stage.avatar(
        "mannequin.glb",
        avatar,
        Transform::from_scale(Vec3::ONE * 7.0),
    );
    let bodies = simulated(MotionKind::Wave, 90);
    let player = stage.player(0, &bodies[0]);
    let sensor = stage.global(stage.sensor);
    for (frame, body) in bodies.iter().enumerate() {
        stage.pose(player, body);
        stage.update(1);
        if frame < 5 {
            continue;
        }
        for (bone, joint, within) in [
            (HumanBone::LeftUpperLeg, Joint::HipLeft, 0.05),
            (HumanBone::RightFoot, Joint::AnkleRight, 0.06),
            (HumanBone::LeftHand, Joint::WristLeft, 0.05),
            (HumanBone::Head, Joint::Head, 0.1),
        ] {
            let joint = body.joint(joint).position;
            let joint = sensor.transform_point(units::to_world(joint).into());
            let away = joint.distance(stage.at(avatar, bone));
            assert!(away < within, "frame {frame}: {bone:?} is {away} m away");
        }
    }
}

#[test]
fn players_are_chosen_by_slot_by_rule_and_by_entity() {
    let mut stage = Stage::new(mount());
    stage.write("mannequin.glb", MANNEQUIN.to_vec());
    let body = &simulated(MotionKind::Idle, 1)[0];
    let mut near = body.clone();
    for joint in &mut near.joints {
        joint.position[2] -= 700.0;
    }
    let first = stage.player(0, body);
    let second = stage.player(3, &near);
    let world = stage.app.world_mut();
    world.get_mut::<PlayerStatus>(first).unwrap().seconds = 9.0;
    let other_sensor = world.spawn(Transform::default()).id();
    let mut followers = [
        (Avatar::slot(0), Some(first)),
        (Avatar::slot(3), Some(second)),
        (Avatar::slot(1), None),
        (Avatar::new(AvatarPlayer::Longest), Some(first)),
        (Avatar::new(AvatarPlayer::Nearest), Some(second)),
        (Avatar::new(AvatarPlayer::Entity(second)), Some(second)),
        (Avatar::new(AvatarPlayer::Nobody), None),
        (
            Avatar {
                sensor: Some(other_sensor),
                ..Avatar::slot(0)
            },
            None,
        ),
    ]
    .map(|(avatar, player)| {
        let avatar = stage.avatar("mannequin.glb", avatar, Transform::default());
        (avatar, player)
    });
    stage.update(2);
    for (avatar, player) in &followers {
        assert_eq!(stage.state(*avatar).player, *player);
    }

    // The second player leaves: nobody is in slot 3, and the nearest player is the first one.
    #[derive(Resource, Default)]
    struct Told(Vec<(Entity, Option<Entity>, Option<Entity>)>);
    stage.app.init_resource::<Told>();
    let world = stage.app.world_mut();
    world.add_observer(|freed: On<AvatarFreed>, mut told: ResMut<Told>| {
        told.0.push((freed.avatar, Some(freed.player), None));
    });
    world.add_observer(|bound: On<AvatarBound>, mut told: ResMut<Told>| {
        told.0.push((bound.avatar, None, Some(bound.player)));
    });
    world.despawn(second);
    stage.update(2);
    followers[1].1 = None;
    followers[4].1 = Some(first);
    followers[5].1 = None;
    for (avatar, player) in &followers {
        assert_eq!(stage.state(*avatar).player, *player);
    }
    let nearest = followers[4].0;
    let told = &stage.app.world().resource::<Told>().0;
    assert_eq!(told.len(), 4);
    assert!(told.contains(&(nearest, Some(second), None)));
    assert!(told.contains(&(nearest, None, Some(first))));
}

#[test]
fn the_bounds_of_the_mesh_follow_the_bones() {
    let mut stage = Stage::new(mount());
    stage.write("mannequin.glb", MANNEQUIN.to_vec());
    let avatar = stage.avatar("mannequin.glb", Avatar::default(), Transform::default());
    let body = &simulated(MotionKind::Wave, 40)[39];
    stage.player(0, body);
    stage.update(30);
    let world = stage.app.world_mut();
    let (bounds, place) = world
        .query_filtered::<(&Aabb, &GlobalTransform), With<SkinnedMesh>>()
        .single(world)
        .map(|(bounds, place)| (*bounds, *place))
        .unwrap();
    for bone in HumanBone::ALL {
        if let Some(bone) = stage.state(avatar).bone(bone) {
            let at = stage.global(bone).translation();
            let at = place.affine().inverse().transform_point3(at) - Vec3::from(bounds.center);
            let beyond = (at.abs() - Vec3::from(bounds.half_extents)).max_element();
            assert!(beyond < 0.05, "{beyond} m outside of the bounds");
        }
    }
    // The person is metres away from the model's place at rest.
    assert!(bounds.center.length() > 1.0);
}
