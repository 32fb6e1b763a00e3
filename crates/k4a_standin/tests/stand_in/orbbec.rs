//! Orbbec's library: its functions and its differences.

use std::ptr::null_mut;

use k4a::abi::DeviceConfiguration;
use k4a_standin::{DeviceScript, Fails, Script, StandIn};
use kinect_azure::RawCalibration;

use crate::client::{Client, FAILED, SMALL, SUCCEEDED, USUAL, call};

fn orbbec(device: DeviceScript) -> (StandIn, Client) {
    // Uses the crate, so that the compiler does not report an unused dependency.
    let _ = k4a_standin_orbbec::k4a_device_get_pid;
    let stand_in = StandIn::orbbec(&Script::of([device]));
    let client = Client::of(&stand_in);
    (stand_in, client)
}

#[test]
fn the_libraries_are_told_apart_by_their_functions() {
    let (_stand_in, client) = orbbec(DeviceScript::default());
    let microsofts = StandIn::microsoft(&Script::healthy(1));
    let microsofts = Client::of(&microsofts);
    for name in [
        "k4a_set_orbbec_extensions_directory",
        "k4a_device_get_pid",
        "k4a_device_get_wired_sync_mode",
        "k4a_device_enable_soft_filter",
        "k4a_device_switch_device_clock_sync_mode",
        "k4a_depth_engine_helper_create",
        "k4a_depth_engine_helper_release",
    ] {
        assert!(client.has(name), "{name}");
        assert!(!microsofts.has(name), "{name}");
    }
    assert!(client.has("k4a_device_open") && microsofts.has("k4a_device_open"));
    let device = client.open(0).unwrap();
    assert_eq!(
        call!(client, optional device_get_pid(device.handle)),
        0x066B
    );
    assert_eq!(
        call!(client, optional device_get_wired_sync_mode(device.handle)),
        0
    );
    let mut helper = null_mut();
    assert_eq!(
        call!(client, optional depth_engine_helper_create(&raw mut helper)),
        SUCCEEDED
    );
    assert!(!helper.is_null());
    call!(client, optional depth_engine_helper_release(helper));
}

#[test]
fn opening_is_done_at_the_first_call() {
    let (stand_in, client) = orbbec(DeviceScript {
        open_fails: Fails::Times(1),
        open_ms: 300,
        ..DeviceScript::default()
    });
    let start = std::time::Instant::now();
    let device = client.open(0).unwrap();
    let other = client.open(0).unwrap();
    assert!(start.elapsed().as_millis() < 280);
    assert!(!stand_in.statistics().by_serial["000000000001"].open);
    assert_eq!(device.serial(), Err(FAILED));
    assert_eq!(device.serial().unwrap(), b"000000000001\0");
    assert!(start.elapsed().as_millis() >= 600);
    assert_eq!(other.serial(), Err(FAILED), "it is held");
    drop(device);
    assert!(other.version().is_ok());
    drop(other);
    assert!(stand_in.statistics().is_clean());
}

#[test]
fn its_differences_are_there() {
    let (stand_in, client) = orbbec(DeviceScript::default().cables(true, true));
    assert_eq!(call!(client, optional set_allocator(None, None)), FAILED);
    let device = client.open(0).unwrap();
    assert_eq!(device.jacks(), Ok((false, false)));
    let version = device.version().unwrap();
    assert_eq!(version.rgb, k4a::abi::Version::default());
    assert_eq!((version.depth.minor, version.firmware_signature), (6, 2));
    // Calibration: the size is a guess, the text has no NUL.
    let mut size = 0;
    let code = call!(
        client,
        device_get_raw_calibration(device.handle, null_mut(), &raw mut size)
    );
    assert_eq!((code, size), (2, 10_240));
    let text = device.raw_calibration().unwrap();
    assert!(text.len() < 10_240 && text.last() != Some(&0));
    RawCalibration::parse(&text).unwrap();
    let (mut size, mut small) = (10, [0; 10]);
    let code = call!(
        client,
        device_get_raw_calibration(device.handle, small.as_mut_ptr(), &raw mut size)
    );
    assert_eq!(code, FAILED);
    // Colour controls.
    assert_eq!(device.capabilities(2), Ok((false, 0, 100, 1, 50, 1)));
    assert_eq!(device.capabilities(7), Err(FAILED));
    assert_eq!(device.set(1, 1, 0), FAILED);
    assert_eq!(device.set(10, 1, 1), SUCCEEDED);
    assert_eq!(device.set(0, 1, 8377), SUCCEEDED);
    assert_eq!(device.get(0), Ok((1, 8300)));
    // Inertial sensors without cameras, 500 a second.
    assert_eq!(device.start_imu(), SUCCEEDED);
    let (first, second) = (device.imu(1000).1, device.imu(1000).1);
    assert_eq!(second.acc_timestamp_usec - first.acc_timestamp_usec, 2000);
    // Orbbec's library does not check cables, accepts 25 fps, and reports a stride of 0 for NV12.
    let configuration = DeviceConfiguration {
        color_format: 1,
        camera_fps: 3,
        wired_sync_mode: 1,
        ..USUAL
    };
    assert_eq!(device.start(configuration), SUCCEEDED);
    assert_eq!(
        call!(client, optional device_get_wired_sync_mode(device.handle)),
        1
    );
    let capture = device.capture();
    assert_eq!(capture.temperature(), 0.0);
    let (color, again) = (capture.color().unwrap(), capture.color().unwrap());
    assert_ne!(
        color.handle, again.handle,
        "each asking makes another object"
    );
    assert_eq!(color.bytes().as_ptr(), again.bytes().as_ptr());
    assert_eq!(color.layout(), (1, 1280, 720, 0));
    assert_eq!(color.bytes().len(), 1280 * 720 * 3 / 2);
    assert_eq!(color.system_nsec() % 1_000_000, 0);
    assert_eq!(device.capture().color().unwrap().usec(), 240_000);
    call!(client, optional image_set_exposure_usec(color.handle, 1));
    assert_eq!(color.settings().0, 8300);
    assert_eq!(device.set(10, 1, 1), FAILED, "HDR needs stopped cameras");
    device.stop();
    let delayed = DeviceConfiguration {
        depth_delay_off_color_usec: 33_333,
        camera_fps: 0,
        ..USUAL
    };
    assert_eq!(device.start(delayed), SUCCEEDED);
    device.stop();
    let too_late = DeviceConfiguration {
        depth_delay_off_color_usec: 33_334,
        ..delayed
    };
    assert_eq!(device.start(too_late), FAILED);
    drop((color, again, capture, device));
    assert!(stand_in.statistics().is_clean());
}

#[test]
fn both_libraries_live_side_by_side() {
    let (_orbbec, femto) = orbbec(DeviceScript::default());
    let microsofts = StandIn::microsoft(&Script::healthy(1));
    let azure = Client::of(&microsofts);
    let (a, b) = (
        femto.open(0).unwrap().started(SMALL),
        azure.open(0).unwrap().started(SMALL),
    );
    assert_eq!(a.capture().temperature(), 0.0);
    assert!(b.capture().temperature() > 30.0);
}
