//! Switching between sources, and the messages while nothing can be shown.

use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::{ColorResolution, DepthMode};
use bevy_kinect_azure::prelude::*;
use k4a_standin::{DeviceScript, Script, StandIn};

use super::hand::{click_in_row, click_text, key};
use super::{is_streaming, live_viewer, of_sensor, says, sensor, viewer};
use crate::support::*;

#[test]
fn the_drop_down_switches_between_a_live_sensor_a_recording_and_the_simulation() {
    let stand_in = StandIn::microsoft(&Script::healthy(2));
    let mut app = live_viewer(stand_in.path(), &["--people", "0"]);
    update_until(&mut app, "the sensor", |world| {
        is_streaming(world) && says(world, "Azure Kinect 000000000001")
    });
    key(&mut app, KeyCode::KeyS);
    update_until(&mut app, "both sensors", |world| {
        says(world, "Azure Kinect 000000000002")
    });
    update(&mut app);
    click_text(&mut app, "Azure Kinect 000000000002");
    update_until(&mut app, "the other sensor", |world| {
        of_sensor::<SensorDevice>(world).is_some_and(|d| d.serial == "000000000002")
    });
    click_text(&mut app, "Azure Kinect 000000000002");
    update_until(&mut app, "the list", |world| {
        says(world, "Simulated sensor")
    });
    click_text(&mut app, "Simulated sensor");
    update_until(&mut app, "the room", |world| {
        says(world, "building the room ...")
    });
    update_until(&mut app, "the simulation", |world| {
        let source = &of_sensor::<KinectSensor>(world).unwrap().source;
        matches!(source, SensorSource::Simulation(_)) && is_streaming(world)
    });
    assert!(of_sensor::<SensorDevice>(app.world()).is_none());
    assert!(!says(app.world_mut(), "building the room ..."));
    let told = stand_in.statistics();
    assert_eq!(
        (told.misuse, told.devices.live),
        (0, 0),
        "{:?}",
        told.misuses
    );
}

#[test]
fn recordings_of_the_command_line_are_in_the_drop_down() {
    let Some(file) = recording("mug-720p-nfov.mkv") else {
        return;
    };
    let file = file.to_str().unwrap();
    let mut app = viewer(&[file, "/nowhere/other.mkv"]);
    update_until(&mut app, "the recording", |world| says(world, "playing"));
    key(&mut app, KeyCode::KeyS);
    update_until(&mut app, "the list", |world| says(world, "other.mkv"));
    update(&mut app);
    click_text(&mut app, "other.mkv");
    update_until(&mut app, "what is wrong with it", |world| {
        says(world, "The source cannot be shown") && says(world, "/nowhere/other.mkv")
    });
}

#[test]
fn where_nothing_is_connected_the_doctor_says_what_to_do_and_a_sensor_that_comes_starts() {
    let stand_in = StandIn::microsoft(&Script::of([]));
    let mut app = live_viewer(stand_in.path(), &[]);
    update_until(&mut app, "the findings", |world| {
        says(world, "Looking for a sensor ...")
            && says(world, "No sensor is connected")
            && says(world, "The sensor starts")
            && says(world, "->")
    });
    stand_in.configure(&Script::of([DeviceScript::new("7")]));
    update_until(&mut app, "the sensor", |world| {
        is_streaming(world) && says(world, "Azure Kinect 7")
    });
    assert!(!says(app.world_mut(), "Looking for a sensor ..."));
    stand_in.unplug("7");
    update_until(&mut app, "the loss", |world| {
        says(world, "The sensor is gone") || says(world, "Looking for a sensor ...")
    });
    stand_in.replug("7");
    update_until(&mut app, "the sensor again", is_streaming);
}

#[test]
fn modes_are_changed_while_the_sensor_runs_and_contradictions_give_way() {
    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let mut app = live_viewer(stand_in.path(), &[]);
    update_until(&mut app, "the sensor", is_streaming);
    // NFOV unbinned, wide binned, wide unbinned, which runs at 15 captures per second at most.
    for _ in 0..3 {
        click_in_row(&mut app, "Depth", ">");
    }
    let settings = |world: &World| match &world.get::<KinectSensor>(sensor(world)).unwrap().source {
        SensorSource::Device(settings) => settings.clone(),
        other => panic!("{other:?}"),
    };
    let now = settings(app.world());
    assert_eq!(now.depth_mode, DepthMode::WfovUnbinned);
    assert!(now.frame_rate.fps() <= 15 && now.check().is_ok());
    click_in_row(&mut app, "Colour", "<");
    let now = settings(app.world());
    assert_eq!(now.color_resolution, ColorResolution::Off);
    click_in_row(&mut app, "Images", ">");
    assert!(settings(app.world()).check().is_ok());
    update_until(&mut app, "the other modes", |world| {
        of_sensor::<SensorStream>(world)
            .is_some_and(|stream| stream.info.depth_mode == DepthMode::WfovUnbinned)
            && is_streaming(world)
    });
    assert_eq!(stand_in.statistics().misuse, 0);
}
