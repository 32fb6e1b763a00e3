//! No step allocates in the steady state, and all steps together are fast.

use std::sync::Arc;
use std::time::{Duration, Instant};

use glam::Vec3;
use kinect_azure::body::{BodyFrame, BodyIndexImage};
use kinect_azure::{Capture, JointConfidence};
use kinect_tracking::filter::{BodyFilters, FilterPreset, FilterSettings, Prediction};
use kinect_tracking::gestures::{GestureSettings, GestureWatch};
use kinect_tracking::players::{Players, PlayersSettings};
use kinect_tracking::rotation::LocalPose;
use kinect_tracking::tracker::{RunnerSettings, TrackerRunner, TruthNoise, TruthTracker};
use kinect_tracking::zones::{Zone, ZoneSettings, ZoneShape, ZoneWatch};

use crate::figure::{Figure, calibration, ground};

/// Six people who stand, and one whom no camera sees.
fn frames() -> Vec<Arc<BodyFrame>> {
    (0..200_u64)
        .map(|n| {
            let usec = n * 33_333;
            let bodies = (0..7)
                .map(|id| {
                    let sway = (n as f32 * 0.1 + id as f32).sin() * 100.0;
                    let at = Vec3::new(-1500.0 + 500.0 * id as f32 + sway, 0.0, 2500.0);
                    let mut figure = Figure::new(at);
                    figure.left_hand(Vec3::new(0.4, 0.6 + 0.4 * (n as f32 * 0.2).sin(), 0.4));
                    let mut body = figure.body(id);
                    if id == 6 {
                        for pose in &mut body.joints {
                            pose.confidence = JointConfidence::Low;
                        }
                    }
                    body
                })
                .collect();
            let map = BodyIndexImage::new(640, 576, usec, vec![255; 640 * 576]);
            Arc::new(BodyFrame {
                device_timestamp_usec: usec,
                bodies,
                index_map: map.ok().filter(|_| n < 60),
                ..BodyFrame::default()
            })
        })
        .collect()
}

fn noise() -> TruthNoise {
    TruthNoise {
        position_mm: 10.0,
        lost_joints: 0.01,
        new_ids: 0.0,
        seed: 1,
    }
}

#[test]
fn filters_players_zones_and_gestures_do_not_allocate_and_take_a_fraction_of_a_millisecond() {
    let frames = frames();
    let calibration = calibration();
    let mut tracker = TruthTracker::new(noise());
    let mut players = Players::new(PlayersSettings::default());
    let mut filters = BodyFilters::new(FilterSettings {
        prediction: Some(Prediction::default()),
        ..FilterPreset::Light.into()
    });
    let mut gestures = GestureWatch::new(GestureSettings::default());
    let mut zones = ZoneWatch::new();
    let stage = ZoneShape::Sphere {
        center: [0.0, 0.0, -2500.0],
        radius: 900.0,
    };
    zones.add(Zone::new("stage", stage), ZoneSettings::default());
    let mut times = Vec::with_capacity(frames.len());
    let mut one = |frame: &Arc<BodyFrame>| {
        let found = tracker.observe(frame);
        let usec = found.device_timestamp_usec;
        let begun = Instant::now();
        players.update(&found, &calibration, &ground());
        filters
            .filter(players.iter().map(|player| &player.body), usec)
            .for_each(drop);
        for filtered in filters.outputs() {
            let local = LocalPose::of(&filtered.body);
            let next = filters
                .of(filtered.body.id)
                .map(|filter| filter.predict(usec + 50_000));
            assert!(local.bone_length(kinect_azure::Joint::Neck) > 0.0 && next.is_some());
        }
        zones.update(filters.outputs().map(|out| &out.body), usec, &ground());
        gestures.update(filters.outputs().map(|out| &out.body), usec, &ground());
        times.push(begun.elapsed());
    };
    for frame in &frames[..100] {
        one(frame);
    }
    let counted = k4a_judge::allocations(|| {
        for frame in &frames[100..] {
            one(frame);
        }
    });
    times.sort();
    println!(
        "six people: median {:?}, p99 {:?}, {counted} allocations in 100 frames",
        times[100], times[198]
    );
    assert_eq!(counted, 0);
    assert_eq!(players.iter().count(), 6);
    assert!(times[100] < Duration::from_millis(1));
}

#[test]
fn a_running_tracker_does_not_allocate() {
    let captures: Vec<Capture> = frames()
        .into_iter()
        .map(|truth| {
            let mut image = kinect_azure::Image::empty(kinect_azure::ImageFormat::Depth16);
            image.device_timestamp_usec = truth.device_timestamp_usec;
            Capture {
                depth: Some(image.into()),
                ground_truth: Some(truth),
                ..Capture::default()
            }
        })
        .collect();
    // The allocations of the submitting thread and of the tracking thread are counted separately, because other tests
    // run at the same time.
    let on_worker = Arc::new(std::sync::atomic::AtomicU64::new(u64::MAX));
    let told = Arc::clone(&on_worker);
    let mut runner = TrackerRunner::start(RunnerSettings::default(), move |_, _| {
        Ok(Box::new(Counting {
            inner: TruthTracker::new(noise()),
            frames: 0,
            before: 0,
            told: Arc::clone(&told),
        }) as _)
    })
    .unwrap();
    let calibration = Arc::new(calibration());
    let mut captures = captures.into_iter();
    let mut pass = |runner: &mut TrackerRunner, count: usize| {
        for capture in captures.by_ref().take(count) {
            runner.submit(capture, &calibration);
            assert!(runner.wait_for_frame(Duration::from_secs(10)).is_some());
        }
    };
    pass(&mut runner, 100);
    let counted = k4a_judge::allocations(|| pass(&mut runner, 100));
    assert_eq!(counted, 0, "on the thread that submits");
    let on_worker = on_worker.load(std::sync::atomic::Ordering::SeqCst);
    assert_eq!(on_worker, 0, "on the tracker's thread");
}

/// Counts what its thread allocates from the hundredth frame on: the tracker and the runner around it.
struct Counting {
    inner: TruthTracker,
    frames: u64,
    before: u64,
    told: Arc<std::sync::atomic::AtomicU64>,
}

impl kinect_tracking::tracker::BodyTracker for Counting {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn track(
        &mut self,
        capture: &Capture,
        calibration: &kinect_azure::Calibration,
    ) -> Result<Option<Arc<BodyFrame>>, kinect_tracking::tracker::TrackerError> {
        self.frames += 1;
        let so_far = k4a_judge::allocations_so_far();
        match self.frames {
            100 => self.before = so_far,
            101.. => self
                .told
                .store(so_far - self.before, std::sync::atomic::Ordering::SeqCst),
            _ => {}
        }
        self.inner.track(capture, calibration)
    }
}
