//! Opening, starting, streaming, stopping, closing; being unplugged and coming back.

use std::time::{Duration, Instant};

use k4a::abi::DeviceConfiguration;
use k4a_standin::{DeviceScript, Fails, Fault, Firmware, Script, SerialFault, StandIn, When};

use crate::client::{Client, FAILED, SMALL, SUCCEEDED, TIMEOUT, USUAL, call, nothing};

fn one(device: DeviceScript) -> StandIn {
    StandIn::microsoft(&Script::of([device]))
}

#[test]
fn a_healthy_device_opens_streams_and_closes() {
    let stand_in = StandIn::microsoft(&Script::healthy(2));
    let client = Client::of(&stand_in);
    assert_eq!(client.count(), 2);
    let device = client.open(1).unwrap();
    assert_eq!(device.serial().unwrap(), b"000000000002\0");
    assert_eq!(device.jacks().unwrap(), (false, false));
    let version = device.version().unwrap();
    assert_eq!((version.rgb.minor, version.depth.iteration), (6, 79));
    assert_eq!((version.firmware_build, version.firmware_signature), (0, 0));
    assert_eq!(device.start(USUAL), SUCCEEDED);
    let mut last = 0;
    for number in 0..6 {
        let capture = device.capture();
        let (color, depth, ir) = (
            capture.color().unwrap(),
            capture.depth().unwrap(),
            capture.ir().unwrap(),
        );
        assert_eq!(color.layout(), (0, 1280, 720, 0));
        assert_eq!(depth.layout(), (4, 640, 576, 1280));
        assert_eq!(ir.layout(), (5, 640, 576, 1280));
        assert_eq!(depth.bytes().len(), 640 * 576 * 2);
        assert_eq!(depth.usec(), 200_000 + number * 33_333);
        assert_eq!(color.usec(), depth.usec());
        assert_eq!(ir.usec(), depth.usec());
        assert!(color.system_nsec() > last);
        last = color.system_nsec();
        assert!((30.0..40.0).contains(&capture.temperature()));
        assert_eq!(color.settings(), (8330, 4500, 100));
        assert_eq!(depth.settings(), (0, 0, 0));
    }
    let statistics = stand_in.statistics();
    let seen = &statistics.by_serial["000000000002"];
    assert!(seen.open && seen.streaming && seen.delivered == 6 && seen.started == 1);
    assert_eq!(statistics.configurations.len(), 1);
    assert!(statistics.configurations[0].accepted);
    assert_eq!(statistics.configurations[0].depth_mode, 2);
    assert_eq!(statistics.devices.live, 1);
    drop(device);
    let statistics = stand_in.statistics();
    assert!(statistics.is_clean(), "{statistics:?}");
    assert_eq!(statistics.captures.created, 6);
    assert_eq!(statistics.images.created, 18);
    assert_eq!(statistics.calls("k4a_device_get_capture"), 6);
    assert_eq!(statistics.calls("k4a_capture_release"), 6);
}

#[test]
fn opening_is_exclusive_and_wrong_indices_are_refused() {
    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let client = Client::of(&stand_in);
    assert_eq!(client.open(1).err(), Some(FAILED));
    let device = client.open(0).unwrap();
    assert_eq!(client.open(0).err(), Some(FAILED));
    drop(device);
    assert!(client.open(0).is_ok());
    assert_eq!(stand_in.statistics().misuse, 0);
}

#[test]
fn opening_can_be_slow_and_can_fail() {
    let stand_in = one(DeviceScript {
        open_ms: 120,
        open_fails: Fails::Times(2),
        ..DeviceScript::default()
    });
    let client = Client::of(&stand_in);
    let start = Instant::now();
    assert!(client.open(0).is_err());
    assert!(start.elapsed() >= Duration::from_millis(120));
    assert!(client.open(0).is_err());
    assert!(client.open(0).is_ok());
    stand_in.configure(&Script::of([DeviceScript {
        open_fails: Fails::Always,
        ..DeviceScript::default()
    }]));
    assert!(client.open(0).is_err());
    assert!(stand_in.statistics().is_clean());
}

#[test]
fn a_device_unplugged_while_it_opens_does_not_open() {
    let stand_in = one(DeviceScript {
        open_ms: 500,
        ..DeviceScript::default()
    });
    let client = Client::of(&stand_in);
    std::thread::scope(|scope| {
        let opening = scope.spawn(|| client.open(0).err());
        std::thread::sleep(Duration::from_millis(50));
        stand_in.unplug("000000000001");
        stand_in.replug("000000000001");
        assert_eq!(opening.join().unwrap(), Some(FAILED));
    });
    assert!(client.open(0).is_ok());
    assert!(stand_in.statistics().is_clean());
}

#[test]
fn old_firmware_does_not_open() {
    let stand_in = one(DeviceScript {
        firmware: Firmware::OLD,
        ..DeviceScript::default()
    });
    let client = Client::of(&stand_in);
    assert_eq!(client.count(), 1);
    assert!(client.open(0).is_err());
}

#[test]
fn serial_numbers_can_be_wrong() {
    for (fault, expected) in [
        (SerialFault::Missing, Err(FAILED)),
        (SerialFault::Empty, Ok(b"\0".to_vec())),
        (
            SerialFault::TooLong,
            Ok([vec![b'9'; 300], vec![0]].concat()),
        ),
        (SerialFault::NotText, Ok(b"\xC3\x28\xFF\0".to_vec())),
        (SerialFault::Unterminated, Ok(b"000000000001".to_vec())),
    ] {
        let stand_in = one(DeviceScript {
            serial_fault: Some(fault),
            ..DeviceScript::default()
        });
        let client = Client::of(&stand_in);
        assert_eq!(client.open(0).unwrap().serial(), expected);
    }
}

#[test]
fn versions_and_jacks_can_fail() {
    let stand_in = one(DeviceScript {
        version_fails: true,
        sync_jack_fails: true,
        ..DeviceScript::default()
    });
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap();
    assert_eq!(device.version(), Err(FAILED));
    assert_eq!(device.jacks(), Err(FAILED));
}

#[test]
fn configurations_are_checked() {
    let stand_in = one(DeviceScript::default());
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap();
    let c = USUAL;
    let bad = [
        DeviceConfiguration {
            color_format: 4,
            ..c
        },
        DeviceConfiguration {
            color_format: -1,
            ..SMALL
        },
        DeviceConfiguration {
            color_resolution: 7,
            ..c
        },
        DeviceConfiguration { depth_mode: 6, ..c },
        DeviceConfiguration { camera_fps: 3, ..c },
        DeviceConfiguration {
            color_resolution: 0,
            depth_mode: 0,
            ..c
        },
        DeviceConfiguration { depth_mode: 4, ..c },
        DeviceConfiguration {
            color_resolution: 6,
            ..c
        },
        DeviceConfiguration {
            color_format: 1,
            color_resolution: 2,
            ..c
        },
        DeviceConfiguration {
            color_format: 2,
            color_resolution: 5,
            ..c
        },
        DeviceConfiguration {
            depth_delay_off_color_usec: 33_334,
            ..c
        },
        DeviceConfiguration {
            depth_delay_off_color_usec: -33_334,
            ..c
        },
        DeviceConfiguration {
            depth_delay_off_color_usec: 1,
            ..SMALL
        },
        DeviceConfiguration {
            synchronized_images_only: true,
            ..SMALL
        },
        DeviceConfiguration {
            wired_sync_mode: 1,
            ..c
        },
        DeviceConfiguration {
            wired_sync_mode: 2,
            ..c
        },
        DeviceConfiguration {
            wired_sync_mode: 3,
            ..c
        },
        DeviceConfiguration {
            subordinate_delay_off_master_usec: 10,
            ..c
        },
    ];
    for configuration in bad {
        assert_eq!(device.start(configuration), FAILED, "{configuration:?}");
    }
    assert_eq!(
        call!(client, device_start_cameras(device.handle, nothing())),
        FAILED
    );
    let good = [
        DeviceConfiguration {
            camera_fps: 1,
            depth_mode: 4,
            color_resolution: 6,
            ..c
        },
        DeviceConfiguration {
            depth_delay_off_color_usec: -33_333,
            synchronized_images_only: true,
            ..c
        },
        DeviceConfiguration { depth_mode: 5, ..c },
        DeviceConfiguration {
            depth_mode: 0,
            color_format: 3,
            ..c
        },
    ];
    for configuration in good {
        assert_eq!(device.start(configuration), SUCCEEDED, "{configuration:?}");
        assert_eq!(device.start(configuration), FAILED, "it runs already");
        device.stop();
    }
    let seen = stand_in.statistics().configurations;
    assert_eq!(seen.iter().filter(|c| c.accepted).count(), good.len());
    assert_eq!(seen.len(), bad.len() + 2 * good.len());
}

#[test]
fn starting_stopping_and_closing_can_be_slow_and_starting_can_fail() {
    let stand_in = one(DeviceScript {
        start_ms: 60,
        start_fails: Fails::Times(1),
        stop_ms: 60,
        close_ms: 60,
        ..DeviceScript::default()
    });
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap();
    let slow = |act: &mut dyn FnMut()| {
        let start = Instant::now();
        act();
        assert!(start.elapsed() >= Duration::from_millis(60));
    };
    slow(&mut || assert_eq!(device.start(SMALL), FAILED));
    slow(&mut || assert_eq!(device.start(SMALL), SUCCEEDED));
    slow(&mut || device.stop());
    device.stop();
    let mut device = Some(device);
    slow(&mut || drop(device.take()));
    assert!(stand_in.statistics().is_clean());
}

#[test]
fn an_unplugged_device_fails_and_comes_back_to_who_opens_it_anew() {
    let stand_in = one(DeviceScript::default());
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap().started(SMALL);
    device.capture();
    stand_in.unplug("000000000001");
    assert_eq!(client.count(), 0);
    assert_eq!(device.wait(1000).0, FAILED);
    assert_eq!(device.wait(0).0, FAILED);
    assert_eq!(device.get(2), Err(FAILED));
    assert_eq!(device.jacks(), Err(FAILED));
    assert!(client.open(0).is_err());
    stand_in.replug("000000000001");
    assert_eq!(client.count(), 1);
    assert_eq!(device.wait(0).0, FAILED, "the old handle stays lost");
    let again = client.open(0).unwrap().started(SMALL);
    assert_eq!(again.capture().depth().unwrap().usec(), 200_000);
    drop(device);
    again.capture();
    drop(again);
    let statistics = stand_in.statistics();
    assert!(statistics.is_clean(), "{statistics:?}");
    assert_eq!(statistics.by_serial["000000000001"].unplugged, 1);
}

#[test]
fn unplugging_by_script_happens_at_its_frame_and_as_often_as_it_says() {
    let stand_in = one(DeviceScript::default().fault(
        When::At(3),
        Fault::Unplug {
            back_after_ms: Some(200),
            times: Some(2),
            silent: false,
        },
    ));
    let client = Client::of(&stand_in);
    for round in 0..3 {
        let device = client.open(0).unwrap().started(SMALL);
        for _ in 0..3 {
            device.capture();
        }
        let (code, _) = device.wait(1000);
        if round == 2 {
            assert_eq!(code, SUCCEEDED, "it happens twice only");
            break;
        }
        assert_eq!(code, FAILED);
        assert_eq!(client.count(), 0);
        drop(device);
        std::thread::sleep(Duration::from_millis(220));
        assert_eq!(client.count(), 1);
    }
    assert_eq!(stand_in.statistics().by_serial["000000000001"].unplugged, 2);
}

#[test]
fn some_hosts_only_time_out_when_a_device_is_unplugged() {
    let stand_in = one(DeviceScript::default().fault(
        When::At(1),
        Fault::Unplug {
            back_after_ms: None,
            times: None,
            silent: true,
        },
    ));
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap().started(SMALL);
    device.capture();
    assert_eq!(device.wait(150).0, TIMEOUT);
    assert_eq!(device.wait(0).0, TIMEOUT);
    assert_eq!(client.count(), 0);
    assert_eq!(device.start(SMALL), FAILED);
}

#[test]
fn a_device_that_leaves_the_script_is_unplugged_and_others_go_on() {
    let stand_in = StandIn::microsoft(&Script::healthy(2));
    let client = Client::of(&stand_in);
    let first = client.open(0).unwrap().started(SMALL);
    let second = client.open(1).unwrap().started(SMALL);
    let mut script = Script::healthy(2);
    script.devices.remove(0);
    script.devices[0] = script.devices[0].clone().fault(When::From(0), Fault::NoIr);
    stand_in.configure(&script);
    assert_eq!(first.wait(1000).0, FAILED);
    let capture = second.capture();
    assert!(capture.depth().is_some() && capture.ir().is_none());
    assert_eq!(client.count(), 1);
}

#[test]
fn many_lives_leave_nothing_behind() {
    let stand_in = StandIn::microsoft(&Script {
        speed: 100.0,
        ..Script::of([DeviceScript::default().fault(
            When::At(2),
            Fault::Unplug {
                back_after_ms: Some(1),
                times: None,
                silent: false,
            },
        )])
    });
    let client = Client::of(&stand_in);
    let mut bytes = 0;
    for round in 0..1000 {
        let device = loop {
            if let Ok(device) = client.open(0) {
                break device;
            }
            std::thread::sleep(Duration::from_micros(200));
        };
        assert_eq!(device.start(SMALL), SUCCEEDED);
        while device.wait(1000).0 == SUCCEEDED {}
        drop(device);
        if round == 0 {
            bytes = stand_in.statistics().bytes;
        }
    }
    let statistics = stand_in.statistics();
    assert!(statistics.is_clean(), "{:?}", statistics.misuses);
    assert_eq!(statistics.bytes, bytes);
    assert_eq!(statistics.by_serial["000000000001"].unplugged, 1000);
}
