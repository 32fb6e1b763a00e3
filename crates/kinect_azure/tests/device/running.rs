//! Tests of faults of a running sensor.

use std::time::{Duration, Instant};

use k4a_standin::{DeviceScript, Fault, Script, StandIn, When};
use kinect_azure::device::{ColorControls, DeviceSettings, DeviceSource, Exposure};
use kinect_azure::{
    Capture, CaptureSource, ColorResolution, NextCapture, Recovery, SourceErrorKind, WiredSyncMode,
};

use super::{both_cameras, run_until_error, settings};

fn one(device: DeviceScript) -> StandIn {
    StandIn::microsoft(&Script::of([device]))
}

/// Takes `count` captures, which must arrive within ten seconds.
fn captures(source: &mut DeviceSource, count: usize) -> Vec<Capture> {
    let end = Instant::now() + Duration::from_secs(10);
    let mut captures = Vec::new();
    while captures.len() < count {
        assert!(Instant::now() < end, "{} captures came", captures.len());
        match source.next_capture(Duration::from_millis(20)).unwrap() {
            NextCapture::Capture(capture) => captures.push(capture),
            NextCapture::Timeout | NextCapture::End => {}
        }
    }
    captures
}

#[test]
fn a_camera_that_stops_is_a_warning_and_then_a_restart_while_the_other_goes_on() {
    type Gone = fn(&Capture) -> bool;
    let cases: [(Fault, &str, Gone); 3] = [
        (Fault::NoColor, "colour", |capture| capture.color.is_none()),
        (Fault::NoDepth, "depth", |capture| capture.depth.is_none()),
        (Fault::NoIr, "infrared", |capture| capture.ir.is_none()),
    ];
    for (fault, name, gone) in cases {
        let stand_in = one(DeviceScript::default().fault(When::From(10), fault));
        let mut source = DeviceSource::open(&both_cameras(&stand_in)).unwrap();
        let (mut without, mut warned) = (0, Vec::new());
        let error = run_until_error(&mut source, |source, capture| {
            without += usize::from(gone(&capture));
            warned.clone_from(&source.status().warnings);
        });
        assert_eq!(
            (error.kind, error.recovery()),
            (SourceErrorKind::CameraStopped, Recovery::Retry)
        );
        assert!(error.reason.contains(name), "{error}");
        assert!(
            warned.len() == 1 && warned[0].contains(name),
            "{name}: {warned:?}"
        );
        // At 30 a second for twice the watchdog of half a second.
        assert!(without >= 20, "{name}: {without} captures of the others");
    }
}

#[test]
fn a_restart_brings_a_stopped_camera_back_while_the_sensor_stays_open() {
    // Frames are counted from 0 at each start.
    let stand_in = one(DeviceScript::default().fault(When::From(10), Fault::NoColor));
    let mut source = DeviceSource::open(&both_cameras(&stand_in)).unwrap();
    let error = run_until_error(&mut source, |_, _| {});
    assert_eq!(error.kind, SourceErrorKind::CameraStopped);
    source.restart().unwrap();
    assert!(source.status().warnings.is_empty());
    let captures = captures(&mut source, 5);
    assert!(captures.iter().all(|capture| capture.color.is_some()));
    assert_eq!(stand_in.statistics().by_serial["000000000001"].opened, 1);
}

#[test]
fn inertial_samples_that_stop_are_a_warning_and_begin_again() {
    let stand_in = one(DeviceScript {
        imu_stops_after: Some(100),
        ..DeviceScript::default()
    });
    let mut source = DeviceSource::open(&settings(&stand_in)).unwrap();
    let end = Instant::now() + Duration::from_secs(10);
    let mut samples = 0;
    while samples < 200 {
        assert!(Instant::now() < end, "{samples} samples came");
        source.next_capture(Duration::from_millis(20)).unwrap();
        while source.next_imu_sample().unwrap().is_some() {
            samples += 1;
        }
    }
    let status = source.status();
    assert_eq!(status.warnings.len(), 1, "{:?}", status.warnings);
    assert!(status.warnings[0].contains("inertial samples stopped"));
}

#[test]
fn images_missing_now_and_then_are_no_warning() {
    let stand_in = one(DeviceScript::default().fault(When::Every(3), Fault::NoColor));
    let mut source = DeviceSource::open(&both_cameras(&stand_in)).unwrap();
    captures(&mut source, 40);
    assert!(source.status().warnings.is_empty());
}

#[test]
fn images_are_kept_when_the_clock_is_set_back() {
    let stand_in =
        one(DeviceScript::default().fault(When::Every(10), Fault::TimestampsBack(40_000)));
    let mut source = DeviceSource::open(&settings(&stand_in)).unwrap();
    let captures = captures(&mut source, 45);
    assert!(captures.iter().all(|capture| capture.depth.is_some()));
    let status = source.status();
    assert!(status.clock_jumps >= 3, "{} jumps", status.clock_jumps);
    assert_eq!((status.repeated_times, status.bad_images), (0, 0));
}

#[test]
fn images_are_kept_and_counted_when_the_clock_stands_still() {
    let stand_in =
        one(DeviceScript::default().fault(When::Every(1), Fault::TimestampsBack(u64::MAX)));
    let mut source = DeviceSource::open(&settings(&stand_in)).unwrap();
    let captures = captures(&mut source, 20);
    assert!(captures.iter().all(|capture| capture.depth.is_some()));
    let times = captures.iter().map(Capture::device_timestamp_usec);
    assert!(times.into_iter().all(|time| time == Some(0)));
    let status = source.status();
    assert_eq!((status.repeated_times, status.clock_jumps), (19, 0));
    assert_eq!(status.missed_captures, 0);
    assert_eq!(status.warnings.len(), 1, "{:?}", status.warnings);
    assert!(status.warnings[0].contains("clock stands still"));
}

#[test]
fn automatic_exposure_in_a_wired_synchronisation_is_a_warning_until_it_is_manual() {
    let stand_in = one(DeviceScript::default().cables(true, false));
    let subordinate = DeviceSettings {
        wired_sync_mode: WiredSyncMode::Subordinate,
        ..both_cameras(&stand_in)
    };
    let is_warned = |source: &DeviceSource| {
        let warnings = &source.status().warnings;
        warnings
            .iter()
            .any(|warning| warning.contains("automatic exposure"))
    };
    let mut source = DeviceSource::open(&subordinate).unwrap();
    assert!(is_warned(&source), "{:?}", source.status().warnings);
    let manual = ColorControls {
        exposure: Exposure::Manual(8330),
        ..ColorControls::default()
    };
    source.set_color_controls(&manual);
    assert!(!is_warned(&source));
    source.set_color_controls(&ColorControls::default());
    assert!(is_warned(&source));
    let without_color = DeviceSettings {
        color_resolution: ColorResolution::Off,
        ..subordinate
    };
    source.configure(&without_color).unwrap();
    assert!(!is_warned(&source));
    drop(source);
    let source = DeviceSource::open(&both_cameras(&stand_in)).unwrap();
    assert!(!is_warned(&source), "a sensor alone may decide itself");
}
