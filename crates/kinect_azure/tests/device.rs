//! Tests of live sensors with the stand-in of the vendor's library, which plays scripted faults.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "device/connected.rs"]
mod connected;
#[path = "device/errors.rs"]
mod errors;
#[path = "device/running.rs"]
mod running;

use std::time::{Duration, Instant};

use k4a_standin::StandIn;
use kinect_azure::device::{DeviceSettings, DeviceSource};
use kinect_azure::{Capture, CaptureSource, ColorResolution, DepthMode, NextCapture, SourceError};

/// Depth alone, in the smallest mode, with a watchdog of half a second.
fn settings(stand_in: &StandIn) -> DeviceSettings {
    DeviceSettings {
        library: Some(stand_in.path().to_owned()),
        depth_mode: DepthMode::Nfov2x2Binned,
        color_resolution: ColorResolution::Off,
        watchdog: Duration::from_millis(500),
        ..DeviceSettings::default()
    }
}

/// Both cameras.
fn both_cameras(stand_in: &StandIn) -> DeviceSettings {
    DeviceSettings {
        color_resolution: ColorResolution::R720p,
        ..settings(stand_in)
    }
}

/// Takes captures until there is an error, which must come within ten seconds.
fn run_until_error(
    source: &mut DeviceSource,
    mut seen: impl FnMut(&DeviceSource, Capture),
) -> SourceError {
    let end = Instant::now() + Duration::from_secs(10);
    while Instant::now() < end {
        match source.next_capture(Duration::from_millis(20)) {
            Ok(NextCapture::Capture(capture)) => seen(source, capture),
            Ok(NextCapture::Timeout) => {}
            Ok(NextCapture::End) => panic!("a sensor does not end"),
            Err(error) => return error,
        }
        while source
            .next_imu_sample()
            .is_ok_and(|sample| sample.is_some())
        {}
    }
    panic!("ten seconds without an error");
}
