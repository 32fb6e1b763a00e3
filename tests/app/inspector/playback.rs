//! The page of playback.

use std::time::Duration;

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use bevy_kinect_inspector::{KinectInspector, Page, PlaybackMarkers};

use super::hand::{click, click_at, drag, enter, enter_number, key, key_with, slide};
use super::screen::{find, get, says, value};
use super::stage::{inspected_with, of_sensor, sensor, settle, small_simulation};
use crate::support::*;

/// A paused simulation.
fn paused() -> App {
    inspected_with(Page::Playback, UVec2::new(1280, 720), |app| {
        let playback = Playback {
            paused: true,
            ..default()
        };
        app.world_mut().spawn((small_simulation(), playback));
    })
}

fn playback(app: &App) -> &Playback {
    of_sensor(app).unwrap()
}

fn position(app: &App) -> Duration {
    of_sensor::<PlaybackPosition>(app).unwrap().position
}

/// Updates until the position is nearly that.
fn wait_for(app: &mut App, seconds: f32) {
    let sensor = sensor(app);
    update_until(app, &format!("{seconds} s"), |world| {
        let now = world.get::<PlaybackPosition>(sensor).unwrap().position;
        (now.as_secs_f32() - seconds).abs() < 0.4
    });
    settle(app);
}

/// The place of a time on the time line of 30 s.
fn on_line(app: &mut App, seconds: f32) -> Vec2 {
    let line = get(app, "Time line").place.inflate(-6.0);
    Vec2::new(line.min.x + line.width() * seconds / 30.0, line.center().y)
}

#[test]
fn the_time_line_is_scrubbed_and_buttons_step() {
    let mut app = paused();
    let at = on_line(&mut app, 6.0);
    click_at(&mut app, at);
    wait_for(&mut app, 6.0);
    assert!(playback(&app).paused);
    let target = on_line(&mut app, 3.0);
    drag(&mut app, at, target);
    wait_for(&mut app, 3.0);
    let before = position(&app);
    click(&mut app, "Step");
    let sensor = sensor(&app);
    let moved = |world: &mut World| world.get::<PlaybackPosition>(sensor).unwrap().position;
    update_until(&mut app, "a step", |world| moved(world) > before);
    let after = position(&app);
    assert!(
        after - before < Duration::from_millis(50),
        "{before:?} {after:?}"
    );
    settle(&mut app);
    click(&mut app, "Step back");
    update_until(&mut app, "a step back", |world| moved(world) == before);
    click(&mut app, "Start");
    wait_for(&mut app, 0.0);
    enter_number(&mut app, "In", "1");
    enter_number(&mut app, "Out", "2");
    assert!(find(&mut app, "Out").is_some());
    click(&mut app, "Start");
    wait_for(&mut app, 1.0);
}

#[test]
fn it_is_played_paused_and_played_at_another_speed() {
    let mut app = paused();
    click(&mut app, "Play");
    assert!(!playback(&app).paused);
    update_until(&mut app, "frames", |world| {
        let sensor = world.resource::<KinectInspector>().sensor.unwrap();
        world.get::<PlaybackPosition>(sensor).unwrap().position > Duration::from_millis(300)
    });
    // A drag of the position does not leave it paused.
    let (from, to) = (on_line(&mut app, 4.0), on_line(&mut app, 8.0));
    drag(&mut app, from, to);
    settle(&mut app);
    assert!(!playback(&app).paused);
    wait_for(&mut app, 8.0);
    click(&mut app, "Pause");
    assert!(playback(&app).paused);
    enter_number(&mut app, "Speed", "2");
    assert_eq!(playback(&app).speed, 2.0);
    slide(&mut app, "Speed", 0.9);
    assert!(playback(&app).speed > 3.0);
    click(&mut app, "Recorded speed");
    assert_eq!(playback(&app).speed, 1.0);
    click(&mut app, "Loop");
    click(&mut app, "Every capture");
    assert!(!playback(&app).looping && playback(&app).keep_every_capture);
}

#[test]
fn a_part_is_marked_by_numbers_buttons_and_on_the_line() {
    let mut app = paused();
    enter_number(&mut app, "In", "2.5");
    assert_eq!(playback(&app).from, Duration::from_millis(2500));
    let mark = get(&mut app, "Out mark").place.center();
    let target = on_line(&mut app, 15.0);
    drag(&mut app, mark, Vec2::new(target.x, mark.y));
    let to = playback(&app).to.unwrap().as_secs_f32();
    assert!((to - 15.0).abs() < 0.2, "{to}");
    let mark = get(&mut app, "In mark").place.center();
    let target = on_line(&mut app, 5.0);
    drag(&mut app, mark, Vec2::new(target.x, mark.y));
    let from = playback(&app).from.as_secs_f32();
    assert!((from - 5.0).abs() < 0.2, "{from}");
    let at = on_line(&mut app, 9.0);
    click_at(&mut app, at);
    wait_for(&mut app, 9.0);
    click(&mut app, "In here");
    assert_eq!(playback(&app).from, position(&app));
    click(&mut app, "Out here");
    assert!(says(&mut app, "The part ends before it begins"));
    enter_number(&mut app, "Out", "12");
    assert_eq!(playback(&app).to, Some(Duration::from_secs(12)));
    click(&mut app, "End");
    wait_for(&mut app, 12.0);
    click(&mut app, "Whole recording");
    assert_eq!(playback(&app).from, Duration::ZERO);
    assert_eq!(playback(&app).to, None);
    assert_eq!(value(&mut app, "Out"), "the end");
}

#[test]
fn markers_are_added_named_visited_and_deleted() {
    let mut app = paused();
    let at = on_line(&mut app, 6.0);
    click_at(&mut app, at);
    wait_for(&mut app, 6.0);
    click(&mut app, "Add a marker here");
    let marked = position(&app);
    assert_eq!(of_sensor::<PlaybackMarkers>(&app).unwrap()[0].at, marked);
    enter(&mut app, "Name of marker 1", "wave");
    assert_eq!(of_sensor::<PlaybackMarkers>(&app).unwrap()[0].name, "wave");
    click(&mut app, "Start");
    wait_for(&mut app, 0.0);
    click(&mut app, "Go to wave");
    wait_for(&mut app, 6.0);
    click(&mut app, "Start");
    wait_for(&mut app, 0.0);
    click(&mut app, "Go to wave now");
    wait_for(&mut app, 6.0);
    click(&mut app, "Delete wave");
    assert!(of_sensor::<PlaybackMarkers>(&app).unwrap().is_empty());
}

#[test]
fn the_keys_of_the_time_line_work() {
    let mut app = paused();
    let at = on_line(&mut app, 6.0);
    click_at(&mut app, at);
    wait_for(&mut app, 6.0);
    let before = position(&app);
    let sensor = sensor(&app);
    key(&mut app, KeyCode::ArrowRight);
    update_until(&mut app, "a step", |world| {
        world.get::<PlaybackPosition>(sensor).unwrap().position > before
    });
    key_with(&mut app, KeyCode::ShiftLeft, KeyCode::ArrowRight);
    wait_for(&mut app, 7.0);
    key(&mut app, KeyCode::KeyI);
    assert!((playback(&app).from.as_secs_f32() - 7.0).abs() < 0.2);
    key_with(&mut app, KeyCode::ShiftLeft, KeyCode::ArrowRight);
    wait_for(&mut app, 8.0);
    key(&mut app, KeyCode::KeyO);
    let to = playback(&app).to.unwrap().as_secs_f32();
    assert!((to - 8.0).abs() < 0.2, "{to}");
    key(&mut app, KeyCode::KeyM);
    assert_eq!(of_sensor::<PlaybackMarkers>(&app).unwrap().len(), 1);
    key(&mut app, KeyCode::Home);
    wait_for(&mut app, 7.0);
    key(&mut app, KeyCode::End);
    wait_for(&mut app, 8.0);
    key(&mut app, KeyCode::Space);
    assert!(!playback(&app).paused);
}

#[test]
fn a_sensor_without_a_time_line_says_so() {
    let mut app = inspected_with(Page::Playback, UVec2::new(1280, 720), |app| {
        app.world_mut().spawn(KinectSensor::default());
    });
    assert!(says(&mut app, "no time line"));
    *app.world_mut()
        .query::<&mut KinectSensor>()
        .single_mut(app.world_mut())
        .unwrap() = KinectSensor::recording("no/such/file.mkv");
    settle(&mut app);
    assert!(find(&mut app, "Time line").is_some());
    update_until(&mut app, "the problem", |world| {
        let sensor = world.resource::<KinectInspector>().sensor.unwrap();
        world
            .get::<SensorState>(sensor)
            .unwrap()
            .problem()
            .is_some()
    });
    settle(&mut app);
    assert!(says(&mut app, "file.mkv"));
}
