//! Keys, the orbit, the recorder.

use bevy::input::mouse::{MouseScrollUnit, MouseWheel};
use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::recording::Recording;
use bevy_kinect_azure::prelude::*;
use k4a_standin::{Script, StandIn};
use kinect_app_support::orbit::Orbit;
use kinect_test_support::scratch::Scratch;

use super::hand::{click_text, drag, key, point};
use super::{is_streaming, live_viewer, of_sensor, says, screen, sensor, viewer};
use crate::support::*;

fn color(world: &World) -> PointColor {
    of_sensor::<PointCloud>(world).unwrap().color
}

#[test]
fn the_key_for_colours_goes_through_all_of_them() {
    let mut app = viewer(&["--people", "1", "--no-noise"]);
    update(&mut app);
    let mut names = Vec::new();
    for _ in 0..5 {
        let name = format!("{:?}", color(app.world()));
        names.push(name.split([' ', '(']).next().unwrap().to_owned());
        key(&mut app, KeyCode::KeyC);
    }
    assert_eq!(names, ["Camera", "Infrared", "DepthRamp", "Player", "Flat"]);
    assert!(matches!(color(app.world()), PointColor::Camera { .. }));
}

#[test]
fn the_mouse_orbits_in_the_view_and_not_on_the_panel() {
    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let mut app = live_viewer(stand_in.path(), &[]);
    update_until(&mut app, "images", |world| {
        is_streaming(world) && of_sensor::<SensorFrame>(world).is_some_and(|f| f.0.is_some())
    });
    update(&mut app);
    let orbit = |app: &App| app.world().resource::<Orbit>().clone();
    let start = orbit(&app);
    drag(&mut app, Vec2::new(150.0, 500.0), Vec2::new(700.0, 400.0));
    assert_eq!(orbit(&app), start, "a drag that begins on the panel");
    drag(&mut app, Vec2::new(600.0, 300.0), Vec2::new(700.0, 330.0));
    let turned = orbit(&app);
    assert!(
        turned.yaw < start.yaw && turned.pitch < start.pitch,
        "{turned:?}"
    );
    let window = app
        .world_mut()
        .query_filtered::<Entity, With<Window>>()
        .single(app.world())
        .unwrap();
    let wheel = |app: &mut App, at: Vec2| {
        point(app, at);
        app.world_mut().write_message(MouseWheel {
            unit: MouseScrollUnit::Line,
            x: 0.0,
            y: 2.0,
            window,
            phase: bevy::input::touch::TouchPhase::Moved,
        });
        update(app);
    };
    wheel(&mut app, Vec2::new(150.0, 500.0));
    assert_eq!(orbit(&app), turned, "the wheel on the panel");
    wheel(&mut app, Vec2::new(600.0, 300.0));
    assert!(orbit(&app).distance < turned.distance);
    key(&mut app, KeyCode::KeyR);
    assert_eq!(orbit(&app), start);
}

#[test]
fn a_recording_is_begun_and_ended_and_its_figures_are_on_the_screen() {
    let file = Scratch::new("viewer-records");
    let _ = std::fs::remove_file(&file.0);
    let out = file.0.to_str().unwrap();
    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let mut app = live_viewer(stand_in.path(), &["--out", out, "--tab", "record"]);
    update_until(&mut app, "images", is_streaming);
    key(&mut app, KeyCode::F9);
    update_until(&mut app, "figures", |world| {
        says(world, "Stop (F9)") && says(world, "MB a minute") && says(world, "nothing")
    });
    click_text(&mut app, "Stop (F9)");
    update_until(&mut app, "the end", |world| {
        says(world, "The recording is finished.")
    });
    let told = screen(app.world_mut());
    assert!(
        told.contains("Captures") && told.contains("samples"),
        "{told}"
    );
    let state = app.world().get::<RecorderState>(sensor(app.world()));
    let Some(RecorderState::Finished { captures, .. }) = state else {
        panic!("{state:?}");
    };
    let written = Recording::open(&file.0).unwrap().count(|_| {}).unwrap();
    assert_eq!(written.captures, *captures);
}

#[test]
fn inertial_samples_are_plotted() {
    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let mut app = live_viewer(stand_in.path(), &["--tab", "motion"]);
    update_until(&mut app, "acceleration", |world| says(world, "y +9."));
    assert!(says(app.world_mut(), "rad/s"));
}
