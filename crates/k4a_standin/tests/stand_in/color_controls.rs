//! Colour controls: capabilities, limits, exposure steps, and the values that a device stores.

use k4a_standin::{DeviceScript, Firmware, Script, StandIn};

use crate::client::{Client, FAILED, SMALL, SUCCEEDED, USUAL};

const AUTO: i32 = 0;
const MANUAL: i32 = 1;
const EXPOSURE: i32 = 0;
const POWERLINE: i32 = 9;

#[test]
fn capabilities_are_the_devices() {
    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap();
    for (command, expected) in [
        (0, (true, 500, 133_330, 100, 16_670, AUTO)),
        (1, (false, 0, 0, 0, 0, MANUAL)),
        (2, (false, 0, 255, 1, 128, MANUAL)),
        (3, (false, 0, 10, 1, 5, MANUAL)),
        (4, (false, 0, 63, 1, 32, MANUAL)),
        (5, (false, 0, 4, 1, 2, MANUAL)),
        (6, (true, 2500, 12_500, 10, 4500, AUTO)),
        (7, (false, 0, 1, 1, 0, MANUAL)),
        (8, (false, 0, 255, 1, 128, MANUAL)),
        (9, (false, 1, 2, 1, 2, MANUAL)),
    ] {
        assert_eq!(device.capabilities(command), Ok(expected), "{command}");
        let (_, _, _, _, default, mode) = expected;
        assert_eq!(device.get(command), Ok((mode, default)), "{command}");
    }
    for unknown in [-1, 10, 11, i32::MAX] {
        assert_eq!(device.capabilities(unknown), Err(FAILED));
        assert_eq!(device.get(unknown), Err(FAILED));
        assert_eq!(device.set(unknown, MANUAL, 0), FAILED);
    }
    assert_eq!(device.set(POWERLINE, MANUAL, 1), SUCCEEDED);
    assert_eq!(
        device.capabilities(EXPOSURE),
        Ok((true, 500, 130_000, 100, 20_000, AUTO))
    );
}

#[test]
fn gain_depends_on_the_firmware() {
    let stand_in = StandIn::microsoft(&Script::of([DeviceScript {
        firmware: Firmware {
            rgb: [1, 6, 106],
            ..Firmware::default()
        },
        ..DeviceScript::default()
    }]));
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap();
    assert_eq!(device.capabilities(8), Ok((false, 0, 255, 1, 0, MANUAL)));
}

#[test]
fn wrong_values_and_modes_are_refused() {
    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap();
    for (command, mode, value) in [
        (2, AUTO, 0),
        (2, 2, 100),
        (2, MANUAL, 256),
        (2, MANUAL, -1),
        (6, MANUAL, 2490),
        (6, MANUAL, 4505),
        (9, MANUAL, 0),
        (9, MANUAL, 3),
        (5, MANUAL, 5),
    ] {
        assert_eq!(
            device.set(command, mode, value),
            FAILED,
            "{command} {mode} {value}"
        );
    }
    for (command, mode, value) in [
        (2, MANUAL, 255),
        (6, MANUAL, 4510),
        (6, AUTO, 99),
        (1, MANUAL, 1),
    ] {
        assert_eq!(device.set(command, mode, value), SUCCEEDED);
    }
    assert_eq!(device.get(2), Ok((MANUAL, 255)));
    assert_eq!(device.get(6).map(|(mode, _)| mode), Ok(AUTO));
    let seen = stand_in.statistics().controls;
    assert_eq!(seen.len(), 13);
    assert_eq!(seen.iter().filter(|c| c.accepted).count(), 4);
    assert_eq!((seen[10].command, seen[10].value), (6, 4510));
}

#[test]
fn exposure_is_raised_to_a_step_of_what_the_process_set_as_powerline() {
    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let client = Client::of(&stand_in);
    let snapped = |device: &crate::client::Device<'_>, usec| {
        assert_eq!(device.set(EXPOSURE, MANUAL, usec), SUCCEEDED);
        device.get(EXPOSURE).unwrap().1
    };
    let device = client.open(0).unwrap();
    let sixty = [
        (1, 500),
        (500, 500),
        (2501, 8330),
        (8331, 16_670),
        (999_999, 133_330),
    ];
    for (asked, got) in sixty {
        assert_eq!(snapped(&device, asked), got);
    }
    assert_eq!(device.set(POWERLINE, MANUAL, 1), SUCCEEDED);
    for (asked, got) in [
        (2501, 10_000),
        (8331, 10_000),
        (10_001, 20_000),
        (999_999, 130_000),
    ] {
        assert_eq!(snapped(&device, asked), got);
    }
    drop(device);
    // The device stores 50 Hz; the library does not read it.
    let device = client.open(0).unwrap();
    assert_eq!(device.get(POWERLINE), Ok((MANUAL, 1)));
    assert_eq!(snapped(&device, 8331), 16_670);
}

#[test]
fn a_device_remembers_its_controls_until_it_loses_power() {
    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let client = Client::of(&stand_in);
    assert_eq!(client.open(0).unwrap().set(2, MANUAL, 7), SUCCEEDED);
    stand_in.unplug("000000000001");
    stand_in.replug("000000000001");
    stand_in.configure(&Script::healthy(2));
    assert_eq!(client.open(0).unwrap().get(2), Ok((MANUAL, 7)));
    let seen = &stand_in.statistics().by_serial["000000000001"];
    assert_eq!(seen.controls[&2], (MANUAL, 7));
    stand_in.power_cycle("000000000001");
    assert_eq!(client.open(0).unwrap().get(2), Ok((MANUAL, 128)));
}

#[test]
fn images_say_how_they_were_taken() {
    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap();
    assert_eq!(device.set(EXPOSURE, MANUAL, 133_330), SUCCEEDED);
    assert_eq!(device.set(6, MANUAL, 3000), SUCCEEDED);
    let device = device.started(USUAL);
    let color = device.capture().color().unwrap();
    // The exposure time is not longer than a frame.
    assert_eq!(color.settings(), (33_333, 3000, 100));
    device.stop();
    assert_eq!(
        device.set(EXPOSURE, MANUAL, 2500),
        SUCCEEDED,
        "also while stopped"
    );
    let device = device.started(USUAL);
    assert_eq!(device.capture().color().unwrap().settings().0, 2500);
    device.stop();
    let device = device.started(SMALL);
    assert_eq!(device.capture().depth().unwrap().settings(), (0, 0, 0));
}
