//! Faults in frames: each fault has the effect that its name gives, and does not change the frames before and after it.

use std::time::{Duration, Instant};

use k4a::abi::DeviceConfiguration;
use k4a_standin::{ControlFault, DeviceScript, Fails, Fault, Part, Script, StandIn, When};

use crate::client::{Capture, Client, FAILED, SMALL, SUCCEEDED, TIMEOUT, USUAL};

/// A device twice as fast as a real one, with a fault in frame 1 (frames 0 and 2 are healthy).
fn with_fault(fault: Fault) -> StandIn {
    StandIn::microsoft(&Script {
        speed: 2.0,
        ..Script::of([DeviceScript::default().fault(When::At(1), fault)])
    })
}

/// The state of frame 1; the frames before and after it must be intact.
fn spoilt<R>(fault: Fault, look: impl FnOnce(&Capture<'_>) -> R) -> R {
    // The stand-in throws frames away while nobody takes them, as the library does: on a busy computer frame 1 can be lost.
    for _ in 0..20 {
        let stand_in = with_fault(fault);
        let client = Client::of(&stand_in);
        let device = client.open(0).unwrap().started(USUAL);
        let captures = [device.capture(), device.capture(), device.capture()];
        let times = [&captures[0], &captures[2]].map(|c| c.depth().unwrap().usec());
        if times != [200_000, 266_666] {
            continue;
        }
        for healthy in [&captures[0], &captures[2]] {
            let color = healthy.color().unwrap();
            assert_eq!(color.layout(), (0, 1280, 720, 0));
            assert!(color.bytes().starts_with(&[0xFF, 0xD8]));
            assert!(color.bytes().ends_with(&[0xFF, 0xD9]));
            assert_eq!(healthy.depth().unwrap().layout(), (4, 640, 576, 1280));
            assert_eq!(healthy.ir().unwrap().bytes().len(), 640 * 576 * 2);
        }
        let found = look(&captures[1]);
        drop((captures, device));
        assert!(stand_in.statistics().is_clean());
        return found;
    }
    panic!("frames 0 to 2 were never taken in time");
}

#[test]
fn images_can_be_missing() {
    let there = |c: &Capture<'_>| (c.color().is_some(), c.depth().is_some(), c.ir().is_some());
    assert_eq!(spoilt(Fault::NoColor, there), (false, true, true));
    assert_eq!(spoilt(Fault::NoDepth, there), (true, false, true));
    assert_eq!(spoilt(Fault::NoIr, there), (true, true, false));
}

#[test]
fn sizes_can_be_wrong() {
    for part in [Part::Color, Part::Depth, Part::Ir] {
        let image = |capture: &Capture<'_>| {
            match part {
                Part::Color => capture.color(),
                Part::Depth => capture.depth(),
                Part::Ir => capture.ir(),
            }
            .map(|image| (image.layout(), image.bytes().len()))
            .unwrap()
        };
        let ((format, width, height, stride), size) = spoilt(Fault::OddSize(part), image);
        let whole = if part == Part::Color {
            (1279, 719)
        } else {
            (639, 575)
        };
        assert_eq!((width, height), whole);
        let (small, small_size) = spoilt(Fault::SmallBuffer(part), image);
        assert_eq!(small, (format, width + 1, height + 1, stride));
        // JPEGs of different frames differ a little in size.
        assert!(small_size.abs_diff(size / 2) < 2000);
        assert_eq!(spoilt(Fault::ZeroSize(part), image), ((format, 0, 0, 0), 0));
        let (bad, _) = spoilt(Fault::BadFormat(part), image);
        assert_eq!(bad, (99, width + 1, height + 1, stride));
    }
}

#[test]
fn jpegs_can_be_broken() {
    let bytes = |capture: &Capture<'_>| capture.color().unwrap().bytes().to_vec();
    let truncated = spoilt(Fault::TruncatedJpeg, bytes);
    assert!(truncated.starts_with(&[0xFF, 0xD8]) && !truncated.ends_with(&[0xFF, 0xD9]));
    let garbage = spoilt(Fault::GarbageJpeg, bytes);
    assert!(!garbage.starts_with(&[0xFF, 0xD8]));
    assert!(garbage.len() > truncated.len());
}

#[test]
fn time_can_jump_back() {
    let usec = spoilt(Fault::TimestampsBack(150_000), |c| {
        (c.color().unwrap().usec(), c.depth().unwrap().usec())
    });
    assert_eq!(usec, (83_333, 83_333));
    assert_eq!(
        spoilt(Fault::TimestampsBack(u64::MAX), |c| c.ir().unwrap().usec()),
        0
    );
}

#[test]
fn waiting_can_succeed_without_a_capture() {
    let stand_in = with_fault(Fault::NullCapture);
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap().started(SMALL);
    device.capture();
    let (code, capture) = device.wait(1000);
    assert!(code == SUCCEEDED && capture.is_none());
    device.capture();
}

#[test]
fn waiting_can_fail_or_find_nothing_until_the_cameras_start_again() {
    for (fault, code) in [(Fault::Fail, FAILED), (Fault::Silence, TIMEOUT)] {
        let stand_in = with_fault(fault);
        let client = Client::of(&stand_in);
        let device = client.open(0).unwrap().started(SMALL);
        for _ in 0..2 {
            device.capture();
            assert_eq!(device.wait(100).0, code);
            assert_eq!(device.wait(0).0, code);
            assert_eq!(client.count(), 1, "it is plugged in");
            device.stop();
            assert_eq!(device.start(SMALL), SUCCEEDED);
        }
    }
}

#[test]
fn frames_can_be_late_or_lost() {
    let stand_in = StandIn::microsoft(&Script::of([
        DeviceScript::default().fault(When::At(1), Fault::Late(150))
    ]));
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap().started(SMALL);
    device.capture();
    let start = Instant::now();
    assert_eq!(device.capture().depth().unwrap().usec(), 233_333);
    let took = start.elapsed();
    assert!(took >= Duration::from_millis(140), "{took:?}");
    assert_eq!(device.capture().depth().unwrap().usec(), 266_666);

    let stand_in = StandIn::microsoft(&Script {
        speed: 2.0,
        ..Script::of([DeviceScript::default().fault(When::Every(2), Fault::Dropped)])
    });
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap().started(SMALL);
    let numbers: Vec<u64> = (0..4)
        .map(|_| (device.capture().depth().unwrap().usec() - 200_000) / 33_333)
        .collect();
    assert_eq!(numbers, [0, 2, 4, 6]);
}

#[test]
fn synchronised_captures_are_whole_or_not_there() {
    let stand_in = StandIn::microsoft(&Script {
        speed: 2.0,
        ..Script::of([DeviceScript::default().fault(When::Every(2), Fault::NoColor)])
    });
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap().started(DeviceConfiguration {
        synchronized_images_only: true,
        ..USUAL
    });
    for _ in 0..5 {
        let capture = device.capture();
        assert!(capture.color().is_some() && capture.depth().is_some());
    }
}

#[test]
fn faults_combine() {
    let device = DeviceScript::default()
        .fault(When::Every(2), Fault::NoIr)
        .fault(When::Every(3), Fault::OddSize(Part::Depth))
        .fault(When::From(4), Fault::TimestampsBack(100_000));
    let stand_in = StandIn::microsoft(&Script {
        speed: 2.0,
        ..Script::of([device])
    });
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap().started(SMALL);
    let seen: Vec<(bool, bool, u64)> = (0..6)
        .map(|_| {
            let capture = device.capture();
            let depth = capture.depth().unwrap();
            (
                capture.ir().is_some(),
                depth.layout().1 == 320,
                depth.usec(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (true, true, 200_000),
            (false, true, 233_333),
            (true, false, 266_666),
            (false, true, 299_999),
            (true, true, 233_332),
            (false, false, 266_665),
        ]
    );
}

#[test]
fn the_inertial_sensors_can_refuse_to_start() {
    let stand_in = StandIn::microsoft(&Script::of([DeviceScript {
        imu_start_fails: Fails::Times(1),
        ..DeviceScript::default()
    }]));
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap().started(SMALL);
    assert_eq!(device.start_imu(), FAILED);
    assert_eq!(device.start_imu(), SUCCEEDED);
}

#[test]
fn the_first_frame_can_take_its_time() {
    let stand_in = StandIn::microsoft(&Script::of([DeviceScript {
        first_frame_ms: 500,
        ..DeviceScript::default()
    }]));
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap().started(SMALL);
    assert_eq!(device.wait(150).0, TIMEOUT);
    device.capture();
}

#[test]
fn colour_controls_can_refuse_and_answer_nonsense() {
    let stand_in = StandIn::microsoft(&Script::of([DeviceScript {
        controls: vec![
            ControlFault {
                command: Some(0),
                set_fails: true,
                ..ControlFault::default()
            },
            ControlFault {
                command: Some(2),
                get_fails: true,
                ..ControlFault::default()
            },
            ControlFault {
                command: Some(3),
                capabilities_fail: true,
                ..ControlFault::default()
            },
            ControlFault {
                command: Some(4),
                nonsense: true,
                ..ControlFault::default()
            },
        ],
        ..DeviceScript::default()
    }]));
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap();
    assert_eq!(device.set(0, 1, 8330), FAILED);
    assert!(device.get(0).is_ok() && device.capabilities(0).is_ok());
    assert_eq!(device.get(2), Err(FAILED));
    assert_eq!(device.set(2, 1, 100), SUCCEEDED);
    assert_eq!(device.capabilities(3), Err(FAILED));
    assert_eq!(device.get(4), Ok((7, i32::MIN)));
    assert_eq!(device.capabilities(4), Ok((true, 10, -10, 0, 99, 7)));
    assert!(device.get(5).is_ok() && device.capabilities(5).is_ok());
    assert_eq!(device.set(5, 1, 3), SUCCEEDED);
}

#[test]
fn wrong_scripts_change_nothing_and_say_why() {
    let stand_in = StandIn::microsoft(&Script::healthy(2));
    let client = Client::of(&stand_in);
    for (json, word) in [
        ("{", "EOF"),
        (r#"{"devices": [{"serial": "two words"}]}"#, "devices[0]"),
        (r#"{"captures": 1000}"#, "1 to 64"),
    ] {
        let problem = stand_in.try_configure(json).unwrap_err();
        assert!(problem.contains(word), "{problem}");
        assert_eq!(client.count(), 2);
    }
    stand_in.try_configure(r#"{"devices": []}"#).unwrap();
    assert_eq!(client.count(), 0);
}
