//! The simulated sensor's captures.

use std::time::Duration;

use kinect_azure::{CaptureSource, FrameRate, Image, NextCapture};
use kinect_simulation::{Noise, SimulatedSensor, SimulationSettings};

use super::drawn::{Drawn, Key, share};
use super::threads::Counted;
use crate::library::memory::Memory;

/// A slow rate, so that people move between captures also in a short loop; every mode has it.
const RATE: FrameRate = FrameRate::Fps15;

pub(super) fn draw(key: &Key) -> Result<Vec<Drawn>, String> {
    // These threads have ended when the function returns, because a library with threads cannot be unloaded.
    rayon::ThreadPoolBuilder::new()
        .build_scoped(
            |thread| {
                let _counted = Counted::new();
                thread.run();
            },
            |pool| pool.install(|| draw_here(key)),
        )
        .map_err(|error| format!("no threads to draw people with: {error}"))?
}

fn draw_here(key: &Key) -> Result<Vec<Drawn>, String> {
    let settings = SimulationSettings {
        noise: Noise {
            dropped_captures: 0.0,
            dropped_color: 0.0,
            late_captures: 0.0,
            ..Noise::default()
        },
        depth_mode: key.depth,
        color_resolution: key.color,
        color_format: Some(key.format.unwrap_or_default()),
        frame_rate: RATE,
        imu: false,
        ..SimulationSettings::default()
    };
    let explain = |error: kinect_azure::SourceError| error.to_string();
    let mut sensor = SimulatedSensor::new(&settings)
        .map_err(explain)?
        .as_fast_as_possible();
    let mut captures = Vec::new();
    while captures.len() < key.captures as usize {
        let next = sensor
            .next_capture(Duration::from_secs(1))
            .map_err(explain)?;
        let NextCapture::Capture(capture) = next else {
            return Err("the simulated sensor delivers nothing".into());
        };
        let memory = |image: &Option<std::sync::Arc<Image>>| -> Result<Option<std::sync::Arc<Memory>>, String> {
            image.as_ref().map(|image| share(image.bytes())).transpose()
        };
        captures.push(Drawn {
            color: memory(&capture.color)?,
            depth: memory(&capture.depth)?,
            ir: memory(&capture.ir)?,
        });
    }
    Ok(captures)
}
