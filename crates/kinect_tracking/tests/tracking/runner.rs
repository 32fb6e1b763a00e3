//! The thread that runs a tracker, with trackers that misbehave.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use kinect_azure::body::BodyFrame;
use kinect_azure::{
    Calibration, Capture, CaptureSource, ColorResolution, DepthMode, Image, ImageFormat,
    NextCapture,
};
use kinect_simulation::{SimulatedSensor, SimulationSettings};
use kinect_tracking::tracker::{
    BodyTracker, RunnerSettings, StopSignal, Stopped, TrackerError, TrackerRunner, TrackerState,
    TruthTracker, abandoned_threads,
};

use crate::figure::calibration;

type Tracked = Result<Option<Arc<BodyFrame>>, TrackerError>;

/// A tracker whose behaviour is a function of the test.
struct Scripted<F>(F);

impl<F: FnMut(&Capture) -> Tracked + Send> BodyTracker for Scripted<F> {
    fn name(&self) -> &str {
        "scripted"
    }

    fn track(&mut self, capture: &Capture, _: &Calibration) -> Tracked {
        (self.0)(capture)
    }
}

fn scripted(
    track: impl FnMut(&Capture) -> Tracked + Send + 'static,
) -> Result<Box<dyn BodyTracker>, TrackerError> {
    Ok(Box::new(Scripted(track)))
}

fn capture(usec: u64) -> Capture {
    let mut image = Image::empty(ImageFormat::Depth16);
    image.device_timestamp_usec = usec;
    Capture {
        depth: Some(image.into()),
        ground_truth: Some(Arc::new(found(usec))),
        ..Capture::default()
    }
}

fn found(usec: u64) -> BodyFrame {
    BodyFrame {
        device_timestamp_usec: usec,
        ..BodyFrame::default()
    }
}

/// The ground truth of a capture, after a while.
fn slow(millis: u64) -> impl FnMut(&Capture) -> Tracked + Send + 'static {
    move |capture| {
        std::thread::sleep(Duration::from_millis(millis));
        Ok(capture.ground_truth.clone())
    }
}

fn quick() -> RunnerSettings {
    RunnerSettings {
        first_pause_seconds: 0.01,
        longest_pause_seconds: 0.05,
        ..RunnerSettings::default()
    }
}

fn calibrated() -> Arc<Calibration> {
    Arc::new(calibration())
}

const LONG: Duration = Duration::from_secs(10);

#[test]
fn the_newest_capture_is_tracked_and_the_others_are_dropped_and_counted() {
    let mut runner = TrackerRunner::start(quick(), |_, _| scripted(slow(30))).unwrap();
    let calibration = calibrated();
    let start = Instant::now();
    let mut slowest = Duration::ZERO;
    let mut last = 0;
    for n in 1..=60 {
        let before = Instant::now();
        runner.submit(capture(n * 1000), &calibration);
        let frame = runner.take_frame();
        slowest = slowest.max(before.elapsed());
        if let Some(frame) = frame {
            assert!(frame.device_timestamp_usec > last);
            last = frame.device_timestamp_usec;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    while last < 60_000 {
        last = runner.wait_for_frame(LONG).unwrap().device_timestamp_usec;
    }
    let status = runner.status();
    println!(
        "60 captures in {:?}: {} tracked, {} dropped; waiting p50 {:.2} ms p99 {:.2} ms, tracking p50 {:.1} ms, \
         latency p99 {:.1} ms; the slowest call took {slowest:?}",
        start.elapsed(),
        status.frames,
        status.dropped,
        status.stages.waiting.p50_ms,
        status.stages.waiting.p99_ms,
        status.stages.tracking.p50_ms,
        status.stages.latency.p99_ms,
    );
    assert_eq!((status.captures, status.errors), (60, 0));
    assert_eq!(status.frames + status.dropped, 60);
    assert!(status.dropped > 10, "{status:?}");
    assert!(status.stages.tracking.p50_ms >= 30.0);
    assert!(status.stages.latency.p50_ms >= status.stages.tracking.p50_ms);
    assert_eq!(
        (status.state, status.name.as_str()),
        (TrackerState::Running, "scripted")
    );
}

#[test]
fn no_call_waits_for_the_tracker() {
    let mut runner = TrackerRunner::start(quick(), |_, _| scripted(slow(400))).unwrap();
    let calibration = calibrated();
    let mut times: Vec<Duration> = (0..200)
        .map(|n| {
            let before = Instant::now();
            runner.submit(capture(n), &calibration);
            runner.take_frame();
            runner.status();
            let took = before.elapsed();
            std::thread::sleep(Duration::from_millis(1));
            took
        })
        .collect();
    times.sort();
    println!(
        "submit, take and status: median {:?}, slowest {:?}",
        times[100], times[199]
    );
    // The machine may be busy; the tracker's 400 ms are far from this.
    assert!(times[190] < Duration::from_millis(50));
}

/// Images and body frames a second of a simulated sensor for three seconds in real time, with a tracker that takes that many
/// milliseconds for a capture. Captures go to the runner on the thread that reads the sensor, as in the plugin.
fn rates(tracker_millis: Option<u64>) -> (f64, f64) {
    let mut sensor = SimulatedSensor::new(&SimulationSettings {
        depth_mode: DepthMode::Nfov2x2Binned,
        color_resolution: ColorResolution::Off,
        people: 1,
        ..SimulationSettings::default()
    })
    .unwrap();
    let calibration = Arc::new(sensor.calibration().unwrap().clone());
    let mut runner = tracker_millis
        .map(|millis| TrackerRunner::start(quick(), move |_, _| scripted(slow(millis))).unwrap());
    let mut next = || match sensor.next_capture(LONG).unwrap() {
        NextCapture::Capture(capture) => capture,
        other => panic!("the sensor gave {other:?}"),
    };
    // The sensor's start is not counted.
    next();
    let begun = Instant::now();
    let (mut images, mut frames) = (0, 0);
    while begun.elapsed() < Duration::from_secs(3) {
        let capture = next();
        images += u32::from(capture.depth.is_some());
        if let Some(runner) = &mut runner {
            runner.submit(capture, &calibration);
            while runner.take_frame().is_some() {
                frames += 1;
            }
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    (f64::from(images) / seconds, f64::from(frames) / seconds)
}

#[test]
fn a_slow_tracker_does_not_lower_the_rate_of_images() {
    let (alone, _) = rates(None);
    println!("without a tracker: {alone:.1} images/s");
    for millis in [2, 200] {
        let (images, frames) = rates(Some(millis));
        println!(
            "with a tracker that takes {millis} ms: {images:.1} images/s, {frames:.1} body frames/s"
        );
        // A reader that waited for the slow tracker would get 5 images a second.
        assert!(images > 0.8 * alone, "{images} instead of {alone}");
        assert!(frames > 1.0);
        assert!(frames < 1000.0 / millis as f64 + 1.0);
    }
}

#[test]
fn it_ends_within_a_second_in_every_state() {
    let calibration = calibrated();
    let ended = |what: &str, runner: TrackerRunner| {
        let before = Instant::now();
        let stopped = runner.stop_within(Duration::from_secs(1));
        println!("{what}: ended after {:?}", before.elapsed());
        assert_eq!(stopped, Stopped::Ended, "{what}");
    };
    ended(
        "waiting",
        TrackerRunner::start(quick(), |_, _| scripted(slow(1))).unwrap(),
    );
    let mut opening = TrackerRunner::start(quick(), |_, stop: &StopSignal| {
        stop.wait(LONG);
        Err(TrackerError::failed("told to stop while opening"))
    })
    .unwrap();
    opening.submit(capture(1), &calibration);
    std::thread::sleep(Duration::from_millis(30));
    assert_eq!(opening.status().state, TrackerState::Opening);
    ended("opening", opening);
    let mut tracking = TrackerRunner::start(quick(), |_, _| scripted(slow(300))).unwrap();
    tracking.submit(capture(1), &calibration);
    std::thread::sleep(Duration::from_millis(30));
    assert!(tracking.status().busy_seconds > 0.0);
    ended("tracking", tracking);
    let pausing = RunnerSettings {
        first_pause_seconds: 20.0,
        ..quick()
    };
    let mut failed =
        TrackerRunner::start(pausing, |_, _| Err(TrackerError::failed("no luck"))).unwrap();
    failed.submit(capture(1), &calibration);
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(
        failed.status().state,
        TrackerState::Restarting("no luck".into())
    );
    ended("pausing after a failure", failed);
    let mut unusable =
        TrackerRunner::start(quick(), |_, _| Err(TrackerError::unusable("no model"))).unwrap();
    unusable.submit(capture(1), &calibration);
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(
        unusable.status().state,
        TrackerState::Unusable("no model".into())
    );
    ended("unusable", unusable);
}

#[test]
fn a_failed_tracker_is_opened_again_at_longer_and_longer_intervals() {
    let opened = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&opened);
    let mut runner = TrackerRunner::start(quick(), move |_, _| {
        match counted.fetch_add(1, Ordering::SeqCst) {
            0 => Err(TrackerError::failed("the library is not ready")),
            1 => scripted(|_| Err(TrackerError::failed("the graphics card is gone"))),
            2 => scripted(|_| panic!("a bug")),
            _ => scripted(slow(0)),
        }
    })
    .unwrap();
    let calibration = calibrated();
    let begun = Instant::now();
    let mut n = 0;
    let frame = loop {
        n += 1;
        runner.submit(capture(n), &calibration);
        if let Some(frame) = runner.wait_for_frame(Duration::from_millis(5)) {
            break frame;
        }
        assert!(begun.elapsed() < LONG);
    };
    assert!(frame.device_timestamp_usec > 0);
    // 10, 20 and 40 ms.
    assert!(begun.elapsed() >= Duration::from_millis(70));
    let status = runner.status();
    assert_eq!(
        (
            opened.load(Ordering::SeqCst),
            status.errors,
            status.restarts
        ),
        (4, 3, 3)
    );
    assert!(status.last_error.unwrap().contains("panicked (a bug)"));
    assert_eq!(status.state, TrackerState::Running);
}

#[test]
fn bad_captures_are_counted_and_many_in_a_row_are_a_failure() {
    let settings = RunnerSettings {
        bad_captures_in_a_row: 5,
        ..quick()
    };
    let seen = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&seen);
    let mut runner = TrackerRunner::start(settings, move |_, _| {
        let counted = Arc::clone(&counted);
        scripted(
            move |capture| match counted.fetch_add(1, Ordering::SeqCst) {
                2 | 4 | 6..=10 => Err(TrackerError::bad_capture("no infrared image")),
                _ => Ok(capture.ground_truth.clone()),
            },
        )
    })
    .unwrap();
    let calibration = calibrated();
    let begun = Instant::now();
    for n in 0..20 {
        let before = seen.load(Ordering::SeqCst);
        runner.submit(capture(n), &calibration);
        while seen.load(Ordering::SeqCst) == before && begun.elapsed() < LONG {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    std::thread::sleep(Duration::from_millis(20));
    let status = runner.status();
    assert_eq!((status.errors, status.restarts), (7, 1));
    assert_eq!(status.state, TrackerState::Running);
}

#[test]
fn another_calibration_opens_the_tracker_again_and_gives_an_unusable_one_another_chance() {
    let opened = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&opened);
    let mut runner = TrackerRunner::start(quick(), move |calibration, _| {
        counted.fetch_add(1, Ordering::SeqCst);
        match calibration.depth_camera {
            Some(_) => scripted(slow(0)),
            None => Err(TrackerError::unusable("the depth camera is off")),
        }
    })
    .unwrap();
    let on = calibrated();
    let off = Arc::new(Calibration {
        depth_camera: None,
        ..(*on).clone()
    });
    let wait = |runner: &mut TrackerRunner, errors| {
        let begun = Instant::now();
        while runner.status().errors < errors && begun.elapsed() < LONG {
            std::thread::sleep(Duration::from_millis(1));
        }
    };
    runner.submit(capture(1), &off);
    wait(&mut runner, 1);
    // The same calibration is not tried again.
    runner.submit(capture(2), &off);
    std::thread::sleep(Duration::from_millis(20));
    assert_eq!(opened.load(Ordering::SeqCst), 1);
    runner.submit(capture(3), &on);
    assert!(runner.wait_for_frame(LONG).is_some());
    // An equal calibration is the same one.
    runner.submit(capture(4), &calibrated());
    assert!(runner.wait_for_frame(LONG).is_some());
    assert_eq!(opened.load(Ordering::SeqCst), 2);
    runner.submit(capture(5), &off);
    wait(&mut runner, 2);
    assert_eq!(
        runner.status().state,
        TrackerState::Unusable("the depth camera is off".into())
    );
}

#[test]
fn a_hung_tracker_is_left_behind_told_replaced_and_reaped() {
    let settings = RunnerSettings {
        hung_after_seconds: 0.1,
        ..quick()
    };
    let release = StopSignal::new();
    let hang = release.clone();
    let opened = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&opened);
    let mut runner = TrackerRunner::start(settings, move |_, _| {
        let hang = hang.clone();
        let first = counted.fetch_add(1, Ordering::SeqCst) == 0;
        scripted(move |capture| {
            if first {
                // The tracker ignores the runner's signal to stop.
                hang.wait(Duration::from_secs(60));
            }
            Ok(capture.ground_truth.clone())
        })
    })
    .unwrap();
    let calibration = calibrated();
    let begun = Instant::now();
    let mut n = 0;
    let frame = loop {
        n += 1;
        runner.submit(capture(n), &calibration);
        if let Some(frame) = runner.wait_for_frame(Duration::from_millis(5)) {
            break frame;
        }
        assert!(begun.elapsed() < LONG);
    };
    assert!(begun.elapsed() >= Duration::from_millis(100));
    let status = runner.status();
    assert_eq!((status.abandoned, status.state), (1, TrackerState::Running));
    assert!(status.last_error.unwrap().contains("has not returned for"));
    let of_us = || {
        let all = abandoned_threads();
        all.iter()
            .filter(|thread| thread.tracker == "scripted")
            .count()
    };
    assert!(of_us() >= 1);
    // When the hung call returns at last, its frame is not delivered, and its thread is joined.
    release.give();
    let begun = Instant::now();
    while of_us() > 0 && begun.elapsed() < LONG {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(of_us(), 0);
    while let Some(late) = runner.take_frame() {
        assert!(late.device_timestamp_usec > frame.device_timestamp_usec);
    }
    // Stopping does not wait for a tracker that does not return.
    let hang = StopSignal::new();
    let hung = hang.clone();
    let mut deaf = TrackerRunner::start(quick(), move |_, _| {
        let hung = hung.clone();
        scripted(move |_| {
            hung.wait(Duration::from_secs(60));
            Ok(None)
        })
    })
    .unwrap();
    deaf.submit(capture(1), &calibration);
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(
        deaf.stop_within(Duration::from_millis(100)),
        Stopped::Abandoned
    );
    assert!(of_us() >= 1);
    hang.give();
}

#[test]
fn a_thousand_runners_leave_no_thread_behind() {
    let calibration = calibrated();
    for n in 0..1000 {
        let mut runner =
            TrackerRunner::start(quick(), |_, _| Ok(Box::new(TruthTracker::default()) as _))
                .unwrap();
        runner.submit(capture(n), &calibration);
        if n % 10 == 0 {
            assert!(runner.wait_for_frame(LONG).is_some());
        }
        drop(runner);
    }
    let begun = Instant::now();
    let truth = || {
        let all = abandoned_threads();
        all.iter()
            .filter(|thread| thread.tracker != "scripted")
            .count()
    };
    while truth() > 0 && begun.elapsed() < LONG {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(truth(), 0);
}

#[test]
fn a_tracker_that_works_ahead_gives_earlier_frames_and_their_latency() {
    let mut runner = TrackerRunner::start(quick(), |_, _| {
        let mut queue = std::collections::VecDeque::new();
        scripted(move |capture| {
            queue.push_back(capture.ground_truth.clone());
            Ok(if queue.len() > 2 {
                queue.pop_front().flatten()
            } else {
                None
            })
        })
    })
    .unwrap();
    let calibration = calibrated();
    for n in 1..=10 {
        runner.submit(capture(n), &calibration);
        std::thread::sleep(Duration::from_millis(20));
        let expected = n.checked_sub(2).filter(|&n| n > 0);
        let frame = if expected.is_some() {
            runner.wait_for_frame(LONG)
        } else {
            runner.take_frame()
        };
        assert_eq!(frame.map(|frame| frame.device_timestamp_usec), expected);
    }
    let stages = runner.status().stages;
    assert!(stages.latency.p50_ms >= 40.0, "{stages:?}");
    assert!(stages.tracking.p50_ms < 20.0);
}
