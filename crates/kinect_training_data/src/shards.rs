//! Shards: folders of examples that are made beside each other and get their names once they are complete.

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::time::{Duration, Instant};

use kinect_azure::calibration::Camera;
use kinect_azure::{Capture, CaptureSource, NextCapture, PlaybackControl};
use kinect_simulation::{SimulatedSensor, SimulationSettings};
use rayon::prelude::*;

use crate::error::Error;

/// Makes the shards of a folder that are not there yet: `simulate` makes the examples of a shard by its number, and `write` writes
/// them into a folder and tells what they are.
pub(crate) fn make<T>(
    out: &Path,
    name: &str,
    numbers: Range<u64>,
    threads: usize,
    simulate: impl Fn(u64) -> Result<T, Error> + Sync,
    write: impl Fn(&T, &Path) -> Result<Written, Error> + Sync,
) -> Result<(), Error> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| Error::File { path, error }
    };
    fs::create_dir_all(out).map_err(failed(out))?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.max(1))
        .build()?;
    let shards: Vec<u64> = numbers.collect();
    pool.install(|| {
        shards.par_iter().with_max_len(1).try_for_each(|&shard| {
            let folder = out.join(format!("{name}-{shard:05}"));
            if folder.exists() {
                return Ok(());
            }
            let start = Instant::now();
            let examples = simulate(shard)?;
            // A shard gets its name once it is complete.
            let half = out.join(format!("{name}-{shard:05}.half"));
            if half.exists() {
                fs::remove_dir_all(&half).map_err(failed(&half))?;
            }
            fs::create_dir_all(&half).map_err(failed(&half))?;
            let Written { words, count, unit } = write(&examples, &half)?;
            fs::rename(&half, &folder).map_err(failed(&folder))?;
            let seconds = start.elapsed().as_secs_f64();
            println!(
                "shard {shard}: {words} in {seconds:.1} s, {:.0} {unit} a minute",
                count as f64 / seconds * 60.0
            );
            Ok(())
        })
    })
}

/// What was written.
pub(crate) struct Written {
    pub(crate) words: String,
    /// How many examples these are, and what they are called, for the speed that is printed.
    pub(crate) count: usize,
    pub(crate) unit: &'static str,
}

/// Draws captures of a simulated sensor, one in `step` frames, and gives each to `add`.
pub(crate) fn draw(
    settings: &SimulationSettings,
    count: u32,
    step: i32,
    mut add: impl FnMut(&Capture, &Camera),
) -> Result<(), Error> {
    let mut sensor = SimulatedSensor::new(settings)?.as_fast_as_possible();
    let camera = sensor
        .calibration()
        .and_then(|calibration| calibration.depth_camera);
    let Some(camera) = camera else {
        return Ok(());
    };
    let mut captures = 0;
    while captures < count {
        if let NextCapture::Capture(capture) = sensor.next_capture(Duration::from_secs(10))? {
            add(&capture, &camera);
            captures += 1;
            sensor.step(step)?;
        }
    }
    Ok(())
}
