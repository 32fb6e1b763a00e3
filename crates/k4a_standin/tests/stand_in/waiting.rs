//! Waiting for captures and inertial samples: limits, being woken, queues.

use std::time::{Duration, Instant};

use k4a::abi::DeviceConfiguration;
use k4a_standin::{DeviceScript, Fault, Script, StandIn, When};

use crate::client::{Client, Device, FAILED, SMALL, SUCCEEDED, TIMEOUT, USUAL, call};

/// A device that never delivers.
fn silent() -> StandIn {
    StandIn::microsoft(&Script::of([
        DeviceScript::default().fault(When::From(0), Fault::Silence)
    ]))
}

#[test]
fn polling_does_not_wait_and_limits_are_kept() {
    let stand_in = silent();
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap().started(SMALL);
    let start = Instant::now();
    for _ in 0..100 {
        assert_eq!(device.wait(0).0, TIMEOUT);
    }
    assert!(start.elapsed() < Duration::from_millis(500));
    let start = Instant::now();
    assert_eq!(device.wait(120).0, TIMEOUT);
    let took = start.elapsed();
    assert!(took >= Duration::from_millis(120), "{took:?}");
    assert!(took < Duration::from_millis(600), "{took:?}");
}

#[test]
fn waiting_without_running_cameras_fails_at_once() {
    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap();
    assert_eq!(device.wait(-1).0, FAILED);
    assert_eq!(device.imu(-1).0, FAILED);
    assert_eq!(stand_in.statistics().misuse, 0);
}

/// The result of a call that waits without a limit when another thread stops or closes the device.
fn woken(wait: impl Fn(&Device) -> i32 + Sync, act: impl Fn(&StandIn, &Client, &Device)) -> i32 {
    let stand_in = silent();
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap().started(SMALL);
    assert_eq!(device.start_imu(), SUCCEEDED);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| wait(&device));
        std::thread::sleep(Duration::from_millis(50));
        assert!(!waiting.is_finished());
        assert_eq!(stand_in.statistics().inside, 1);
        let start = Instant::now();
        act(&stand_in, &client, &device);
        let code = waiting.join().unwrap();
        let took = start.elapsed();
        assert!(took < Duration::from_secs(1), "{took:?}");
        assert_eq!(stand_in.statistics().inside, 0);
        code
    })
}

#[test]
fn who_waits_for_ever_is_woken() {
    let capture = |device: &Device| device.wait(-1).0;
    assert_eq!(woken(capture, |_, _, device| device.stop()), FAILED);
    assert_eq!(
        woken(capture, |_, client, device| {
            call!(client, device_close(device.handle));
        }),
        FAILED
    );
    assert_eq!(
        woken(capture, |stand_in, _, _| stand_in.unplug("000000000001")),
        FAILED
    );
    assert_eq!(
        woken(capture, |_, _, device| {
            device.stop();
            call!(device.client, device_stop_imu(device.handle));
            device.start(SMALL);
        }),
        FAILED,
        "the cameras that run now are others"
    );
    // A thread reads samples until another thread stops the device.
    let samples = |device: &Device| loop {
        let (code, _) = device.imu(-1);
        if code != SUCCEEDED {
            break code;
        }
    };
    assert_eq!(
        woken(samples, |_, client, device| call!(
            client,
            device_stop_imu(device.handle)
        )),
        FAILED
    );
    assert_eq!(
        woken(samples, |stand_in, _, _| stand_in.unplug("000000000001")),
        FAILED
    );
}

#[test]
fn a_full_queue_loses_the_oldest() {
    let stand_in = StandIn::microsoft(&Script {
        speed: 10.0,
        ..Script::healthy(1)
    });
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap().started(SMALL);
    // 20 frames in 67 ms.
    std::thread::sleep(Duration::from_millis(70));
    let first = device.capture().depth().unwrap().usec();
    let seen = &stand_in.statistics().by_serial["000000000001"];
    assert!(seen.overflowed >= 12, "{seen:?}");
    assert_eq!(first, 200_000 + seen.overflowed * 33_333);
    // Six more captures are in the queue.
    for n in 1..7 {
        let (code, capture) = device.wait(0);
        assert_eq!(code, SUCCEEDED);
        let usec = capture.unwrap().depth().unwrap().usec();
        assert!(usec >= first + n * 33_333);
    }
}

#[test]
fn captures_come_at_the_frame_rate() {
    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap().started(USUAL);
    device.capture();
    let start = Instant::now();
    for _ in 0..15 {
        device.capture();
    }
    let took = start.elapsed().as_secs_f64();
    assert!((0.44..0.8).contains(&took), "{took}");
}

#[test]
fn inertial_samples_come_in_packets_after_the_cameras() {
    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap();
    assert_eq!(device.start_imu(), FAILED, "the cameras do not run");
    assert_eq!(device.start(SMALL), SUCCEEDED);
    assert_eq!(device.start_imu(), SUCCEEDED);
    assert_eq!(device.start_imu(), FAILED, "they run already");
    let start = Instant::now();
    let mut samples = Vec::new();
    while samples.len() < 800 {
        let (code, sample) = device.imu(1000);
        assert_eq!(code, SUCCEEDED);
        samples.push(sample);
    }
    let took = start.elapsed().as_secs_f64();
    assert!((0.45..0.7).contains(&took), "{took}");
    for pair in samples.windows(2) {
        assert_eq!(pair[1].acc_timestamp_usec - pair[0].acc_timestamp_usec, 625);
        assert_ne!(pair[1].gyro, pair[0].gyro);
    }
    for sample in &samples {
        let length = sample.acc.iter().map(|v| v * v).sum::<f32>().sqrt();
        assert!((length - 9.807).abs() < 0.05, "{length}");
        assert!(sample.acc[2] < -9.0, "down is z: {:?}", sample.acc);
        assert_eq!(sample.acc_timestamp_usec, sample.gyro_timestamp_usec);
        assert!((30.0..35.0).contains(&sample.temperature));
    }
    // The samples have the clock of the images.
    let (image, sample) = (device.capture(), device.imu(1000).1);
    let apart = image
        .depth()
        .unwrap()
        .usec()
        .abs_diff(sample.acc_timestamp_usec);
    assert!(apart < 1_000_000, "{apart}");
    // The queue holds half a second of samples; then the oldest samples are dropped.
    std::thread::sleep(Duration::from_millis(700));
    let mut waiting = 0;
    while device.imu(0).0 == SUCCEEDED {
        waiting += 1;
    }
    assert!((833..900).contains(&waiting), "{waiting}");
    device.stop();
    assert_eq!(device.start(SMALL), FAILED, "the inertial sensors run");
    call!(client, device_stop_imu(device.handle));
    assert_eq!(device.start(SMALL), SUCCEEDED);
}

#[test]
fn a_subordinate_waits_for_its_master() {
    let stand_in = StandIn::microsoft(&Script::of([
        DeviceScript::new("m").cables(false, true),
        DeviceScript::new("s").cables(true, false),
    ]));
    let client = Client::of(&stand_in);
    let (master, subordinate) = (client.open(0).unwrap(), client.open(1).unwrap());
    assert_eq!(master.jacks(), Ok((false, true)));
    assert_eq!(subordinate.jacks(), Ok((true, false)));
    let follow = DeviceConfiguration {
        wired_sync_mode: 2,
        subordinate_delay_off_master_usec: 160,
        ..USUAL
    };
    let lead = DeviceConfiguration {
        wired_sync_mode: 1,
        ..USUAL
    };
    assert_eq!(master.start(follow), FAILED, "it has no cable for that");
    assert_eq!(subordinate.start(follow), SUCCEEDED);
    assert_eq!(subordinate.wait(200).0, TIMEOUT);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| subordinate.wait(-1).0);
        std::thread::sleep(Duration::from_millis(20));
        assert_eq!(master.start(lead), SUCCEEDED);
        assert_eq!(waiting.join().unwrap(), SUCCEEDED);
    });
    let (a, b) = (master.capture(), subordinate.capture());
    assert_eq!((a.color().unwrap().usec() - 200_000) % 33_333, 0);
    assert_eq!((b.color().unwrap().usec() - 200_160) % 33_333, 0);
    master.stop();
    while subordinate.wait(0).0 == SUCCEEDED {}
    assert_eq!(subordinate.wait(200).0, TIMEOUT, "the beat has gone");
    assert_eq!(master.start(lead), SUCCEEDED);
    assert_eq!(subordinate.wait(1000).0, SUCCEEDED);
    stand_in.unplug("m");
    while subordinate.wait(0).0 == SUCCEEDED {}
    assert_eq!(subordinate.wait(200).0, TIMEOUT, "the master is gone");
}

#[test]
fn depth_is_late_by_its_delay() {
    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let client = Client::of(&stand_in);
    let device = client.open(0).unwrap();
    for delay in [160, -160] {
        let configuration = DeviceConfiguration {
            depth_delay_off_color_usec: delay,
            ..USUAL
        };
        assert_eq!(device.start(configuration), SUCCEEDED);
        let capture = device.capture();
        let apart = capture.depth().unwrap().usec() as i64 - capture.color().unwrap().usec() as i64;
        assert_eq!(apart, i64::from(delay));
        device.stop();
    }
}
