//! The page of sensors.

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use bevy_kinect_inspector::{KinectInspector, Page};
use k4a_standin::{Script, StandIn};

use super::hand::{choose, click, enter};
use super::screen::{find, get, says, value};
use super::stage::{inspected, inspected_with, of_sensor, sensor, settle, small_simulation};
use crate::support::*;

/// How many times a source began to be opened.
#[derive(Resource, Default)]
struct Opened(usize);

fn count_openings(mut changes: MessageReader<SensorStateChanged>, mut opened: ResMut<Opened>) {
    let openings = changes
        .read()
        .filter(|change| change.to == SensorState::Opening);
    opened.0 += openings.count();
}

fn sensors(app: &mut App) -> usize {
    let mut sensors = app.world_mut().query::<&KinectSensor>();
    sensors.iter(app.world()).count()
}

#[test]
fn sensors_are_added_chosen_named_and_removed() {
    let mut app = inspected(Page::Sensors);
    click(&mut app, "Add a simulation");
    assert!(matches!(
        of_sensor::<KinectSensor>(&app).unwrap().source,
        SensorSource::Simulation(_)
    ));
    let first = sensor(&app);
    enter(&mut app, "Name", "Hall");
    assert_eq!(of_sensor::<Name>(&app).unwrap().as_str(), "Hall");
    click(&mut app, "Add a live sensor");
    let second = sensor(&app);
    assert_ne!(first, second);
    enter(&mut app, "Name", "Door");
    click(&mut app, "Hall");
    assert_eq!(sensor(&app), first);
    choose(&mut app, "Shown sensor", "Door");
    assert_eq!(sensor(&app), second);
    click(&mut app, "Remove the sensor");
    settle(&mut app);
    assert_eq!(sensors(&mut app), 1);
    assert_eq!(sensor(&app), first);
    enter(&mut app, "Name", " ");
    assert!(of_sensor::<Name>(&app).is_none());
}

#[test]
fn a_sensor_is_switched_off_and_restarted() {
    let mut app = inspected_with(Page::Sensors, UVec2::new(1280, 720), |app| {
        app.init_resource::<Opened>()
            .add_systems(Update, count_openings);
        app.world_mut().spawn(small_simulation());
    });
    update_until(&mut app, "images", |world| {
        let inspector = world.resource::<KinectInspector>().sensor.unwrap();
        world.get::<SensorState>(inspector).unwrap().is_streaming()
    });
    settle(&mut app);
    let state = value(&mut app, "State");
    assert!(state == "streaming" || state == "first images", "{state}");
    click(&mut app, "Switched on");
    settle(&mut app);
    assert!(!of_sensor::<KinectSensor>(&app).unwrap().active);
    assert_eq!(value(&mut app, "State"), "switched off");
    click(&mut app, "Switched on");
    update_until(&mut app, "images", |world| {
        let inspector = world.resource::<KinectInspector>().sensor.unwrap();
        world.get::<SensorState>(inspector).unwrap().is_streaming()
    });
    let opened = app.world().resource::<Opened>().0;
    click(&mut app, "Restart");
    update_until(&mut app, "a restart", |world| {
        world.resource::<Opened>().0 > opened
    });
    assert!(of_sensor::<KinectSensor>(&app).unwrap().active);
}

#[test]
fn the_source_is_chosen_from_what_is_connected_and_by_a_path() {
    let stand_in = StandIn::microsoft(&Script::healthy(2));
    let library = stand_in.path().to_owned();
    let mut app = inspected_with(Page::Sensors, UVec2::new(1280, 720), |app| {
        app.world_mut().resource_mut::<DeviceWatch>().library = Some(library.clone());
        let live = DeviceSettings {
            library: Some(library),
            ..default()
        };
        let mut sensor = KinectSensor::new(live);
        sensor.active = false;
        app.world_mut().spawn(sensor);
    });
    click(&mut app, "Look for sensors");
    assert!(app.world().resource::<DeviceWatch>().enabled);
    update_until(&mut app, "connected sensors", |world| {
        world.resource::<ConnectedSensors>().devices.len() == 2
    });
    settle(&mut app);
    let serial = app.world().resource::<ConnectedSensors>().devices[1]
        .serial
        .clone();
    let serial = serial.unwrap();
    assert!(says(&mut app, &serial));
    choose(&mut app, "Source", &format!("Live sensor {serial}"));
    let SensorSource::Device(settings) = &of_sensor::<KinectSensor>(&app).unwrap().source else {
        panic!("not live");
    };
    assert_eq!(settings.device, DeviceSelector::Serial(serial));
    assert!(settings.library.is_some());
    choose(&mut app, "Source", "Simulation");
    assert!(matches!(
        of_sensor::<KinectSensor>(&app).unwrap().source,
        SensorSource::Simulation(_)
    ));
    enter(&mut app, "Recording", "/nowhere/film.mkv");
    assert_eq!(
        of_sensor::<KinectSensor>(&app).unwrap().source,
        SensorSource::recording("/nowhere/film.mkv")
    );
    click(&mut app, "Switched on");
    update_until(&mut app, "a problem", |world| {
        let inspector = world.resource::<KinectInspector>().sensor.unwrap();
        world
            .get::<SensorState>(inspector)
            .unwrap()
            .problem()
            .is_some()
    });
    settle(&mut app);
    assert!(says(&mut app, "film.mkv"));
    choose(&mut app, "Source", "No source");
    assert_eq!(
        of_sensor::<KinectSensor>(&app).unwrap().source,
        SensorSource::None
    );
}

#[test]
fn the_doctor_examines_this_computer() {
    let mut app = inspected(Page::Sensors);
    click(&mut app, "Examine this computer");
    update_until(&mut app, "a report", |world| {
        let mut outputs = world.query::<&bevy_kinect_inspector::bevy_egui::EguiOutput>();
        outputs.iter(world).any(|output| {
            let tree = output.platform_output.accesskit_update.as_ref();
            tree.is_some_and(|tree| {
                tree.nodes
                    .iter()
                    .any(|(_, node)| node.label() == Some("All findings"))
            })
        })
    });
    let before = super::screen::controls(&mut app).len();
    click(&mut app, "All findings");
    assert_eq!(get(&mut app, "All findings").is_on, Some(true));
    assert!(super::screen::controls(&mut app).len() > before);
    assert!(find(&mut app, "Live sensors").is_none() || says(&mut app, "can work"));
}
