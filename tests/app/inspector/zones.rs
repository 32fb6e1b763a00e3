//! The page of zones: the floor plan, handles in the 3D view, and settings.

use std::time::Duration;

use bevy::input::ButtonState;
use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use bevy_kinect_inspector::Page;

use super::crowd::player;
use super::hand::{
    button, choose, click, click_at, drag, enter, enter_number, key, key_with, point, reveal, slide,
};
use super::screen::{find, get, says, value};
use super::stage::{inspected, inspected_with, settle};
use crate::support::update;

/// A camera above the room, that looks down at it.
fn looking_down() -> Transform {
    Transform::from_xyz(-1.0, 4.0, 1.0).looking_at(Vec3::new(-1.0, 0.0, -2.0), Vec3::Y)
}

/// The zones of an app with a camera above the room.
fn room(zones: &[(&str, BodyZone, Transform)]) -> (App, Vec<Entity>) {
    let mut spawned = Vec::new();
    let app = inspected_with(Page::Zones, UVec2::new(1280, 720), |app| {
        let mut cameras = app
            .world_mut()
            .query_filtered::<&mut Transform, With<Camera3d>>();
        *cameras.single_mut(app.world_mut()).unwrap() = looking_down();
        for (name, zone, place) in zones {
            let zone = (Name::new(name.to_string()), zone.clone(), *place);
            spawned.push(app.world_mut().spawn(zone).id());
        }
    });
    (app, spawned)
}

fn cuboid() -> (&'static str, BodyZone, Transform) {
    (
        "stage",
        BodyZone::cuboid(Vec3::new(1.0, 2.0, 1.0)),
        Transform::from_xyz(0.0, 1.0, -2.0),
    )
}

fn place(app: &App, zone: Entity) -> Vec3 {
    app.world().get::<Transform>(zone).unwrap().translation
}

fn zone(app: &App, zone: Entity) -> &BodyZone {
    app.world().get::<BodyZone>(zone).unwrap()
}

fn edges(app: &App, of: Entity) -> Vec3 {
    match zone(app, of).volume {
        ZoneVolume::Box { size } => size,
        ref other => panic!("{other:?}"),
    }
}

fn zones(app: &mut App) -> Vec<Entity> {
    let mut zones = app.world_mut().query_filtered::<Entity, With<BodyZone>>();
    let mut zones: Vec<Entity> = zones.iter(app.world()).collect();
    zones.sort_by_key(|zone| zone.index_u32());
    zones
}

#[test]
fn zones_are_added_chosen_named_and_removed() {
    let mut app = inspected(Page::Zones);
    assert!(says(&mut app, "There are no zones."));
    for (button, kind) in [
        ("Add box", "box"),
        ("Add sphere", "sphere"),
        ("Add floor zone", "space above the floor"),
    ] {
        click(&mut app, button);
        settle(&mut app);
        assert_eq!(value(&mut app, "Shape"), kind);
    }
    let all = zones(&mut app);
    assert_eq!(all.len(), 3);
    assert!(all.iter().all(|zone| place(&app, *zone).is_finite()));
    enter(&mut app, "Name", "door");
    let names: Vec<_> = all
        .iter()
        .map(|zone| app.world().get::<Name>(*zone).unwrap().to_string())
        .collect();
    assert_eq!(names, ["zone 1", "zone 2", "door"]);
    click(&mut app, "Choose zone 1");
    assert_eq!(value(&mut app, "Shape"), "box");
    click(&mut app, "Remove this zone");
    assert_eq!(zones(&mut app), all[1..]);
    assert!(find(&mut app, "Shape").is_none());
    click(&mut app, "Choose door");
    click(&mut app, "Choose door");
    assert!(find(&mut app, "Shape").is_none());
}

#[test]
fn a_zone_has_its_settings() {
    let (mut app, all) = room(&[cuboid()]);
    let of = all[0];
    click(&mut app, "Choose stage");
    click(&mut app, "Watched");
    assert!(!zone(&app, of).active);
    enter_number(&mut app, "Width", "1.5");
    enter_number(&mut app, "Height", "2.5");
    enter_number(&mut app, "Depth", "0.75");
    assert_eq!(edges(&app, of), Vec3::new(1.5, 2.5, 0.75));
    enter_number(&mut app, "Place x", "0.25");
    enter_number(&mut app, "Place y", "1.25");
    enter_number(&mut app, "Place z", "-3");
    assert_eq!(place(&app, of), Vec3::new(0.25, 1.25, -3.0));
    enter_number(&mut app, "Heading", "45");
    let rotation = app.world().get::<Transform>(of).unwrap().rotation;
    let expected = Quat::from_rotation_y(45_f32.to_radians());
    assert!(rotation.angle_between(expected) < 1e-3);
    choose(&mut app, "Part", "a hand");
    assert_eq!(zone(&app, of).part, ZonePart::Hand);
    slide(&mut app, "Margin", 0.5);
    assert!((zone(&app, of).margin - 0.5).abs() < 0.05);
    enter_number(&mut app, "Dwell", "4");
    enter_number(&mut app, "Lost after", "2");
    assert_eq!(zone(&app, of).dwell, Duration::from_secs(4));
    assert_eq!(zone(&app, of).lost_after, Duration::from_secs(2));

    choose(&mut app, "Shape", "sphere");
    assert_eq!(zone(&app, of).volume, ZoneVolume::Sphere { radius: 0.75 });
    enter_number(&mut app, "Radius", "0.5");
    assert_eq!(zone(&app, of).volume, ZoneVolume::Sphere { radius: 0.5 });
    choose(&mut app, "Shape", "space above the floor");
    let corners = |app: &App| match &zone(app, of).volume {
        ZoneVolume::Floor { corners, .. } => corners.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(corners(&app).len(), 8);
    click(&mut app, "Corners");
    click(&mut app, "Insert after corner 1");
    assert_eq!(corners(&app).len(), 9);
    click(&mut app, "Remove corner 2");
    assert_eq!(corners(&app).len(), 8);
    enter_number(&mut app, "Corner 1 x", "0.7");
    enter_number(&mut app, "Corner 1 z", "0.3");
    assert_eq!(corners(&app)[0], Vec2::new(0.7, 0.3));
    for _ in 0..8 {
        click(&mut app, "Remove corner 1");
    }
    assert!(says(&mut app, "at least three corners"));
    click(&mut app, "Add corners");
    assert_eq!(corners(&app).len(), 4);
}

#[test]
fn zones_are_dragged_and_resized_on_the_plan() {
    let (mut app, all) = room(&[cuboid()]);
    let of = all[0];
    // By the middle, and by the area.
    let middle = get(&mut app, "Move stage on the plan").place.center();
    drag(&mut app, middle, middle + Vec2::new(30.0, 0.0));
    let moved = place(&app, of);
    assert!(moved.x > 0.1 && (moved.z + 2.0).abs() < 0.02, "{moved}");
    let metre = 30.0 / moved.x;
    let middle = get(&mut app, "Move stage on the plan").place.center();
    let grip = middle + Vec2::splat(0.3 * metre);
    drag(&mut app, grip, grip + Vec2::new(0.0, -0.5 * metre));
    let moved = place(&app, of);
    assert!((moved.z + 2.5).abs() < 0.05, "{moved}");
    assert_eq!(edges(&app, of), Vec3::new(1.0, 2.0, 1.0));
    // Dragging chose the zone, so it has corners. The opposite corner stays.
    let corner = get(&mut app, "Corner 3 of stage on the plan")
        .place
        .center();
    drag(&mut app, corner, corner + Vec2::new(0.5, 1.0) * metre);
    let resized = edges(&app, of);
    assert!(
        resized.distance(Vec3::new(1.5, 2.0, 2.0)) < 0.1,
        "{resized}"
    );
    let after = place(&app, of);
    let opposite = (after - 0.5 * resized).distance(moved - Vec3::new(0.5, 1.0, 0.5));
    assert!(opposite < 0.02, "{opposite}");
    // A click beside all zones lets go of it.
    let plan = get(&mut app, "Floor plan").place;
    click_at(&mut app, plan.min + Vec2::splat(6.0));
    assert!(find(&mut app, "Corner 1 of stage on the plan").is_none());
    let beside_handle = get(&mut app, "Move stage on the plan").place.center() + Vec2::X * 14.0;
    click_at(&mut app, beside_handle);
    get(&mut app, "Corner 1 of stage on the plan");
}

#[test]
fn the_arrow_keys_nudge_a_handle() {
    let (mut app, all) = room(&[cuboid()]);
    let of = all[0];
    let middle = get(&mut app, "Move stage on the plan").place.center();
    drag(&mut app, middle, middle + Vec2::new(12.0, 0.0));
    let start = place(&app, of);
    key(&mut app, KeyCode::ArrowRight);
    key(&mut app, KeyCode::ArrowUp);
    let by = place(&app, of) - start;
    assert!(by.distance(Vec3::new(0.05, 0.0, -0.05)) < 1e-4, "{by}");
    key_with(&mut app, KeyCode::ShiftLeft, KeyCode::ArrowLeft);
    let by = place(&app, of) - start;
    assert!(by.distance(Vec3::new(-0.45, 0.0, -0.05)) < 1e-4, "{by}");
    key_with(&mut app, KeyCode::AltLeft, KeyCode::ArrowDown);
    let by = place(&app, of) - start;
    assert!(by.distance(Vec3::new(-0.45, 0.0, -0.04)) < 1e-4, "{by}");
}

#[test]
fn the_plan_is_moved_and_zoomed() {
    let (mut app, _) = room(&[cuboid()]);
    let handle = |app: &mut App| get(app, "Move stage on the plan").place.center();
    let plan = get(&mut app, "Floor plan").place;
    let start = handle(&mut app);
    drag(
        &mut app,
        plan.min + Vec2::splat(12.0),
        plan.min + Vec2::new(52.0, 32.0),
    );
    let moved = handle(&mut app) - start;
    assert!(moved.distance(Vec2::new(40.0, 20.0)) < 2.0, "{moved}");
    click(&mut app, "Zoom in");
    click(&mut app, "Zoom in");
    let near = handle(&mut app).distance(plan.center());
    click(&mut app, "Zoom out");
    let far = handle(&mut app).distance(plan.center());
    assert!(far < near, "{far} {near}");
    click(&mut app, "Fit");
    assert!(handle(&mut app).distance(start) < 1.0);
}

#[test]
fn zones_are_dragged_in_the_scene() {
    let (mut app, all) = room(&[cuboid()]);
    let of = all[0];
    let camera = |app: &mut App| {
        let mut cameras = app.world_mut().query::<(&Camera, &GlobalTransform)>();
        let (camera, place) = cameras.single(app.world()).unwrap();
        (camera.clone(), *place)
    };
    let (eye, eye_place) = camera(&mut app);
    // The middle of the box's bottom.
    let at = |point: Vec3| eye.world_to_viewport(&eye_place, point).unwrap();
    let handle = get(&mut app, "Move stage in the scene").place.center();
    let bottom = Vec3::new(0.0, 0.0, -2.0);
    assert!(handle.distance(at(bottom)) < 1.5, "{handle}");
    let target = Vec3::new(0.6, 0.0, -1.4);
    drag(&mut app, handle, at(target));
    let moved = place(&app, of);
    assert!(moved.distance(target + Vec3::Y) < 0.03, "{moved}");
    let corner = get(&mut app, "Corner 2 of stage in the scene")
        .place
        .center();
    let before = target + Vec3::new(0.5, 0.0, -0.5);
    assert!(corner.distance(at(before)) < 2.0, "{corner}");
    drag(&mut app, corner, at(before + Vec3::new(0.3, 0.0, -0.2)));
    let resized = edges(&app, of);
    assert!(
        resized.distance(Vec3::new(1.3, 2.0, 1.2)) < 0.05,
        "{resized}"
    );
    // The app does not get the pointer over a handle, and gets it beside.
    let pressed = |app: &App| {
        app.world()
            .resource::<ButtonInput<MouseButton>>()
            .pressed(MouseButton::Left)
    };
    let handle = get(&mut app, "Move stage in the scene").place.center();
    point(&mut app, handle);
    update(&mut app);
    button(&mut app, ButtonState::Pressed);
    assert!(!pressed(&app));
    button(&mut app, ButtonState::Released);
    settle(&mut app);
    point(&mut app, handle + Vec2::new(70.0, 70.0));
    update(&mut app);
    button(&mut app, ButtonState::Pressed);
    assert!(pressed(&app));
    button(&mut app, ButtonState::Released);
    click(&mut app, "Show in 3D");
    assert!(find(&mut app, "Move stage in the scene").is_none());
}

#[test]
fn who_is_inside_is_shown_live() {
    let (mut app, all) = room(&[cuboid()]);
    let sensor = app.world_mut().spawn(KinectSensor::default()).id();
    let inside = player(&mut app, sensor, 0, 0.0, -2.0);
    let occupant = ZoneOccupant {
        sensor,
        player: inside,
        id: 1,
        seconds: 4.25,
    };
    app.world_mut()
        .get_mut::<ZoneOccupants>(all[0])
        .unwrap()
        .players
        .push(occupant);
    settle(&mut app);
    assert!(says(&mut app, "1 inside"));
    click(&mut app, "Choose stage");
    assert_eq!(value(&mut app, "Player 1, slot 0"), "4.2 s");
}

#[test]
fn zones_that_are_nowhere_do_no_harm() {
    let name = "x".repeat(200);
    let nowhere = Transform::from_xyz(f32::NAN, 0.0, f32::INFINITY);
    let empty = BodyZone::cuboid(Vec3::ZERO);
    let broken = BodyZone::floor([Vec2::NAN, Vec2::ONE]);
    let (mut app, all) = room(&[
        (&name, empty.clone(), Transform::from_xyz(0.0, 0.0, -2.0)),
        ("nowhere", empty.clone(), nowhere),
        ("flat", empty, Transform::from_scale(Vec3::ZERO)),
        ("broken", broken, Transform::default()),
        ("no corners", BodyZone::floor([]), Transform::default()),
    ]);
    for of in ["nowhere", "flat", "broken", "no corners"] {
        click(&mut app, &format!("Choose {of}"));
        assert!(!says(&mut app, "cannot be shown"));
    }
    click(&mut app, &format!("Choose {name}"));
    assert!(says(&mut app, "nobody can be inside"));
    // A zone without size is made larger by a corner: all are in one place, the last one on top.
    let corner = get(&mut app, &format!("Corner 4 of {name} on the plan"));
    let from = corner.place.center();
    drag(&mut app, from, from + Vec2::new(-40.0, 40.0));
    assert!(edges(&app, all[0]).xz().min_element() > 0.1);
    // A zone that goes while it is dragged.
    let middle = get(&mut app, &format!("Move {name} on the plan"))
        .place
        .center();
    point(&mut app, middle);
    button(&mut app, ButtonState::Pressed);
    point(&mut app, middle + Vec2::splat(20.0));
    app.world_mut().entity_mut(all[0]).despawn();
    point(&mut app, middle + Vec2::splat(30.0));
    button(&mut app, ButtonState::Released);
    settle(&mut app);
    assert!(find(&mut app, "Shape").is_none());
    let _ = reveal(&mut app, "Add box");
}

#[test]
fn without_a_camera_in_3d_there_is_still_the_plan() {
    let (mut app, all) = room(&[cuboid()]);
    let mut cameras = app.world_mut().query_filtered::<Entity, With<Camera3d>>();
    let camera = cameras.single(app.world()).unwrap();
    app.world_mut().entity_mut(camera).despawn();
    app.world_mut().spawn(Camera2d);
    settle(&mut app);
    assert!(find(&mut app, "Move stage in the scene").is_none());
    let middle = get(&mut app, "Move stage on the plan").place.center();
    drag(&mut app, middle, middle + Vec2::new(30.0, 0.0));
    assert!(place(&app, all[0]).x > 0.1);
}
