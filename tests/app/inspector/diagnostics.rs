//! The page of diagnostics.

use std::time::Duration;

use bevy::prelude::*;
use bevy_kinect_azure::image_output::OutputDiagnostics;
use bevy_kinect_azure::prelude::*;
use bevy_kinect_inspector::{KinectInspector, Page};

use super::hand::click;
use super::screen::{find, get, says, value};
use super::stage::{inspected, inspected_with, sensor, settle, small_simulation};
use crate::support::*;

#[test]
fn figures_of_sensor_tracker_and_outputs_are_shown_with_plots() {
    let mut app = inspected_with(Page::Diagnostics, UVec2::new(1280, 720), |app| {
        app.world_mut().spawn((
            small_simulation(),
            BodyTracking::new(Tracker::Truth),
            related!(ImageOutputs[(Name::new("window"), ImageOutput::new(ImageKind::Depth))]),
        ));
    });
    let of = sensor(&app);
    update_until(&mut app, "bodies and an output", |world| {
        let mut outputs = world.query::<&OutputDiagnostics>();
        let is_drawn = outputs.iter(world).any(|output| output.updates > 3);
        measured_all(world.get::<SensorDiagnostics>(of).unwrap())
            && is_drawn
            && measured_rate(world, of)
    });
    settle(&mut app);
    let rate = value(&mut app, "Frame rate");
    assert!(rate.ends_with(" fps") && rate != "0.0 fps", "{rate}");
    for name in [
        "Frame time",
        "Frame rate",
        "Latency",
        "Decoding",
        "Dropped frames",
        "People seen",
        "Body frames",
        "Body latency",
        "Stages",
    ] {
        get(&mut app, name);
        get(&mut app, &format!("{name} plot"));
    }
    for name in [
        "Image errors",
        "Reconnects",
        "Lost samples",
        "Tracker errors",
    ] {
        assert_eq!(value(&mut app, name), "0", "{name}");
    }
    assert!(find(&mut app, "Times plot").is_none());
    click(&mut app, "window: Depth");
    assert_eq!(value(&mut app, "Size"), "320 × 288");
    get(&mut app, "Times plot");
    click(&mut app, "Freeze plots");
    assert_eq!(get(&mut app, "Freeze plots").is_on, Some(true));
    click(&mut app, "Clear plots");
    click(&mut app, "Freeze plots");
    assert_eq!(get(&mut app, "Freeze plots").is_on, Some(false));
}

fn measured_all(measured: &SensorDiagnostics) -> bool {
    measured.frame_rate > 0.0 && measured.image_frame > 3
}

fn measured_rate(world: &World, of: Entity) -> bool {
    let state = world.get::<BodyTrackingState>(of);
    state.is_some_and(|state| state.stages.taken.p50_ms > 0.0)
}

#[test]
fn problems_of_an_output_are_shown() {
    let mut app = inspected_with(Page::Diagnostics, UVec2::new(1280, 720), |app| {
        app.world_mut().spawn((
            KinectSensor::recording("no/such/file.mkv"),
            related!(ImageOutputs[ImageOutput::new(ImageKind::Color)]),
        ));
    });
    let of = sensor(&app);
    update_until(&mut app, "the problem", |world| {
        world.get::<SensorState>(of).unwrap().problem().is_some()
    });
    let mut outputs = app.world_mut().query::<&mut OutputDiagnostics>();
    let mut output = outputs.single_mut(app.world_mut()).unwrap();
    output.warning = Some("a warning of the test".to_owned());
    output.gpu_time = Some(Duration::from_micros(1500));
    settle(&mut app);
    assert!(says(&mut app, "file.mkv"));
    app.world_mut().entity_mut(of).despawn();
    settle(&mut app);
    assert_eq!(app.world().resource::<KinectInspector>().sensor, None);
    assert!(says(&mut app, "There is no sensor."));
    get(&mut app, "Frame time plot");
}

#[test]
fn the_apps_frame_time_needs_no_sensor() {
    let mut app = inspected(Page::Diagnostics);
    assert!(value(&mut app, "Frame time").ends_with(" ms"));
}
