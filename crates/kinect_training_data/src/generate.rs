//! Simulates people and writes shards.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use kinect_azure::{CaptureSource, NextCapture, PlaybackControl};
use kinect_simulation::SimulatedSensor;
use rayon::prelude::*;

use crate::error::Error;
use crate::examples::{Examples, Scene};
use crate::options::Generate;
use crate::random::Random;
use crate::scenes::scene;

/// Makes the shards that are not there yet.
pub(crate) fn generate(options: &Generate) -> Result<(), Error> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| Error::File { path, error }
    };
    fs::create_dir_all(&options.out).map_err(failed(&options.out))?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads.max(1))
        .build()?;
    let shards: Vec<u64> = (options.first..options.first + options.shards).collect();
    pool.install(|| {
        shards.par_iter().with_max_len(1).try_for_each(|&shard| {
            let folder = options.out.join(format!("shard-{shard:05}"));
            if folder.exists() {
                return Ok(());
            }
            let start = Instant::now();
            let examples = simulate(options, shard)?;
            // A shard gets its name once it is complete.
            let half = options.out.join(format!("shard-{shard:05}.half"));
            if half.exists() {
                fs::remove_dir_all(&half).map_err(failed(&half))?;
            }
            fs::create_dir_all(&half).map_err(failed(&half))?;
            examples.write(&half)?;
            fs::rename(&half, &folder).map_err(failed(&folder))?;
            let (crops, overviews) = examples.counts();
            let seconds = start.elapsed().as_secs_f64();
            println!(
                "shard {shard}: {crops} crops and {overviews} overviews in {seconds:.1} s, {:.0} crops a minute",
                crops as f64 / seconds * 60.0
            );
            Ok(())
        })
    })
}

fn simulate(options: &Generate, shard: u64) -> Result<Examples, Error> {
    let (kind, settings) = scene(options.kind, &options.clips, options.seed, shard);
    let mut sensor = SimulatedSensor::new(&settings)?.as_fast_as_possible();
    let camera = sensor
        .calibration()
        .and_then(|calibration| calibration.depth_camera);
    let mut examples = Examples::default();
    let Some(camera) = camera else {
        return Ok(examples);
    };
    let mount = settings.mount;
    let scene = Scene {
        camera: &camera,
        up: mount.up(),
        kind: kind.number(),
        mount: [mount.height, mount.tilt_degrees, mount.roll_degrees],
    };
    let random = &mut Random::new(options.seed ^ 0xE4A3, shard);
    let mut captures = 0;
    while captures < options.captures {
        if let NextCapture::Capture(capture) = sensor.next_capture(Duration::from_secs(10))? {
            examples.add(&capture, &scene, random);
            captures += 1;
            sensor.step(kind.step())?;
        }
    }
    Ok(examples)
}
