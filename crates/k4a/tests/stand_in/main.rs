//! Tests of devices with the stand-in library, which needs no sensor and plays scripted faults.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use k4a::{
    Capture, ClockSync, ColorControl, ColorControlMode, ColorResolution, DepthMode, Device,
    DeviceConfiguration, ErrorKind, ImageFormat, Library, Vendor, Wait, WiredSyncMode,
};
use k4a_standin::{
    CalibrationFault, ControlFault, DeviceScript, Fault, Part, Script, SerialFault, StandIn, When,
};
use k4a_standin_orbbec as _;

const SOON: Duration = Duration::from_secs(10);

fn one(device: DeviceScript) -> (StandIn, Library) {
    let stand_in = StandIn::microsoft(&Script {
        speed: 10.0,
        ..Script::of([device])
    });
    let library = Library::load_from(stand_in.path()).unwrap();
    (stand_in, library)
}

fn configuration() -> DeviceConfiguration {
    DeviceConfiguration {
        color_resolution: ColorResolution::R720p,
        depth_mode: DepthMode::Nfov2x2Binned,
        synchronized_images_only: true,
        ..DeviceConfiguration::default()
    }
}

/// The JSON as a device stores it, without a NUL at the end.
fn is_json(raw: &[u8]) -> bool {
    let text = raw.trim_ascii_end();
    text.starts_with(b"{") && text.ends_with(b"}") && !raw.contains(&0)
}

fn next(device: &Device) -> Capture {
    device.next_capture(SOON).unwrap().ready().unwrap()
}

#[test]
fn a_healthy_device_tells_what_it_is_and_streams() {
    let (stand_in, library) = one(DeviceScript::new("000000000007").cables(true, false));
    assert_eq!(library.vendor(), Vendor::Microsoft);
    assert_eq!(library.device_count(), 1);
    let device = library.open_device(0).unwrap();
    assert_eq!(device.serial_number().unwrap(), "000000000007");
    let version = device.version().unwrap();
    assert!(version.color.is_some() && version.depth.is_some());
    let jacks = device.sync_jacks().unwrap();
    assert!(jacks.in_connected && !jacks.out_connected);
    let raw = device.raw_calibration().unwrap();
    assert!(is_json(&raw), "{:?}", raw.last_chunk::<20>());
    device
        .calibration(DepthMode::Nfov2x2Binned, ColorResolution::R720p)
        .unwrap();
    assert_eq!(device.product_id(), None);
    assert_eq!(device.wired_sync_mode().unwrap(), None);

    assert!(device.start_imu().is_err(), "cameras first");
    device.start_cameras(&configuration()).unwrap();
    device.start_imu().unwrap();
    let capture = next(&device);
    let color = capture.color().unwrap().unwrap();
    assert_eq!(color.format(), ImageFormat::ColorMjpg);
    let depth = capture.depth().unwrap().unwrap();
    assert_eq!(
        (depth.width(), depth.height(), depth.stride()),
        (320, 288, 640)
    );
    assert!(capture.ir().unwrap().is_some());
    assert!(depth.device_timestamp_usec() > 0);
    let sample = device.next_imu_sample(SOON).unwrap().ready().unwrap();
    assert!(sample.acc_timestamp_usec > 0);
    device.stop_imu();
    device.stop_cameras();
    // Images stay valid after the device and the capture were dropped.
    drop((capture, device));
    assert_eq!(depth.bytes().len(), 320 * 288 * 2);
    drop((color, depth));
    let statistics = stand_in.statistics();
    assert_eq!(statistics.misuse, 0);
}

#[test]
fn opening_twice_and_opening_what_is_not_there_are_told_apart() {
    let (_stand_in, library) = one(DeviceScript::default());
    let device = library.open_device(0).unwrap();
    let taken = library.open_device(0).unwrap_err();
    assert!(
        matches!(taken.kind(), ErrorKind::Failed | ErrorKind::InUse),
        "{taken:?}"
    );
    assert!(!taken.advice().is_empty());
    let missing = library.open_device(3).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NoDevice);
    assert!(
        missing.to_string().contains("one is connected"),
        "{missing}"
    );
    drop(device);
    library.open_device(0).unwrap();
}

#[test]
fn a_stop_from_another_thread_wakes_whoever_waits_for_a_capture() {
    let (_stand_in, library) = one(DeviceScript::default().fault(When::From(0), Fault::Silence));
    let device = library.open_device(0).unwrap();
    device.start_cameras(&configuration()).unwrap();
    device.start_imu().unwrap();
    let ready = Barrier::new(3);
    let begin = Instant::now();
    thread::scope(|scope| {
        let captures = scope.spawn(|| {
            ready.wait();
            device.next_capture(Duration::from_secs(60))
        });
        let samples = scope.spawn(|| {
            ready.wait();
            // Queued samples are read until none are left.
            while let Ok(Wait::Ready(_)) = device.next_imu_sample(Duration::from_secs(60)) {}
        });
        ready.wait();
        thread::sleep(Duration::from_millis(100));
        device.stop_imu();
        device.stop_cameras();
        let error = captures.join().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Lost);
        samples.join().unwrap();
    });
    assert!(
        begin.elapsed() < Duration::from_secs(20),
        "{:?}",
        begin.elapsed()
    );
}

#[test]
fn every_call_from_many_threads_at_once_is_no_misuse() {
    let (stand_in, library) = one(DeviceScript::default());
    let device = library.open_device(0).unwrap();
    let until = Instant::now() + Duration::from_secs(2);
    let again = |call: &(dyn Fn(&Device) + Sync)| {
        while Instant::now() < until {
            call(&device);
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| again(&|d| drop(d.next_capture(Duration::from_millis(5)))));
        scope.spawn(|| again(&|d| drop(d.next_capture(Duration::ZERO))));
        scope.spawn(|| again(&|d| drop(d.next_imu_sample(Duration::from_millis(1)))));
        scope.spawn(|| {
            again(&|d| {
                let _ = d.start_cameras(&configuration());
                let _ = d.start_imu();
                thread::sleep(Duration::from_millis(30));
                d.stop_imu();
                d.stop_cameras();
            });
        });
        scope.spawn(|| {
            again(&|d| {
                d.serial_number().unwrap();
                d.color_control(ColorControl::Brightness).unwrap();
                let _ = d.set_color_control(ColorControl::Brightness, ColorControlMode::Manual, 7);
            });
        });
    });
    drop(device);
    assert_eq!(stand_in.statistics().misuse, 0);
}

#[test]
fn an_unplugged_device_is_lost_and_its_images_stay() {
    let unplug = Fault::Unplug {
        back_after_ms: Some(50),
        times: Some(1),
        silent: false,
    };
    let (_stand_in, library) = one(DeviceScript::default().fault(When::At(5), unplug));
    let device = library.open_device(0).unwrap();
    device.start_cameras(&configuration()).unwrap();
    let mut kept = Vec::new();
    let error = loop {
        match device.next_capture(SOON) {
            Ok(Wait::Ready(capture)) => kept.push(capture),
            Ok(Wait::TimedOut) => panic!("it should fail"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::Lost);
    drop(device);
    assert!(!kept.is_empty());
    for capture in &kept {
        assert!(
            capture
                .depth()
                .unwrap()
                .is_some_and(|depth| depth.bytes().len() == 320 * 288 * 2)
        );
    }
    let back = Instant::now() + SOON;
    while library.device_count() == 0 && Instant::now() < back {
        thread::sleep(Duration::from_millis(10));
    }
    let device = library.open_device(0).unwrap();
    device.start_cameras(&configuration()).unwrap();
    next(&device);
}

#[test]
fn one_capture_that_is_null_is_a_timeout_and_many_in_a_row_are_an_error() {
    let (_stand_in, library) = one(DeviceScript::default().fault(When::At(1), Fault::NullCapture));
    let device = library.open_device(0).unwrap();
    device.start_cameras(&configuration()).unwrap();
    let waits: Vec<_> = (0..4).map(|_| device.next_capture(SOON).unwrap()).collect();
    let empty = waits
        .iter()
        .filter(|wait| matches!(wait, Wait::TimedOut))
        .count();
    assert_eq!(empty, 1);
    drop(device);

    let (_stand_in, library) =
        one(DeviceScript::default().fault(When::From(0), Fault::NullCapture));
    let device = library.open_device(0).unwrap();
    device.start_cameras(&configuration()).unwrap();
    let error = (0..20)
        .find_map(|_| device.next_capture(SOON).err())
        .unwrap();
    assert_eq!(error.kind(), ErrorKind::Unexpected);
}

#[test]
fn images_that_cannot_be_are_errors_and_the_others_of_the_capture_are_there() {
    for fault in [
        Fault::SmallBuffer(Part::Depth),
        Fault::ZeroSize(Part::Depth),
        Fault::BadFormat(Part::Depth),
    ] {
        let (stand_in, library) = one(DeviceScript::default().fault(When::From(0), fault));
        let device = library.open_device(0).unwrap();
        device.start_cameras(&configuration()).unwrap();
        let capture = next(&device);
        let error = capture.depth().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unexpected, "{fault:?}");
        assert!(error.to_string().contains("invalid image"), "{error}");
        assert!(capture.color().unwrap().is_some());
        assert!(capture.ir().unwrap().is_some());
        drop((capture, device));
        assert_eq!(stand_in.statistics().misuse, 0, "{fault:?}");
    }
    let (_stand_in, library) =
        one(DeviceScript::default().fault(When::From(0), Fault::OddSize(Part::Depth)));
    let device = library.open_device(0).unwrap();
    device.start_cameras(&configuration()).unwrap();
    // The image does not have the size of the mode, but is valid. Its user must check the size.
    let depth = next(&device).depth().unwrap().unwrap();
    assert_eq!((depth.width(), depth.height()), (319, 287));
}

#[test]
fn images_that_are_missing_are_none() {
    let (_stand_in, library) = one(DeviceScript::default().fault(When::From(0), Fault::NoColor));
    let device = library.open_device(0).unwrap();
    let configuration = DeviceConfiguration {
        synchronized_images_only: false,
        ..configuration()
    };
    device.start_cameras(&configuration).unwrap();
    assert!(next(&device).color().unwrap().is_none());
}

#[test]
fn colour_controls_tell_what_they_can_and_refuse_what_they_cannot() {
    let refused = ControlFault {
        command: Some(ColorControl::Sharpness.code()),
        set_fails: true,
        ..ControlFault::default()
    };
    let nonsense = ControlFault {
        command: Some(ColorControl::Contrast.code()),
        nonsense: true,
        ..ControlFault::default()
    };
    let (_stand_in, library) = one(DeviceScript {
        controls: vec![refused, nonsense],
        ..DeviceScript::default()
    });
    let device = library.open_device(0).unwrap();
    let exposure = device
        .color_control_capabilities(ColorControl::ExposureTimeAbsolute)
        .unwrap();
    assert!(exposure.supports_auto && exposure.min < exposure.max);
    assert_eq!(exposure.default_mode, ColorControlMode::Auto);
    device
        .set_color_control(ColorControl::Brightness, ColorControlMode::Manual, 200)
        .unwrap();
    assert_eq!(
        device.color_control(ColorControl::Brightness).unwrap(),
        (ColorControlMode::Manual, 200)
    );
    for (control, mode, value) in [
        (ColorControl::Brightness, ColorControlMode::Manual, 256),
        (ColorControl::Brightness, ColorControlMode::Auto, 0),
        (ColorControl::Sharpness, ColorControlMode::Manual, 2),
        (ColorControl::Hdr, ColorControlMode::Manual, 1),
    ] {
        let error = device.set_color_control(control, mode, value).unwrap_err();
        assert!(
            error.to_string().contains(&format!("{control:?}")),
            "{error}"
        );
    }
    let error = device
        .color_control_capabilities(ColorControl::Contrast)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unexpected);
}

#[test]
fn serial_numbers_and_calibrations_that_are_odd_do_no_harm() {
    for fault in [
        SerialFault::Missing,
        SerialFault::Empty,
        SerialFault::TooLong,
        SerialFault::NotText,
        SerialFault::Unterminated,
    ] {
        let (_stand_in, library) = one(DeviceScript {
            serial_fault: Some(fault),
            ..DeviceScript::default()
        });
        let serial = library.open_device(0).unwrap().serial_number();
        match fault {
            SerialFault::Missing => assert!(serial.is_err()),
            SerialFault::Empty => assert_eq!(serial.unwrap(), ""),
            SerialFault::TooLong => assert_eq!(serial.unwrap().len(), 300),
            SerialFault::NotText => assert!(serial.unwrap().contains('\u{FFFD}')),
            SerialFault::Unterminated => assert_eq!(serial.unwrap(), "000000000001"),
        }
    }
    for fault in [
        CalibrationFault::Missing,
        CalibrationFault::Garbage,
        CalibrationFault::Unterminated,
        CalibrationFault::Nonsense,
    ] {
        let (_stand_in, library) = one(DeviceScript {
            calibration: Some(fault),
            ..DeviceScript::default()
        });
        let device = library.open_device(0).unwrap();
        let raw = device.raw_calibration();
        let typed = device.calibration(DepthMode::NfovUnbinned, ColorResolution::R720p);
        match fault {
            CalibrationFault::Missing => assert!(raw.is_err()),
            CalibrationFault::Garbage => assert!(!raw.unwrap().is_empty()),
            CalibrationFault::Unterminated => assert!(is_json(&raw.unwrap())),
            CalibrationFault::Nonsense => {
                assert_eq!(typed.unwrap_err().kind(), ErrorKind::Unexpected);
            }
        }
    }
}

#[test]
fn orbbecs_library_is_known_by_its_functions_and_its_ways_are_handled() {
    let stand_in = StandIn::orbbec(&Script::healthy(1));
    let library = Library::load_from(stand_in.path()).unwrap();
    assert_eq!(library.vendor(), Vendor::Orbbec);
    let device = library.open_device(0).unwrap();
    let raw = device.raw_calibration().unwrap();
    assert!(is_json(&raw), "{:?}", raw.last_chunk::<20>());
    assert!(device.product_id().is_some());
    device.enable_soft_filter(true).unwrap();
    device
        .set_clock_sync(ClockSync::Reset { delay_usec: 0 })
        .unwrap();
    device
        .set_clock_sync(ClockSync::WithHost {
            interval_usec: 1_000_000,
        })
        .unwrap();
    drop(library.depth_engine_helper().unwrap());
    library.set_orbbec_extensions_directory("/tmp").unwrap();
    device
        .start_cameras(&DeviceConfiguration {
            color_format: ImageFormat::ColorNv12,
            wired_sync_mode: WiredSyncMode::Master,
            ..configuration()
        })
        .unwrap();
    let color = next(&device).color().unwrap().unwrap();
    // The library reports 0.
    assert_eq!(color.stride(), 1280);
    assert_eq!(
        device.wired_sync_mode().unwrap(),
        Some(WiredSyncMode::Master)
    );
    let version = device.version().unwrap();
    assert!(version.color.is_none() && version.depth.is_some());
    drop((color, device));
    assert_eq!(stand_in.statistics().misuse, 0);
}

#[test]
fn two_vendors_run_side_by_side() {
    let (microsoft, orbbec) = (
        StandIn::microsoft(&Script::healthy(1)),
        StandIn::orbbec(&Script::healthy(1)),
    );
    let libraries = [microsoft.path(), orbbec.path()].map(|path| Library::load_from(path).unwrap());
    let devices = libraries
        .each_ref()
        .map(|library| library.open_device(0).unwrap());
    for device in &devices {
        device.start_cameras(&configuration()).unwrap();
    }
    let captures = devices.each_ref().map(next);
    let mut mixed = libraries[0].create_capture().unwrap();
    let foreign = captures[1].depth().unwrap().unwrap();
    assert!(mixed.set_depth(Some(&foreign)).is_err());
    let own = captures[0].depth().unwrap().unwrap();
    mixed.set_depth(Some(&own)).unwrap();
    drop((foreign, own, mixed, captures, devices));
    assert_eq!(
        (microsoft.statistics().misuse, orbbec.statistics().misuse),
        (0, 0)
    );
}

#[test]
fn opening_and_closing_again_and_again_leaves_nothing_behind() {
    let (stand_in, library) = one(DeviceScript::default());
    let cycle = || {
        let device = library.open_device(0).unwrap();
        device.start_cameras(&configuration()).unwrap();
        let capture = next(&device);
        drop((
            capture.color().unwrap(),
            capture.depth().unwrap(),
            capture.clone(),
        ));
    };
    for _ in 0..50 {
        cycle();
    }
    let statistics = stand_in.statistics();
    assert_eq!(statistics.misuse, 0);
    println!("{statistics:?}");
}
