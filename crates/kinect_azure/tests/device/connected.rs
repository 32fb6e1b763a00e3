//! Tests of the list of connected sensors.

use std::time::{Duration, Instant};

use k4a_standin::{DeviceScript, Script, StandIn};
use kinect_azure::device::{self, DeviceSource, DeviceVendor};

use super::settings;

const PATIENCE: Duration = Duration::from_secs(5);

#[test]
fn a_sensor_of_this_program_is_known_without_opening_it() {
    let cabled = DeviceScript::new("000000000002").cables(true, false);
    let stand_in = StandIn::microsoft(&Script::of([DeviceScript::new("000000000001"), cabled]));
    let settings = settings(&stand_in);
    assert_eq!(device::count(&settings), Ok(2));
    let _source = DeviceSource::open(&settings).unwrap();
    let found = device::list(&settings, PATIENCE).unwrap();
    assert_eq!(
        (found.vendor, found.problem),
        (DeviceVendor::Microsoft, None)
    );
    let [own, free] = found.sensors.as_slice() else {
        panic!("{:?}", found.sensors);
    };
    assert_eq!(own.serial.as_deref(), Some("000000000001"));
    assert!(own.in_use && own.problem.is_none() && own.color_firmware.is_none());
    assert_eq!(
        (free.serial.as_deref(), free.index),
        (Some("000000000002"), 1)
    );
    assert_eq!(free.color_firmware.as_deref(), Some("1.6.110"));
    assert!(!free.in_use && free.problem.is_none());
    assert_eq!(
        (free.sync_in_connected, free.sync_out_connected),
        (Some(true), Some(false))
    );
    assert_eq!(free.auto_exposure, Some(true));
    assert_eq!(free.vendor, DeviceVendor::Microsoft);
}

#[test]
fn a_sensor_that_does_not_open_in_time_is_given_up() {
    let slow = DeviceScript {
        open_ms: 1500,
        ..DeviceScript::new("000000000001")
    };
    let stand_in = StandIn::microsoft(&Script::of([slow, DeviceScript::new("000000000002")]));
    let start = Instant::now();
    let found = device::list(&settings(&stand_in), Duration::from_millis(200)).unwrap();
    assert!(start.elapsed() < Duration::from_millis(1200));
    assert!(found.problem.is_some());
    let problems: Vec<_> = found
        .sensors
        .iter()
        .map(|one| one.problem.is_some())
        .collect();
    assert_eq!(problems, [true, true]);
    // The abandoned thread still uses the library; it must end before the library is unloaded.
    std::thread::sleep(Duration::from_secs(2));
}
