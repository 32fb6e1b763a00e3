//! The page of avatars.

use bevy::prelude::*;
use bevy_kinect_azure::kinect_avatar::Unmatched;
use bevy_kinect_azure::prelude::*;
use bevy_kinect_inspector::Page;

use super::crowd::player;
use super::hand::{choose, click, enter_number};
use super::screen::{find, get, says, value};
use super::stage::{inspected, inspected_with, settle};

/// An avatar whose model is a chain of nodes with these names.
fn avatar(app: &mut App, nodes: &[&str]) -> Entity {
    let avatar = app
        .world_mut()
        .spawn((Name::new("dancer"), Avatar::default()))
        .id();
    let mut parent = avatar;
    for (height, node) in nodes.iter().enumerate() {
        let place = Transform::from_xyz(0.0, 0.1 * height as f32, 0.0);
        let node = (Name::new(node.to_string()), place, Visibility::default());
        parent = app.world_mut().spawn((node, ChildOf(parent))).id();
    }
    avatar
}

fn danced() -> (App, Entity) {
    let mut dancer = Entity::PLACEHOLDER;
    let app = inspected_with(Page::Avatars, UVec2::new(1280, 720), |app| {
        dancer = avatar(app, &["root", "Hips", "Spine", "thing", "Head"]);
    });
    (app, dancer)
}

fn settings(app: &App, dancer: Entity) -> &Avatar {
    app.world().get::<Avatar>(dancer).unwrap()
}

#[test]
fn avatars_move_as_chosen() {
    let (mut app, dancer) = danced();
    for (name, read) in [
        (
            "Mirror",
            (|of: &Avatar| of.settings.mirror) as fn(&Avatar) -> bool,
        ),
        ("Plant feet", |of| of.settings.plant_feet),
        ("Reach hands", |of| of.settings.reach_hands),
        ("Life size", |of| of.life_size),
        ("Stand upright", |of| of.upright),
    ] {
        let before = read(settings(&app, dancer));
        click(&mut app, name);
        assert_eq!(read(settings(&app, dancer)), !before, "{name}");
    }
    choose(&mut app, "Walks", "in its place");
    assert_eq!(
        settings(&app, dancer).settings.root_motion,
        RootMotion::InPlace
    );
    enter_number(&mut app, "Smoothing", "0.2");
    enter_number(&mut app, "Blending", "1");
    let of = &settings(&app, dancer).settings;
    assert_eq!((of.smoothing_seconds, of.blend_seconds), (0.2, 1.0));
    enter_number(&mut app, "Floor height", "0.3");
    assert_eq!(settings(&app, dancer).settings.floor, Some(0.3));
    click(&mut app, "Estimate floor");
    assert_eq!(settings(&app, dancer).settings.floor, None);
    click(&mut app, "Estimate floor");
    assert_eq!(settings(&app, dancer).settings.floor, Some(0.0));
}

#[test]
fn the_player_that_is_followed_is_chosen() {
    let (mut app, dancer) = danced();
    choose(&mut app, "Follows", "the nearest player");
    assert_eq!(settings(&app, dancer).player, AvatarPlayer::Nearest);
    assert!(find(&mut app, "Of sensor").is_none());
    let mut sensors = Vec::new();
    for name in ["left", "right"] {
        let sensor = (
            Name::new(name),
            KinectSensor::default(),
            BodyTracking::default(),
        );
        sensors.push(app.world_mut().spawn(sensor).id());
    }
    settle(&mut app);
    choose(&mut app, "Of sensor", "right");
    assert_eq!(settings(&app, dancer).sensor, Some(sensors[1]));
    choose(&mut app, "Of sensor", "all sensors");
    assert_eq!(settings(&app, dancer).sensor, None);
    let person = player(&mut app, sensors[0], 0, 0.0, -2.0);
    app.world_mut()
        .get_mut::<AvatarState>(dancer)
        .unwrap()
        .player = Some(person);
    settle(&mut app);
    assert_eq!(value(&mut app, "Player"), "player 1");
}

#[test]
fn bones_that_were_not_found_are_named_by_hand() {
    let (mut app, dancer) = danced();
    assert!(says(&mut app, "Not found in the model"));
    let state = app.world().get::<AvatarState>(dancer).unwrap();
    let missing = |bone| state.unmatched.iter().any(|of| of.bone == bone);
    assert!(missing(HumanBone::LeftFoot) && !missing(HumanBone::Hips));
    choose(&mut app, "leftFoot", "thing");
    assert_eq!(
        settings(&app, dancer).bones,
        [(HumanBone::LeftFoot, "thing".to_owned())]
    );
    settle(&mut app);
    click(&mut app, "All bones");
    assert_eq!(value(&mut app, "hips"), "Hips");
    assert_eq!(value(&mut app, "leftFoot"), "thing");
    choose(&mut app, "leftFoot", "automatic");
    assert!(settings(&app, dancer).bones.is_empty());
}

#[test]
fn the_nearest_names_come_first() {
    let (mut app, dancer) = danced();
    settle(&mut app);
    app.world_mut()
        .get_mut::<AvatarState>(dancer)
        .unwrap()
        .unmatched = vec![Unmatched {
        bone: HumanBone::Head,
        nearest: vec!["thing".to_owned()],
    }];
    settle(&mut app);
    click(&mut app, "head");
    let places = ["thing", "root"].map(|name| get(&mut app, name).place.min.y);
    assert!(places[0] < places[1], "{places:?}");
}

#[test]
fn models_with_problems_and_long_names_are_shown() {
    let mut app = inspected(Page::Avatars);
    assert!(says(&mut app, "There are no avatars."));
    let long = "n".repeat(200);
    let dancer = avatar(&mut app, &[&long, "b"]);
    settle(&mut app);
    assert!(says(&mut app, "does not move"));
    app.world_mut().entity_mut(dancer).despawn();
    settle(&mut app);
    assert!(says(&mut app, "There are no avatars."));
}
