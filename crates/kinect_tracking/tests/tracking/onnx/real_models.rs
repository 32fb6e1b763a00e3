//! The real MoveNet MultiPose and BlazePose, on infrared of simulated visitors. They are looked for in `KINECT_MODELS`.
//!
//! Figures are printed: run with `--nocapture`. `KINECT_ROOMS` is the number of rooms, `KINECT_FRAMES` the number of
//! captures of each room.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use glam::Vec3;
use kinect_azure::{CaptureSource, ColorResolution, FrameRate, NextCapture};
use kinect_simulation::{Scenario, SimulationSettings};
use kinect_tracking::onnx::{OnnxSettings, OnnxTracker, Processor, Runtime};
use kinect_tracking::tracker::{BodyTracker, StopSignal};

use super::runtimes;
use super::tracker::sensor;
use crate::score::{Score, processor_seconds};

fn models() -> Option<PathBuf> {
    let folder = std::env::var_os("KINECT_MODELS").map(PathBuf::from);
    let there = folder.filter(|folder| {
        kinect_tracking::onnx::models::best(folder).is_some()
            && kinect_tracking::onnx::models::best_detector(folder).is_some()
    });
    if there.is_none() {
        println!(
            "skipped: KINECT_MODELS names no folder with models; `cargo xtask models` fills one"
        );
    }
    there
}

pub(crate) fn visitors(scenario: &Scenario, people: u32, seed: u64) -> SimulationSettings {
    SimulationSettings {
        scenario: scenario.clone(),
        people,
        seed,
        color_resolution: ColorResolution::Off,
        frame_rate: FrameRate::Fps30,
        imu: false,
        every_capture: true,
        ..SimulationSettings::default()
    }
}

fn measure(
    folder: &std::path::Path,
    runtime: Runtime,
    runs: &[SimulationSettings],
    frames: u32,
) -> Score {
    let mut score = Score::default();
    for run in runs {
        let mut source = sensor(run);
        let calibration = source.calibration().unwrap().clone();
        let mut settings = OnnxSettings {
            model: kinect_tracking::onnx::models::best(folder),
            processor: Processor::Cpu,
            ..OnnxSettings::default()
        };
        settings.network.detector = kinect_tracking::onnx::models::best_detector(folder);
        settings.network.runtime = runtime;
        let mut tracker = OnnxTracker::open(&settings, &calibration, &StopSignal::new()).unwrap();
        let mut looked = 0;
        while looked < frames {
            let Ok(NextCapture::Capture(capture)) = source.next_capture(Duration::from_secs(1))
            else {
                continue;
            };
            looked += 1;
            let (began, worked) = (Instant::now(), processor_seconds());
            let found = tracker.track(&capture, &calibration).unwrap();
            score.seconds += began.elapsed().as_secs_f64();
            score.processor += processor_seconds() - worked;
            if let (Some(found), Some(truth)) = (found, &capture.ground_truth) {
                assert!(
                    found
                        .bodies
                        .iter()
                        .flat_map(|body| body.joints)
                        .all(|joint| Vec3::from(joint.position).is_finite())
                );
                score.add(truth, &found);
            }
        }
    }
    score
}

#[test]
fn visitors_are_found_on_infrared() {
    let Some(folder) = models() else {
        return;
    };
    let number = |name: &str, usual: u32| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(usual)
    };
    let (frames, rooms) = (number("KINECT_FRAMES", 10), number("KINECT_ROOMS", 6));
    for runtime in runtimes() {
        let exhibit: Vec<_> = (0..u64::from(rooms))
            .map(|run| visitors(&Scenario::Exhibit, 2, 9100 + run))
            .collect();
        let score = measure(&folder, runtime, &exhibit, frames);
        score.shown(&format!("{runtime:?}, exhibit, two people"));
        assert!(score.recall() > 80.0, "{}", score.recall());
        let clips = crate::clips::paths();
        if clips.is_empty() {
            println!("skipped: no real clips");
            continue;
        }
        let runs: Vec<_> = clips
            .into_iter()
            .enumerate()
            .map(|(run, clip)| visitors(&Scenario::Clip(clip), 1, 9200 + run as u64))
            .collect();
        let score = measure(&folder, runtime, &runs, frames);
        score.shown(&format!("{runtime:?}, real clips"));
        assert!(score.recall() > 70.0, "{}", score.recall());
    }
}
