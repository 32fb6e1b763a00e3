//! The images of the simulated sensor in a pair of modes.

use std::time::Duration;

use kinect_azure::{Capture, CaptureSource, ColorResolution, DepthMode, FrameRate, NextCapture};
use kinect_simulation::{SimulatedSensor, SimulationSettings};

/// The first capture of a room with two people, and its sensor.
pub fn simulated(
    depth_mode: DepthMode,
    color_resolution: ColorResolution,
) -> (SimulatedSensor, Capture) {
    let mut sensor = SimulatedSensor::new(&SimulationSettings {
        depth_mode,
        color_resolution,
        people: 2,
        frame_rate: FrameRate::Fps15,
        ..SimulationSettings::default()
    })
    .unwrap()
    .as_fast_as_possible();
    let NextCapture::Capture(capture) = sensor.next_capture(Duration::from_secs(9)).unwrap() else {
        panic!("no capture");
    };
    (sensor, capture)
}
