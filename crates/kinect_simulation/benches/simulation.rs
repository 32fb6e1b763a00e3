//! Measures all work of the simulated sensor for a capture: moving and skinning people, drawing both cameras, noise,
//! encoding, ground truth. `cargo bench -p kinect_simulation --bench simulation`

#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark")]

use std::time::{Duration, Instant};

use kinect_azure::{CaptureSource, ColorFormat, ColorResolution, DepthMode};
use kinect_simulation::{Scenario, SimulatedSensor, SimulationSettings};

const CAPTURES: usize = 240;

fn measure(name: &str, threads: usize, settings: &SimulationSettings) {
    // Words on the command line choose what is measured.
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|w| !w.starts_with('-'))
        .collect();
    if !words.iter().all(|word| name.contains(word.as_str())) {
        return;
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    pool.install(|| {
        let start = Instant::now();
        let mut sensor = SimulatedSensor::new(settings)
            .unwrap()
            .as_fast_as_possible();
        let built = start.elapsed();
        let mut times: Vec<f64> = (0..CAPTURES)
            .map(|_| {
                let start = Instant::now();
                sensor.next_capture(Duration::ZERO).unwrap();
                while sensor.next_imu_sample().unwrap().is_some() {}
                start.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        println!(
            "{name:44} {threads} thread{} median {:5.1} ms   90 % {:5.1} ms   opened in {:.2} s",
            if threads == 1 { " " } else { "s" },
            times[CAPTURES / 2],
            times[CAPTURES * 9 / 10],
            built.as_secs_f64(),
        );
    });
}

fn main() {
    let base = SimulationSettings {
        scenario: Scenario::Exhibit,
        people: 2,
        color_format: Some(ColorFormat::Mjpg),
        ..SimulationSettings::default()
    };
    measure("NFOV unbinned + 720p MJPG, two people", 2, &base);
    measure("NFOV unbinned + 720p MJPG, two people", 1, &base);
    let no_color = SimulationSettings {
        color_resolution: ColorResolution::Off,
        ..base.clone()
    };
    measure("NFOV unbinned, colour off, two people", 1, &no_color);
    let bgra = SimulationSettings {
        color_format: Some(ColorFormat::Bgra32),
        ..base.clone()
    };
    measure("NFOV unbinned + 720p BGRA, two people", 2, &bgra);
    let six = SimulationSettings {
        people: 6,
        ..base.clone()
    };
    measure("NFOV unbinned + 720p MJPG, six people", 2, &six);
    let wide = SimulationSettings {
        depth_mode: DepthMode::Wfov2x2Binned,
        color_resolution: ColorResolution::R1080p,
        ..base
    };
    measure("WFOV binned + 1080p MJPG, two people", 2, &wide);
}
