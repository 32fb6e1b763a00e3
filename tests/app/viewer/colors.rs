//! The controls of the colour camera, by pointer and by keys.

use bevy::prelude::*;
use bevy_kinect_azure::kinect_azure::device::ControlKind;
use bevy_kinect_azure::prelude::*;
use k4a_standin::{ControlFault, DeviceScript, Script, StandIn};

use super::hand::{click_in_row, click_text, drag, groove, key};
use super::{live_viewer, of_sensor, says};
use crate::support::*;

fn value(world: &World, kind: ControlKind) -> Option<i32> {
    of_sensor::<SensorColorReport>(world)?.get(kind)?.value
}

/// The viewer on its tab "Colour", once the camera has told its ranges.
fn colors(stand_in: &StandIn) -> App {
    let mut app = live_viewer(stand_in.path(), &["--tab", "colour"]);
    update_until(&mut app, "the controls", |world| {
        says(world, "White balance") && value(world, ControlKind::Brightness).is_some()
    });
    update(&mut app);
    app
}

#[test]
fn every_control_is_set_by_the_pointer_and_the_camera_takes_it() {
    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let mut app = colors(&stand_in);
    // At first exposure is automatic: the slider has no value, and no value was sent to the camera.
    assert_eq!(value(app.world(), ControlKind::Exposure), None);
    let sliders = [
        ("Brightness", ControlKind::Brightness, 255),
        ("Contrast", ControlKind::Contrast, 10),
        ("Saturation", ControlKind::Saturation, 63),
        ("Sharpness", ControlKind::Sharpness, 4),
        ("Exposure", ControlKind::Exposure, 33_330),
        ("White balance", ControlKind::WhiteBalance, 12_500),
        ("Gain", ControlKind::Gain, 255),
    ];
    for (name, kind, largest) in sliders {
        let (left, right) = groove(&mut app, name);
        drag(&mut app, left.midpoint(right), right + Vec2::X * 40.0);
        update_until(&mut app, name, |world| value(world, kind) == Some(largest));
    }
    // An exposure is cut to what the frame rate allows, and the panel says so.
    assert!(says(app.world_mut(), "than a frame of 33333 us allows"));
    let backlight = value(app.world(), ControlKind::BacklightCompensation);
    click_in_row(&mut app, "Backlight", ">");
    update_until(&mut app, "backlight", |world| {
        value(world, ControlKind::BacklightCompensation) != backlight
    });
    let powerline = value(app.world(), ControlKind::PowerlineFrequency);
    click_in_row(&mut app, "Powerline", ">");
    update_until(&mut app, "powerline", |world| {
        value(world, ControlKind::PowerlineFrequency) != powerline
    });
    click_in_row(&mut app, "White balance", "auto");
    update_until(&mut app, "automatic white balance", |world| {
        value(world, ControlKind::WhiteBalance).is_none()
    });
    click_text(&mut app, "Reset to the camera");
    update_until(&mut app, "the defaults", |world| {
        value(world, ControlKind::Exposure).is_none()
            && value(world, ControlKind::Brightness) == Some(128)
            && value(world, ControlKind::Contrast) == Some(5)
            && value(world, ControlKind::PowerlineFrequency) == powerline
    });
    let told = stand_in.statistics();
    assert_eq!(told.misuse, 0, "{:?}", told.misuses);
}

#[test]
fn keys_choose_a_control_and_change_it() {
    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let mut app = colors(&stand_in);
    // The button with the sources, five tabs, exposure, white balance, brightness.
    for _ in 0..9 {
        key(&mut app, KeyCode::ArrowDown);
    }
    let before = value(app.world(), ControlKind::Brightness).unwrap();
    key(&mut app, KeyCode::ArrowRight);
    key(&mut app, KeyCode::ArrowRight);
    update_until(&mut app, "brighter", |world| {
        value(world, ControlKind::Brightness) == Some(before + 2)
    });
    for _ in 0..2 {
        key(&mut app, KeyCode::ArrowUp);
    }
    key(&mut app, KeyCode::Enter);
    update_until(&mut app, "manual exposure", |world| {
        value(world, ControlKind::Exposure).is_some()
    });
    // Esc leaves the control first, and does not end the viewer.
    key(&mut app, KeyCode::Escape);
    assert!(app.should_exit().is_none());
    key(&mut app, KeyCode::Escape);
    assert!(app.should_exit().is_some());
}

#[test]
fn what_the_camera_refuses_is_on_the_screen() {
    let mut device = DeviceScript::new("1");
    // Brightness.
    device.controls = vec![ControlFault {
        command: Some(2),
        set_fails: true,
        ..ControlFault::default()
    }];
    let stand_in = StandIn::microsoft(&Script::of([device]));
    let mut app = live_viewer(stand_in.path(), &["--tab", "colour"]);
    update_until(&mut app, "the refusal", |world| {
        says(world, "Brightness: the device refused 128")
    });
}
