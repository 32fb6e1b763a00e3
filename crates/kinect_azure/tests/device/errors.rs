//! Every kind of error that a live sensor has.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use k4a_standin::{DeviceScript, Fails, Fault, Part, Script, StandIn, When};
use kinect_azure::device::{
    DeviceSelector, DeviceSettings, DeviceSource, DeviceVendor, OpenContext, SyncGroup,
};
use kinect_azure::{ColorResolution, DepthMode, Recovery, SourceErrorKind, WiredSyncMode};

use super::{both_cameras, run_until_error, settings};

fn refused(settings: &DeviceSettings) -> (SourceErrorKind, Recovery) {
    let error = DeviceSource::open(settings).unwrap_err();
    assert!(!error.reason.is_empty());
    (error.kind, error.recovery())
}

fn one(device: DeviceScript) -> StandIn {
    StandIn::microsoft(&Script::of([device]))
}

#[test]
fn a_library_that_is_missing_and_one_that_cannot_be_used() {
    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let named = |path: &str| DeviceSettings {
        library: Some(path.into()),
        ..settings(&stand_in)
    };
    assert_eq!(
        refused(&named("/nowhere/libk4a.so.1.4")),
        (SourceErrorKind::NoLibrary, Recovery::GiveUp)
    );
    let no_library = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    assert_eq!(
        refused(&named(no_library)),
        (SourceErrorKind::UnusableLibrary, Recovery::GiveUp)
    );
    let other_vendor = DeviceSettings {
        vendor: DeviceVendor::Orbbec,
        ..settings(&stand_in)
    };
    assert_eq!(
        refused(&other_vendor),
        (SourceErrorKind::UnusableLibrary, Recovery::GiveUp)
    );
}

#[test]
fn a_sensor_that_is_not_there_or_not_free() {
    let not_connected = (SourceErrorKind::NotConnected, Recovery::Retry);
    let none = StandIn::microsoft(&Script::of([]));
    assert_eq!(refused(&settings(&none)), not_connected);

    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let chosen = |device| DeviceSettings {
        device,
        ..settings(&stand_in)
    };
    let by_serial = |serial: &str| chosen(DeviceSelector::Serial(serial.to_owned()));
    assert_eq!(refused(&chosen(DeviceSelector::Index(3))), not_connected);
    assert_eq!(refused(&by_serial("unknown")), not_connected);

    let source = DeviceSource::open(&settings(&stand_in)).unwrap();
    let claimed = (SourceErrorKind::Claimed, Recovery::Retry);
    assert_eq!(refused(&settings(&stand_in)), claimed);
    assert_eq!(refused(&chosen(DeviceSelector::Index(0))), claimed);
    assert_eq!(refused(&by_serial("000000000001")), claimed);
    drop(source);

    let library = k4a::Library::load_from(stand_in.path()).unwrap();
    let others = library.open_device(0).unwrap();
    let in_use = (SourceErrorKind::InUse, Recovery::Retry);
    assert_eq!(refused(&settings(&stand_in)), in_use);
    assert_eq!(refused(&chosen(DeviceSelector::Index(0))), in_use);
    // The serial number of this sensor cannot be read, so it may be the wanted sensor.
    assert_eq!(refused(&by_serial("000000000001")), in_use);
    drop(others);
    DeviceSource::open(&settings(&stand_in)).unwrap();
}

#[test]
fn a_sensor_that_does_not_open_or_start() {
    let denied = one(DeviceScript {
        open_denied: true,
        ..DeviceScript::default()
    });
    assert_eq!(
        refused(&settings(&denied)),
        (SourceErrorKind::NotPermitted, Recovery::GiveUp)
    );
    let broken = one(DeviceScript {
        open_fails: Fails::Always,
        ..DeviceScript::default()
    });
    assert_eq!(
        refused(&settings(&broken)),
        (SourceErrorKind::OpenRefused, Recovery::Retry)
    );
    let idle = one(DeviceScript {
        start_fails: Fails::Always,
        ..DeviceScript::default()
    });
    assert_eq!(
        refused(&settings(&idle)),
        (SourceErrorKind::StartRefused, Recovery::GiveUp)
    );
}

#[test]
fn settings_and_cables_that_do_not_fit() {
    let stand_in = StandIn::microsoft(&Script::healthy(1));
    let both_off = DeviceSettings {
        depth_mode: DepthMode::Off,
        color_resolution: ColorResolution::Off,
        ..settings(&stand_in)
    };
    let bad = (SourceErrorKind::BadSettings, Recovery::GiveUp);
    assert_eq!(refused(&both_off), bad);
    let mut source = DeviceSource::open(&settings(&stand_in)).unwrap();
    assert_eq!(source.configure(&both_off).unwrap_err().kind, bad.0);

    let subordinate = DeviceSettings {
        wired_sync_mode: WiredSyncMode::Subordinate,
        ..settings(&stand_in)
    };
    drop(source);
    assert_eq!(
        refused(&subordinate),
        (SourceErrorKind::NoSyncCable, Recovery::Retry)
    );
}

#[test]
fn opening_that_is_broken_off() {
    let stand_in = one(DeviceScript::default().cables(false, true));
    let group = Arc::new(SyncGroup::default());
    group.expect(1);
    let context = OpenContext {
        sync: Some(group),
        stop: Arc::new(AtomicBool::new(true)),
    };
    let master = DeviceSettings {
        wired_sync_mode: WiredSyncMode::Master,
        ..both_cameras(&stand_in)
    };
    let error = DeviceSource::open_in(&master, context).unwrap_err();
    assert_eq!(
        (error.kind, error.recovery()),
        (SourceErrorKind::Cancelled, Recovery::Retry)
    );
}

#[test]
fn a_sensor_that_stops_and_captures_that_cannot_be_used() {
    let unplug = |silent| Fault::Unplug {
        back_after_ms: None,
        times: None,
        silent,
    };
    for fault in [unplug(false), unplug(true), Fault::Silence, Fault::Fail] {
        let stand_in = one(DeviceScript::default().fault(When::At(5), fault));
        let mut source = DeviceSource::open(&settings(&stand_in)).unwrap();
        let error = run_until_error(&mut source, |_, _| {});
        assert_eq!(
            (error.kind, error.recovery()),
            (SourceErrorKind::Lost, Recovery::Retry),
            "{fault:?}: {error}"
        );
    }
    let broken = DeviceScript::default()
        .fault(When::At(2), Fault::OddSize(Part::Depth))
        .fault(When::At(2), Fault::OddSize(Part::Ir));
    let stand_in = one(broken);
    let mut source = DeviceSource::open(&settings(&stand_in)).unwrap();
    let error = run_until_error(&mut source, |_, _| {});
    assert_eq!(
        (error.kind, error.recovery()),
        (SourceErrorKind::BadCapture, Recovery::NextCapture),
        "{error}"
    );
    assert_eq!(source.status().bad_images, 2);
}
