//! The page of the device.

use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::device::{ControlKind, DeviceSettings};
use bevy_kinect_azure::kinect_azure::modes::{
    ColorFormat, ColorResolution, DepthMode, FrameRate, WiredSyncMode,
};
use bevy_kinect_azure::kinect_simulation::{MotionKind, Scenario, SimulationSettings};
use bevy_kinect_azure::prelude::*;
use bevy_kinect_inspector::{KinectInspector, Page};
use k4a_standin::{Script, StandIn};

use super::hand::{choose, click, enter_number, slide};
use super::screen::{find, get, says, value};
use super::stage::{inspected_with, of_sensor, settle, small_simulation};
use crate::support::*;

const SIZE: UVec2 = UVec2::new(1280, 720);

fn live(stand_in: &StandIn) -> App {
    let library = stand_in.path().to_owned();
    inspected_with(Page::Device, SIZE, |app| {
        app.world_mut().spawn(KinectSensor::new(DeviceSettings {
            library: Some(library),
            depth_mode: DepthMode::Nfov2x2Binned,
            ..default()
        }));
    })
}

fn settings(app: &App) -> DeviceSettings {
    match &of_sensor::<KinectSensor>(app).unwrap().source {
        SensorSource::Device(settings) => settings.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_mode_of_a_live_sensor_is_set_and_modes_that_contradict_it_make_room() {
    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let mut app = live(&stand_in);
    choose(&mut app, "Depth mode", "Wide, 1024×1024");
    assert_eq!(settings(&app).depth_mode, DepthMode::WfovUnbinned);
    assert_eq!(settings(&app).frame_rate, FrameRate::Fps15);
    choose(&mut app, "Frame rate", "30 per second");
    assert_eq!(settings(&app).frame_rate, FrameRate::Fps30);
    assert_eq!(settings(&app).depth_mode, DepthMode::Wfov2x2Binned);
    choose(&mut app, "Colour format", "NV12");
    assert_eq!(settings(&app).color_format, ColorFormat::Nv12);
    choose(&mut app, "Colour resolution", "1920×1080");
    assert_eq!(settings(&app).color_resolution, ColorResolution::R1080p);
    assert_eq!(settings(&app).color_format, ColorFormat::Mjpg);
    click(&mut app, "Only pairs");
    assert!(settings(&app).synchronized_images_only);
    click(&mut app, "Inertial samples");
    assert!(!settings(&app).imu);
    click(&mut app, "Indicator light");
    assert!(settings(&app).disable_streaming_indicator);
    slide(&mut app, "Lost after", 1.0);
    assert_eq!(settings(&app).watchdog.as_secs(), 30);
    assert_eq!(settings(&app).check(), Ok(()));
    choose(&mut app, "Colour resolution", "Off");
    assert!(!settings(&app).synchronized_images_only);
    assert!(get(&mut app, "Only pairs").is_disabled);
}

#[test]
fn wired_sync_is_set_with_its_delays() {
    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let mut app = live(&stand_in);
    assert!(get(&mut app, "Behind the master").is_disabled);
    choose(&mut app, "Role", "Subordinate");
    assert_eq!(settings(&app).wired_sync_mode, WiredSyncMode::Subordinate);
    enter_number(&mut app, "Behind the master", "500");
    assert_eq!(settings(&app).subordinate_delay_off_master_usec, 500);
    enter_number(&mut app, "Depth behind colour", "-99999999");
    assert_eq!(settings(&app).depth_delay_off_color_usec, -33_332);
    choose(&mut app, "Role", "Master");
    assert_eq!(settings(&app).subordinate_delay_off_master_usec, 0);
    assert_eq!(settings(&app).check(), Ok(()));
    click(&mut app, "Spread depth delays");
    assert!(app.world().resource::<WiredSync>().automatic_depth_delays);
}

fn report(world: &World) -> Option<&SensorColorReport> {
    let sensor = world.resource::<KinectInspector>().sensor?;
    world.get::<SensorColorReport>(sensor)
}

/// The value that the camera has taken.
fn color(world: &World, kind: ControlKind) -> Option<i32> {
    report(world)?.get(kind)?.value
}

#[test]
fn every_colour_control_reaches_the_camera() {
    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let mut app = live(&stand_in);
    update_until(&mut app, "the controls", |world| {
        report(world).is_some_and(|report| report.get(ControlKind::Brightness).is_some())
    });
    settle(&mut app);
    // At first the camera is left as it is.
    assert!(of_sensor::<SensorColorControls>(&app).is_none());
    click(&mut app, "Set by this app");
    assert!(of_sensor::<SensorColorControls>(&app).unwrap().enabled);
    assert!(get(&mut app, "Exposure").is_disabled);
    for automatic in ["Automatic exposure", "Automatic white balance"] {
        click(&mut app, automatic);
        assert_eq!(get(&mut app, automatic).is_on, Some(false));
    }
    for (name, kind, largest) in [
        ("Brightness", ControlKind::Brightness, 255),
        ("Contrast", ControlKind::Contrast, 10),
        ("Saturation", ControlKind::Saturation, 63),
        ("Sharpness", ControlKind::Sharpness, 4),
        ("Exposure", ControlKind::Exposure, 33_330),
        ("White balance", ControlKind::WhiteBalance, 12_500),
        ("Gain", ControlKind::Gain, 255),
    ] {
        slide(&mut app, name, 1.0);
        update_until(&mut app, name, |world| color(world, kind) == Some(largest));
    }
    settle(&mut app);
    assert!(says(&mut app, "frame of 33333"), "the cut exposure is told");
    let backlight = color(app.world(), ControlKind::BacklightCompensation);
    click(&mut app, "Backlight compensation");
    update_until(&mut app, "backlight", |world| {
        color(world, ControlKind::BacklightCompensation) != backlight
    });
    choose(&mut app, "Power line", "50 Hz");
    update_until(&mut app, "powerline", |world| {
        color(world, ControlKind::PowerlineFrequency) == Some(1)
    });
    click(&mut app, "Reset to the camera's defaults");
    update_until(&mut app, "the defaults", |world| {
        color(world, ControlKind::Brightness) == Some(128)
            && color(world, ControlKind::Contrast) == Some(5)
            && color(world, ControlKind::Exposure).is_none()
    });
    click(&mut app, "Set by this app");
    assert!(!of_sensor::<SensorColorControls>(&app).unwrap().enabled);
    click(&mut app, "About the device");
    assert_ne!(value(&mut app, "Serial number"), "");
    assert_eq!(stand_in.statistics().misuse, 0);
}

fn simulation(app: &App) -> SimulationSettings {
    match &of_sensor::<KinectSensor>(app).unwrap().source {
        SensorSource::Simulation(settings) => settings.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_setting_of_a_simulation_is_set() {
    let mut app = inspected_with(Page::Device, SIZE, |app| {
        let mut sensor = small_simulation();
        sensor.active = false;
        app.world_mut().spawn(sensor);
    });
    choose(&mut app, "Depth mode", "Wide, binned, 512×512");
    assert_eq!(simulation(&app).depth_mode, DepthMode::Wfov2x2Binned);
    choose(&mut app, "Colour resolution", "Off");
    assert_eq!(simulation(&app).color_resolution, ColorResolution::Off);
    choose(&mut app, "Frame rate", "15 per second");
    assert_eq!(simulation(&app).frame_rate, FrameRate::Fps15);
    click(&mut app, "Inertial samples");
    assert!(!simulation(&app).imu);
    choose(&mut app, "Scenario", "Wave, repeated");
    assert_eq!(
        simulation(&app).scenario,
        Scenario::Single(MotionKind::Wave)
    );
    slide(&mut app, "Number of people", 1.0);
    assert_eq!(simulation(&app).people, 6);
    enter_number(&mut app, "Seed", "77");
    assert_eq!(simulation(&app).seed, 77);
    enter_number(&mut app, "Sensor height", "2.5");
    enter_number(&mut app, "Tilt down", "30");
    enter_number(&mut app, "Roll", "-15");
    let mount = simulation(&app).mount;
    assert_eq!(
        (mount.height, mount.tilt_degrees, mount.roll_degrees),
        (2.5, 30.0, -15.0)
    );
    let before = simulation(&app);
    for name in [
        "Varied people",
        "Varied room",
        "Fingers",
        "Depth noise",
        "Flying pixels",
        "Missing pixels",
    ] {
        click(&mut app, name);
    }
    let after = simulation(&app);
    assert_ne!(before.variety.people, after.variety.people);
    assert_ne!(before.variety.room, after.variety.room);
    assert_ne!(before.variety.hands, after.variety.hands);
    assert_ne!(before.noise.depth, after.noise.depth);
    assert_ne!(before.noise.flying_pixels, after.noise.flying_pixels);
    assert_ne!(before.noise.drop_out, after.noise.drop_out);
}

#[test]
fn inertial_samples_and_the_floor_are_shown() {
    let mut app = inspected_with(Page::Device, SIZE, |app| {
        app.world_mut().spawn(small_simulation());
    });
    update_until(&mut app, "inertial samples", |world| {
        let sensor = world.resource::<KinectInspector>().sensor.unwrap();
        world.get::<Imu>(sensor).unwrap().newest.is_some()
    });
    settle(&mut app);
    let acceleration = value(&mut app, "Acceleration");
    assert!(acceleration.ends_with("m/s²"), "{acceleration}");
    assert!(find(&mut app, "Acceleration over time").is_some());
    click(&mut app, "Look for the floor");
    assert!(of_sensor::<FloorDetection>(&app).unwrap().active);
    choose(&mut app, "Placement", "Keep the sensor level");
    let detection = of_sensor::<FloorDetection>(&app).unwrap();
    assert_eq!(detection.placement, FloorPlacement::Kept);
    enter_number(&mut app, "Interval", "0.5");
    let interval = of_sensor::<FloorDetection>(&app).unwrap().interval;
    assert_eq!(interval.as_millis(), 500);
    update_until(&mut app, "the floor", |world| {
        let sensor = world.resource::<KinectInspector>().sensor.unwrap();
        world.get::<FloorState>(sensor).unwrap().floor.is_some()
    });
    settle(&mut app);
    let height = value(&mut app, "Found height");
    assert!(height.contains(" m ±"), "{height}");
    click(&mut app, "Look for the floor");
    assert!(!of_sensor::<FloorDetection>(&app).unwrap().active);
}

#[test]
fn a_source_of_the_app_shows_its_modes() {
    let mut app = inspected_with(Page::Device, SIZE, |app| {
        app.world_mut().spawn(test_sensor());
    });
    update_until(&mut app, "a stream", |world| {
        let sensor = world.resource::<KinectInspector>().sensor.unwrap();
        world.get::<SensorStream>(sensor).is_some()
    });
    settle(&mut app);
    assert_eq!(value(&mut app, "Source"), "test pattern");
    assert_eq!(value(&mut app, "Depth mode"), "NFOV_2X2BINNED");
}
