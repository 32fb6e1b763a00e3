//! The code of docs/from-the-vendors-sdk.md.

use std::time::Duration;

use bevy::prelude::*;
use bevy_kinect_azure::prelude::*;
use kinect_azure::device::{DeviceSettings, DeviceSource};
use kinect_azure::{CaptureSource, NextCapture, SourceError};

fn depth_images() -> Result<(), SourceError> {
    let mut source = DeviceSource::open(&DeviceSettings::default())?;
    loop {
        match source.next_capture(Duration::from_secs(1))? {
            NextCapture::Capture(capture) => {
                if let Some(depth) = &capture.depth {
                    println!("{} × {} pixels", depth.width, depth.height);
                }
            }
            NextCapture::Timeout => continue,
            NextCapture::End => return Ok(()),
        }
    }
}

fn depth_in_the_middle(sensors: Query<&SensorFrame, Changed<SensorFrame>>) {
    for newest in &sensors {
        if let Some(metres) = newest.depth_metres(320, 288) {
            info!("{metres} m");
        }
    }
}
