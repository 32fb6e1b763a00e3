//! Tests of the vendor's tracker with the stand-ins of the vendor's libraries.

use std::sync::Arc;
use std::time::{Duration, Instant};

use k4a_standin::{Script as SensorScript, StandIn};
use k4a_standin_orbbec as _;
use k4abt_standin::{Fails, Fault, Function, Room, Script, TrackerStandIn, Version, When};
use kinect_azure::body::{BodyFrame, BodyIndexImage};
use kinect_azure::device::{DeviceSettings, DeviceSource};
use kinect_azure::image::Pixels;
use kinect_azure::{
    Calibration, Capture, CaptureSource, ColorResolution, DepthMode, FrameRate, Image, ImageFormat,
    Joint, JointConfidence, NextCapture, SensorInfo,
};
use kinect_simulation::{Noise, SimulatedSensor, SimulationSettings, built_in_calibration};
use kinect_tracking::choice::{
    ProcessingMode, SensorOrientation, TrackedSensor, Tracker, TrackerSettings, may_track, open,
};
use kinect_tracking::tracker::{
    BodyTracker, RunnerSettings, StopSignal, Stopped, TrackerError, TrackerErrorKind,
    TrackerRunner, TrackerState, TrackerStatus, abandoned_threads,
};

const LONG: Duration = Duration::from_secs(20);
const MODE: DepthMode = DepthMode::Nfov2x2Binned;

/// Both stand-ins; `libk4abt` is linked to `libk4a`.
struct Vendor {
    tracker: TrackerStandIn,
    sensor: StandIn,
}

impl Vendor {
    fn new(script: &Script) -> Self {
        Self::of(StandIn::microsoft(&SensorScript::healthy(1)), script)
    }

    fn of(sensor: StandIn, script: &Script) -> Self {
        Self {
            tracker: TrackerStandIn::in_folder(sensor.folder(), sensor.path(), script),
            sensor,
        }
    }

    fn tracked(&self) -> TrackedSensor {
        tracked(Some(&self.sensor))
    }

    fn open(&self, settings: &TrackerSettings) -> Result<Box<dyn BodyTracker>, TrackerError> {
        open(
            settings,
            &self.tracked(),
            &calibration(MODE),
            &StopSignal::new(),
        )
    }

    fn runner(&self) -> TrackerRunner {
        self.runner_with(RunnerSettings {
            first_pause_seconds: 0.01,
            longest_pause_seconds: 0.05,
            ..RunnerSettings::default()
        })
    }

    fn runner_with(&self, settings: RunnerSettings) -> TrackerRunner {
        let sensor = self.tracked();
        TrackerRunner::start(settings, move |calibration, stop| {
            open(&vendors(), &sensor, calibration, stop)
        })
        .unwrap()
    }

    /// Whether everything was released, after everything was dropped.
    fn assert_clean(&self) {
        let since = Instant::now();
        loop {
            let (tracker, sensor) = (self.tracker.statistics(), self.sensor.statistics());
            if tracker.is_clean() && sensor.is_clean() {
                return;
            }
            assert!(
                since.elapsed() < Duration::from_secs(5),
                "{tracker:?}\n{sensor:?}"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn vendors() -> TrackerSettings {
    TrackerSettings {
        tracker: Tracker::Vendor,
        ..TrackerSettings::default()
    }
}

/// What the name of the tracker contains that the automatic choice takes for a simulated sensor if the vendor's cannot be used.
const INSTEAD: &str = if cfg!(feature = "onnx") {
    "built-in"
} else {
    "truth"
};

fn tracked(sensor: Option<&StandIn>) -> TrackedSensor {
    TrackedSensor {
        info: SensorInfo {
            name: "test sensor".into(),
            depth_mode: MODE,
            frame_rate: FrameRate::Fps30,
            ..SensorInfo::default()
        },
        factory_calibration: Some(built_in_calibration().unwrap().json().into()),
        vendor_library: sensor.map(|sensor| sensor.path().to_owned()),
        has_bodies: false,
        ..TrackedSensor::default()
    }
}

fn calibration(mode: DepthMode) -> Calibration {
    built_in_calibration()
        .unwrap()
        .calibration(mode, ColorResolution::R720p)
        .unwrap()
}

fn image(format: ImageFormat, usec: u64) -> Arc<Image> {
    let (width, height) = MODE.size();
    let mut image = Image::empty(format);
    (image.width, image.height, image.stride) = (width, height, width * 2);
    image.pixels = Pixels::U16(vec![1000; (width * height) as usize]);
    image.device_timestamp_usec = usec;
    image.system_timestamp_nsec = usec * 1000 + 7;
    image.into()
}

fn capture(usec: u64) -> Capture {
    Capture {
        depth: Some(image(ImageFormat::Depth16, usec)),
        ir: Some(image(ImageFormat::Ir16, usec)),
        ..Capture::default()
    }
}

/// The time of a simulated capture in µs.
fn usec(number: u64) -> u64 {
    200_000 + number * 1_000_000 / 30
}

/// Gives captures to a tracker until a frame comes.
fn frame_of(tracker: &mut dyn BodyTracker, capture: &Capture) -> Arc<BodyFrame> {
    let calibration = calibration(MODE);
    let found = tracker.track(capture, &calibration).unwrap();
    found.unwrap_or_else(|| tracker.drain().unwrap().unwrap())
}

/// Submits captures at 100 Hz until the runner has the expected status. No call may delay the captures.
fn until(
    runner: &mut TrackerRunner,
    number: &mut u64,
    what: &str,
    is: impl Fn(&TrackerStatus) -> bool,
) -> TrackerStatus {
    let calibration = Arc::new(calibration(MODE));
    let since = Instant::now();
    let mut calls = Vec::new();
    loop {
        let before = Instant::now();
        runner.submit(capture(usec(*number)), &calibration);
        runner.take_frame();
        let status = runner.status();
        calls.push(before.elapsed());
        *number += 1;
        if is(&status) {
            calls.sort();
            // The machine may be busy; the waits of a tracker are far longer.
            let most = calls[calls.len() * 9 / 10];
            assert!(most < Duration::from_millis(100), "{what}: {most:?}");
            return status;
        }
        assert!(since.elapsed() < LONG, "{what}: {status:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn frames_have_the_joints_and_the_times_of_their_own_captures() {
    let script = Script {
        people: 3,
        seed: 11,
        ..Script::default()
    };
    let vendor = Vendor::new(&script);
    let mut source = SimulatedSensor::new(&SimulationSettings {
        depth_mode: MODE,
        color_resolution: ColorResolution::R720p,
        people: 3,
        seed: 11,
        noise: Noise::none(),
        ..SimulationSettings::default()
    })
    .unwrap()
    .as_fast_as_possible();
    let sensor = TrackedSensor {
        vendor_library: Some(vendor.sensor.path().to_owned()),
        ..TrackedSensor::of(&source)
    };
    let calibration = source.calibration().unwrap().clone();
    let mut tracker = open(&vendors(), &sensor, &calibration, &StopSignal::new()).unwrap();
    assert_eq!(
        tracker.name(),
        "vendor's body tracker 1.1 on the graphics card"
    );
    assert!(tracker.notes().is_empty());
    for _ in 0..8 {
        let NextCapture::Capture(capture) = source.next_capture(LONG).unwrap() else {
            panic!("the simulation gave no capture");
        };
        let truth = capture.ground_truth.as_ref().unwrap();
        let found = frame_of(&mut *tracker, &capture);
        assert_eq!(
            found.device_timestamp_usec,
            capture.depth.as_ref().unwrap().device_timestamp_usec
        );
        assert_eq!(found.bodies.len(), truth.bodies.len());
        for (body, known) in found.bodies.iter().zip(&truth.bodies) {
            assert_eq!(body.id, known.id);
            for joint in Joint::ALL {
                assert_eq!(body.joint(joint).position, known.joint(joint).position);
                assert_eq!(
                    body.joint(joint).orientation,
                    known.joint(joint).orientation
                );
            }
        }
        // The map shows a body where the truth sees its chest.
        let map = found.index_map.as_ref().unwrap();
        assert_eq!((map.width(), map.height()), MODE.size());
        assert_eq!(map.device_timestamp_usec(), found.device_timestamp_usec);
        let covered = |map: &BodyIndexImage| {
            let body = |pixel: &&u8| **pixel != BodyIndexImage::BACKGROUND;
            map.pixels().iter().filter(body).count()
        };
        assert!(covered(map) > 0);
    }
    drop((tracker, source));
    vendor.assert_clean();
}

#[test]
fn several_captures_are_in_the_works_and_none_is_mixed_up() {
    let vendor = Vendor::new(&Script {
        frame_ms: 60,
        ..Script::default()
    });
    let mut tracker = vendor.open(&vendors()).unwrap();
    let calibration = calibration(MODE);
    let (mut sent, mut found) = (Vec::new(), Vec::new());
    let mut room = Room::new(2, 1);
    for number in 0..20 {
        let capture = capture(usec(number));
        let before = vendor.tracker.statistics().enqueued.len();
        let start = Instant::now();
        found.extend(tracker.track(&capture, &calibration).unwrap());
        assert!(start.elapsed() < Duration::from_millis(500));
        if vendor.tracker.statistics().enqueued.len() > before {
            sent.push(usec(number));
        }
    }
    // No new capture is submitted; the frames of submitted captures are delivered.
    while let Some(frame) = tracker.drain().unwrap() {
        found.push(frame);
    }
    let times: Vec<u64> = found.iter().map(|f| f.device_timestamp_usec).collect();
    assert_eq!(times, sent);
    assert_eq!(sent.len(), 20, "every capture is accepted");
    for frame in &found {
        let people = room.people_at(frame.device_timestamp_usec);
        assert_eq!(frame.bodies, people);
    }
    drop((tracker, found));
    vendor.assert_clean();
}

#[test]
fn every_setting_arrives_in_version_1_1() {
    let vendor = Vendor::new(&Script::default());
    let model = vendor.sensor.folder().join("dnn_model_2_0_lite_op11.onnx");
    std::fs::write(&model, b"a network").unwrap();
    let orientations = [
        (SensorOrientation::Default, 0),
        // Seen from behind and, in the library, by somebody who faces the sensor.
        (SensorOrientation::Clockwise90, 2),
        (SensorOrientation::CounterClockwise90, 1),
        (SensorOrientation::Flip180, 3),
    ];
    let modes = [
        (ProcessingMode::Gpu, 0, "the graphics card"),
        (ProcessingMode::Cpu, 1, "the processor"),
        (ProcessingMode::Cuda, 2, "CUDA"),
        (ProcessingMode::TensorRt, 3, "TensorRT"),
    ];
    for ((orientation, orientation_code), (mode, mode_code, on)) in
        orientations.into_iter().zip(modes)
    {
        let tracker = vendor
            .open(&TrackerSettings {
                orientation,
                processing_mode: mode,
                gpu_device: 3,
                model: Some(model.clone()),
                vendor_smoothing: 0.25,
                ..vendors()
            })
            .unwrap();
        assert_eq!(tracker.name(), format!("vendor's body tracker 1.1 on {on}"));
        let statistics = vendor.tracker.statistics();
        let created = statistics.created.last().unwrap();
        assert_eq!(created.sensor_orientation, orientation_code);
        assert_eq!(created.processing_mode, mode_code);
        assert_eq!(created.gpu_device_id, 3);
        assert_eq!(created.model_path.as_deref(), model.to_str());
        assert_eq!((created.depth_mode, created.color_resolution), (1, 1));
        assert_eq!(statistics.smoothings.last(), Some(&0.25));
    }
    let plain = vendor.open(&vendors()).unwrap();
    let created = vendor.tracker.statistics().created.pop().unwrap();
    assert_eq!((created.gpu_device_id, created.model_path), (0, None));
    drop(plain);
    vendor.assert_clean();
}

#[test]
fn version_1_0_does_what_it_can_and_refuses_the_rest() {
    let vendor = Vendor::new(&Script {
        version: Version::V10,
        ..Script::default()
    });
    let settings = TrackerSettings {
        orientation: SensorOrientation::Flip180,
        processing_mode: ProcessingMode::Cpu,
        gpu_device: 5,
        ..vendors()
    };
    let mut tracker = vendor.open(&settings).unwrap();
    assert_eq!(tracker.name(), "vendor's body tracker 1.0 on the processor");
    let created = vendor.tracker.statistics().created.pop().unwrap();
    assert_eq!(created.sensor_orientation, 3);
    assert_eq!((created.processing_mode, created.gpu_device_id), (1, 5));
    let frame = frame_of(&mut *tracker, &capture(usec(4)));
    assert_eq!(frame.bodies, Room::new(2, 1).people_at(usec(4)));

    let refused = |settings: TrackerSettings| match vendor.open(&settings) {
        Ok(_) => panic!("{settings:?} was not refused"),
        Err(error) => {
            assert_eq!(error.kind, TrackerErrorKind::Unusable, "{error}");
            error.message
        }
    };
    let model = vendor.sensor.folder().join("dnn_model_2_0_op11.onnx");
    std::fs::write(&model, b"a network").unwrap();
    let message = refused(TrackerSettings {
        model: Some(model),
        ..vendors()
    });
    assert!(message.contains("1.0 cannot choose its model"), "{message}");
    let message = refused(TrackerSettings {
        processing_mode: ProcessingMode::Cuda,
        ..vendors()
    });
    assert!(message.contains("use Gpu or Cpu"), "{message}");
    drop((tracker, frame));
    vendor.assert_clean();
}

#[test]
fn images_of_a_live_sensor_and_maps_are_not_copied() {
    let vendor = Vendor::new(&Script::default());
    let mut source = DeviceSource::open(&DeviceSettings {
        library: Some(vendor.sensor.path().to_owned()),
        depth_mode: MODE,
        ..DeviceSettings::default()
    })
    .unwrap();
    let sensor = TrackedSensor::of(&source);
    assert!(sensor.vendor_library.is_some());
    assert!(may_track(&vendors(), &sensor));
    let calibration = source.calibration().unwrap().clone();
    let mut tracker = open(&vendors(), &sensor, &calibration, &StopSignal::new()).unwrap();
    let mut tracked = 0;
    while tracked < 5 {
        let NextCapture::Capture(capture) = source.next_capture(LONG).unwrap() else {
            continue;
        };
        let found = frame_of(&mut *tracker, &capture);
        let statistics = vendor.tracker.statistics();
        let enqueued = statistics.enqueued.last().unwrap();
        let address =
            |image: &Option<Arc<Image>>| image.as_ref().unwrap().bytes().as_ptr().addr() as u64;
        assert_eq!(enqueued.depth, address(&capture.depth));
        assert_eq!(enqueued.ir, Some(address(&capture.ir)));
        let map = found.index_map.as_ref().unwrap();
        assert_eq!(
            statistics.maps.last(),
            Some(&(map.pixels().as_ptr().addr() as u64))
        );
        assert_eq!(
            found.device_timestamp_usec,
            capture.depth.as_ref().unwrap().device_timestamp_usec
        );
        // A map stays valid after its frame, its tracker and its library were dropped.
        let kept = map.clone();
        let shown = kept.pixels().to_vec();
        drop((found, capture));
        assert_eq!(kept.pixels(), shown);
        tracked += 1;
    }
    drop((tracker, source));
    vendor.assert_clean();
}

#[test]
fn images_from_elsewhere_are_copied_with_their_times() {
    let vendor = Vendor::new(&Script::default());
    let mut tracker = vendor.open(&vendors()).unwrap();
    frame_of(&mut *tracker, &capture(usec(1)));
    let enqueued = vendor.tracker.statistics().enqueued.pop().unwrap();
    assert_eq!(enqueued.device_usec, usec(1));
    assert_eq!(enqueued.system_nsec, usec(1) * 1000 + 7);
    assert!(enqueued.ir.is_some());
    // A capture without infrared is submitted unchanged.
    let without = Capture {
        ir: None,
        ..capture(usec(2))
    };
    frame_of(&mut *tracker, &without);
    assert_eq!(vendor.tracker.statistics().enqueued.pop().unwrap().ir, None);
    // A capture without depth is not submitted.
    let nothing = tracker.track(&Capture::default(), &calibration(MODE));
    assert_eq!(nothing, Ok(None));
    drop(tracker);
    vendor.assert_clean();
}

#[test]
fn rows_with_padding_are_read_right() {
    let vendor = Vendor::new(&Script::default().fault(When::At(1), Fault::PaddedMap));
    let mut tracker = vendor.open(&vendors()).unwrap();
    let plain = frame_of(&mut *tracker, &capture(usec(0)));
    let padded = frame_of(&mut *tracker, &capture(usec(0)));
    let pixels = |frame: &BodyFrame| frame.index_map.as_ref().unwrap().pixels().to_vec();
    assert!(pixels(&plain).contains(&0));
    assert_eq!(pixels(&padded), pixels(&plain));
    assert!(tracker.notes().is_empty());
    drop((tracker, plain, padded));
    vendor.assert_clean();
}

#[test]
fn frames_are_used_as_far_as_they_can_be_and_notes_say_what_is_left_out() {
    let cases = [
        (Fault::NanJoints, "invalid numbers"),
        (Fault::BadConfidence, ""),
        (Fault::NewIds, ""),
        (Fault::NoMap, "the library returned no image"),
        (
            Fault::SmallMap,
            "it has 160 × 288 pixels of Custom8 where depth images have 320 × 288",
        ),
    ];
    for (fault, note) in cases {
        let vendor = Vendor::new(&Script::default().fault(When::From(1), fault));
        let mut runner = vendor.runner();
        let calibration = Arc::new(calibration(MODE));
        let mut frames = Vec::new();
        for number in 0..4 {
            runner.submit(capture(usec(number)), &calibration);
            frames.push(runner.wait_for_frame(LONG).unwrap());
        }
        let status = runner.status();
        assert_eq!(status.state, TrackerState::Running, "{fault:?}");
        assert_eq!(status.errors, 0, "{fault:?}: {status:?}");
        match note {
            "" => assert!(status.notes.is_empty(), "{fault:?}: {status:?}"),
            note => {
                // Each note is reported once.
                assert_eq!(status.notes.len(), 1, "{status:?}");
                assert!(status.notes[0].contains(note), "{status:?}");
            }
        }
        let (good, bad) = (&frames[0], &frames[3]);
        let people = Room::new(2, 1).people_at(usec(3));
        assert!(good.index_map.is_some());
        assert_eq!(
            bad.index_map.is_some(),
            !matches!(fault, Fault::NoMap | Fault::SmallMap)
        );
        for (body, known) in bad.bodies.iter().zip(&people) {
            let expected = match fault {
                Fault::NewIds => known.id + 4000,
                _ => known.id,
            };
            assert_eq!(body.id, expected);
            assert_eq!(body.joint(Joint::Pelvis), known.joint(Joint::Pelvis));
            let none = match fault {
                Fault::NanJoints => Joint::HandLeft,
                Fault::BadConfidence => Joint::Nose,
                _ => continue,
            };
            assert_eq!(body.joint(none).confidence, JointConfidence::None);
            let at = body.joint(none).position;
            assert!(at.iter().all(|value| value.is_finite()), "{at:?}");
        }
        assert_eq!(runner.stop_within(LONG), Stopped::Ended);
        drop(frames);
        vendor.assert_clean();
    }
}

#[test]
fn a_bad_capture_or_frame_is_counted_and_the_next_is_tracked() {
    let cases = [
        (Fault::NullFrame, "gave no frame"),
        (Fault::OneBodyMore, "body 2 of 3 cannot be read"),
        (Fault::CountlessBodies, "4294967295 bodies"),
        (Fault::NoId, "has no id"),
        (Fault::QueueFull, "is full"),
        (Fault::EnqueueFails, "does not take a capture"),
    ];
    for (fault, words) in cases {
        let vendor = Vendor::new(&Script::default().fault(When::Every(4), fault));
        let mut runner = vendor.runner();
        let mut number = 0;
        let status = until(&mut runner, &mut number, words, |status| {
            status.errors >= 3 && status.frames >= 9
        });
        let error = status.last_error.unwrap();
        assert!(error.contains(words), "{fault:?}: {error}");
        assert_eq!(status.state, TrackerState::Running, "{fault:?}");
        assert_eq!(status.restarts, 0, "{fault:?}");
        assert_eq!(runner.stop_within(LONG), Stopped::Ended);
        vendor.assert_clean();
    }
}

#[test]
fn a_tracker_that_fails_is_named_and_opened_again_until_it_works() {
    let cases = [
        (Fault::NullFrame, "gave no frame"),
        (Fault::EnqueueFails, "does not take a capture"),
        (Fault::QueueFull, "is full"),
        (Fault::OneBodyMore, "cannot be read"),
        (Fault::PopFails, "has stopped"),
    ];
    for (fault, words) in cases {
        let vendor = Vendor::new(&Script::default().fault(When::From(5), fault));
        let mut runner = vendor.runner_with(RunnerSettings {
            first_pause_seconds: 0.01,
            longest_pause_seconds: 0.05,
            bad_captures_in_a_row: 5,
            ..RunnerSettings::default()
        });
        let mut number = 0;
        let status = until(&mut runner, &mut number, words, |status| {
            status.restarts >= 2
        });
        let error = status.last_error.unwrap();
        assert!(error.contains(words), "{fault:?}: {error}");
        // After that, the tracker works without faults.
        vendor.tracker.configure(&Script::default());
        let frames = status.frames;
        let status = until(&mut runner, &mut number, "works again", |status| {
            status.state == TrackerState::Running && status.frames > frames + 20
        });
        assert!(status.restarts >= 2);
        assert_eq!(runner.stop_within(LONG), Stopped::Ended);
        vendor.assert_clean();
    }
}

#[test]
fn a_tracker_that_does_not_start_is_tried_again() {
    let vendor = Vendor::new(&Script {
        create_fails: Fails::Always,
        ..Script::default()
    });
    let mut runner = vendor.runner();
    let mut number = 0;
    let status = until(&mut runner, &mut number, "does not start", |status| {
        matches!(&status.state, TrackerState::Restarting(_)) && status.restarts > 2
    });
    let TrackerState::Restarting(message) = status.state else {
        unreachable!();
    };
    assert!(message.contains("does not start"), "{message}");
    assert!(message.contains("dnn_model_2_0_op11.onnx"), "{message}");
    vendor.tracker.configure(&Script {
        create_fails: Fails::Times(3),
        ..Script::default()
    });
    until(&mut runner, &mut number, "starts", |status| {
        status.frames > 5
    });
    assert_eq!(runner.stop_within(LONG), Stopped::Ended);
    vendor.assert_clean();
}

#[test]
fn without_a_graphics_card_the_processor_runs_the_network_where_that_is_allowed() {
    let vendor = Vendor::new(&Script {
        gpu_fails: true,
        ..Script::default()
    });
    let mut tracker = vendor.open(&vendors()).unwrap();
    assert_eq!(tracker.name(), "vendor's body tracker 1.1 on the processor");
    assert!(tracker.notes()[0].contains("cannot use the graphics card"));
    frame_of(&mut *tracker, &capture(usec(0)));
    let cuda = TrackerSettings {
        processing_mode: ProcessingMode::Cuda,
        ..vendors()
    };
    let Err(error) = vendor.open(&cuda) else {
        panic!("CUDA was asked for and is not there");
    };
    assert_eq!(error.kind, TrackerErrorKind::Failed);
    assert!(error.message.contains("GpuCuda must be there"), "{error}");
    drop(tracker);
    vendor.assert_clean();
}

#[test]
fn a_slow_start_and_a_slow_end_hold_nobody_up() {
    let vendor = Vendor::new(&Script {
        create_ms: 600,
        shutdown_ms: 600,
        ..Script::default()
    });
    let mut runner = vendor.runner();
    let mut number = 0;
    let status = until(&mut runner, &mut number, "opening", |status| {
        status.state == TrackerState::Opening
    });
    assert_eq!(status.frames, 0);
    until(&mut runner, &mut number, "running", |status| {
        status.frames > 3
    });
    let before = Instant::now();
    runner.stop();
    assert!(before.elapsed() < Duration::from_millis(300));
    vendor.assert_clean();
}

#[test]
fn silence_is_a_failure_after_a_while() {
    let vendor = Vendor::new(&Script::default().fault(When::From(3), Fault::Silence));
    let mut runner = vendor.runner();
    let mut number = 0;
    let status = until(&mut runner, &mut number, "silent", |status| {
        status.errors > 0
    });
    let error = status.last_error.unwrap();
    assert!(error.contains("has given no frame for 1"), "{error}");
    vendor.tracker.configure(&Script::default());
    until(&mut runner, &mut number, "speaks again", |status| {
        status.frames > 10
    });
    assert_eq!(runner.stop_within(LONG), Stopped::Ended);
    vendor.assert_clean();
}

#[test]
fn a_hang_in_any_function_is_named_and_left_behind() {
    for function in [
        Function::Create,
        Function::Enqueue,
        Function::Pop,
        Function::Shutdown,
    ] {
        let faulty = Script {
            hangs_in: Some(function),
            ..Script::default()
        };
        // The faults that make the tracker shut down.
        let faulty = match function {
            Function::Shutdown => faulty.fault(When::From(0), Fault::PopFails),
            _ => faulty,
        };
        let vendor = Vendor::new(&faulty);
        let mut runner = vendor.runner_with(RunnerSettings {
            first_pause_seconds: 0.3,
            longest_pause_seconds: 0.3,
            hung_after_seconds: 0.3,
            ..RunnerSettings::default()
        });
        let mut number = 0;
        let what = format!("{function:?}");
        let status = until(&mut runner, &mut number, &what, |status| {
            status.abandoned == 1
        });
        let error = status.last_error.unwrap();
        assert!(error.contains("has not returned"), "{what}: {error}");
        // The call returns at last, and the tracker that replaced the silent one works.
        vendor.tracker.configure(&Script::default());
        until(&mut runner, &mut number, &what, |status| status.frames > 5);
        assert_eq!(runner.stop_within(LONG), Stopped::Ended);
        vendor.assert_clean();
    }
    let since = Instant::now();
    while abandoned_threads()
        .iter()
        .any(|thread| thread.tracker.contains("vendor"))
    {
        assert!(since.elapsed() < LONG, "{:?}", abandoned_threads());
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn what_cannot_be_tracked_is_told_at_once_with_what_to_do() {
    let vendor = Vendor::new(&Script::default());
    let refused = |settings: &TrackerSettings, sensor: &TrackedSensor, mode| match open(
        settings,
        sensor,
        &calibration(mode),
        &StopSignal::new(),
    ) {
        Ok(_) => panic!("it was not refused"),
        Err(error) => {
            assert_eq!(error.kind, TrackerErrorKind::Unusable, "{error}");
            error.message
        }
    };
    for mode in [DepthMode::Off, DepthMode::PassiveIr] {
        let message = refused(&vendors(), &vendor.tracked(), mode);
        assert!(message.contains("use NfovUnbinned"), "{message}");
    }
    let uncalibrated = TrackedSensor {
        factory_calibration: None,
        ..vendor.tracked()
    };
    let message = refused(&vendors(), &uncalibrated, MODE);
    assert!(message.contains("needs the sensor's factory"), "{message}");
    assert!(!may_track(&vendors(), &uncalibrated));
    let garbled = TrackedSensor {
        factory_calibration: Some(b"{}".as_slice().into()),
        ..vendor.tracked()
    };
    let message = refused(&vendors(), &garbled, MODE);
    assert!(
        message.contains("does not take the factory calibration"),
        "{message}"
    );
    let missing = TrackerSettings {
        model: Some("no/such/dnn_model_2_0_op11.onnx".into()),
        ..vendors()
    };
    let message = refused(&missing, &vendor.tracked(), MODE);
    assert!(message.contains("is not there"), "{message}");
    let direct = TrackerSettings {
        processing_mode: ProcessingMode::DirectMl,
        ..vendors()
    };
    if cfg!(not(windows)) {
        let message = refused(&direct, &vendor.tracked(), MODE);
        assert!(message.contains("on Windows only"), "{message}");
    }
    vendor.assert_clean();
}

#[test]
fn a_depth_image_of_another_size_is_not_tracked() {
    let vendor = Vendor::new(&Script::default());
    let mut tracker = vendor.open(&vendors()).unwrap();
    let mut small = Image::clone(&image(ImageFormat::Depth16, 5));
    small.height /= 2;
    let odd = Capture {
        depth: Some(small.into()),
        ..capture(5)
    };
    let error = tracker.track(&odd, &calibration(MODE)).unwrap_err();
    assert_eq!(error.kind, TrackerErrorKind::BadCapture);
    assert!(error.message.contains("320 × 144 pixels where"), "{error}");
    drop(tracker);
    vendor.assert_clean();
}

#[test]
fn a_missing_library_is_named_quickly_and_truth_comes_next() {
    // A sensor's library without a body tracker.
    let sensor = StandIn::microsoft(&SensorScript::healthy(1));
    let without = tracked(Some(&sensor));
    assert!(!may_track(&vendors(), &without));
    let stop = StopSignal::new();
    let Err(error) = open(&vendors(), &without, &calibration(MODE), &stop) else {
        panic!("there is no libk4abt");
    };
    assert_eq!(error.kind, TrackerErrorKind::Unusable);
    let message = error.message;
    assert!(
        message.contains("install the Azure Kinect Body"),
        "{message}"
    );
    let beside = sensor.folder().join("libk4abt.so.1.1");
    if cfg!(target_os = "linux") {
        assert!(message.contains(beside.to_str().unwrap()), "{message}");
    }
    // The second call uses the cached result.
    let times = 1000;
    let depth = calibration(MODE);
    let start = Instant::now();
    for _ in 0..times {
        assert!(open(&vendors(), &without, &depth, &stop).is_err());
        assert!(!may_track(&vendors(), &without));
    }
    println!(
        "a missing library costs {:?} when it is asked for again",
        start.elapsed() / times
    );
    // Without the vendor's, the built-in tracker is used; the note gives the reason in one line.
    let simulated = TrackedSensor {
        has_bodies: true,
        ..without.clone()
    };
    let auto = TrackerSettings::default();
    let tracker = open(&auto, &simulated, &calibration(MODE), &stop).unwrap();
    assert!(tracker.name().contains(INSTEAD), "{}", tracker.name());
    let note = &tracker.notes()[0];
    assert!(note.contains("install the Azure Kinect Body"), "{note}");
    assert!(!note.contains('\n'), "{note}");
    // Without depth a simulated sensor uses its own people.
    let blind = |sensor: &TrackedSensor| {
        let mut sensor = sensor.clone();
        sensor.info.depth_mode = DepthMode::PassiveIr;
        open(&auto, &sensor, &calibration(DepthMode::PassiveIr), &stop)
    };
    let tracker = blind(&simulated).unwrap();
    assert!(tracker.name().contains("truth"), "{}", tracker.name());
    assert_eq!(tracker.notes().len(), 1);
    let Err(error) = blind(&without) else {
        panic!("no tracker can be used");
    };
    assert!(error.message.contains("no body tracker can be used"));
    assert!(error.message.contains("delivers no bodies of its own"));
}

#[test]
fn the_vendors_comes_first_unless_a_model_of_another_kind_is_given() {
    let vendor = Vendor::new(&Script::default().fault(When::From(0), Fault::NoMap));
    let sensor = TrackedSensor {
        has_bodies: true,
        ..vendor.tracked()
    };
    let stop = StopSignal::new();
    let auto = TrackerSettings::default();
    assert!(may_track(&auto, &vendor.tracked()));
    let mut tracker = open(&auto, &sensor, &calibration(MODE), &stop).unwrap();
    assert!(tracker.name().starts_with("vendor's"));
    frame_of(&mut *tracker, &capture(usec(0)));
    assert_eq!(tracker.notes().len(), 1);
    let other = TrackerSettings {
        model: Some("rtmpose.onnx".into()),
        ..auto
    };
    let instead = open(&other, &sensor, &calibration(MODE), &stop).unwrap();
    assert!(instead.name().contains(INSTEAD), "{}", instead.name());
    assert!(instead.notes()[0].contains("none of its own"));
    drop(tracker);
    vendor.assert_clean();
}

#[test]
fn the_second_vendor_is_told_that_the_first_has_the_body_tracker() {
    let microsoft = Vendor::new(&Script::default());
    assert!(microsoft.open(&vendors()).is_ok());
    // The system's loader does this when Microsoft's libk4a was loaded first.
    let orbbec = StandIn::orbbec(&SensorScript::healthy(1));
    let _bound_to_microsofts =
        TrackerStandIn::in_folder(orbbec.folder(), microsoft.sensor.path(), &Script::default());
    let sensor = tracked(Some(&orbbec));
    let Err(error) = open(&vendors(), &sensor, &calibration(MODE), &StopSignal::new()) else {
        panic!("it was not refused");
    };
    assert_eq!(error.kind, TrackerErrorKind::Unusable);
    let first = error.message.lines().next().unwrap();
    assert!(first.contains("one vendor at a time"), "{first}");
    assert!(first.contains("choose another body tracker"), "{first}");
    microsoft.assert_clean();
}

#[test]
fn orbbecs_sensors_have_a_tracker_too() {
    let vendor = Vendor::of(
        StandIn::orbbec(&SensorScript::healthy(1)),
        &Script::default(),
    );
    let mut tracker = vendor.open(&vendors()).unwrap();
    let frame = frame_of(&mut *tracker, &capture(usec(3)));
    assert_eq!(frame.bodies, Room::new(2, 1).people_at(usec(3)));
    drop((tracker, frame));
    vendor.assert_clean();
}

/// The memory and the threads of this process, as Linux reports them.
#[cfg(target_os = "linux")]
fn own_status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn a_thousand_restarts_leave_nothing_behind() {
    // The test runs in its own process, so that the memory of other tests does not count.
    const ALONE: &str = "KINECT_TRACKERS_ALONE";
    if std::env::var_os(ALONE).is_none() {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "vendor::a_thousand_restarts_leave_nothing_behind",
                "--nocapture",
            ])
            .env(ALONE, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        print!("{said}");
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        return;
    }
    let healthy = Script {
        frame_ms: 0,
        ..Script::default()
    };
    let vendor = Vendor::new(&healthy);
    let calibration = Arc::new(calibration(MODE));
    let captures: Vec<Capture> = (0..3).map(|number| capture(usec(number))).collect();
    let start = Instant::now();
    let mut threads = Vec::new();
    let mut held = Vec::with_capacity(16);
    let mut resident = Vec::with_capacity(16);
    let rounds = std::env::var("KINECT_TRACKERS").map_or(1000, |n| n.parse().unwrap());
    for round in 1..=rounds {
        // Every third tracker fails instead of being stopped.
        vendor.tracker.configure(&if round % 3 == 0 {
            healthy.clone().fault(When::At(1), Fault::PopFails)
        } else {
            healthy.clone()
        });
        let mut runner = vendor.runner();
        let fails = round % 3 == 0;
        for (number, capture) in captures.iter().enumerate() {
            runner.submit(capture.clone(), &calibration);
            if number == 0 || !fails {
                assert!(runner.wait_for_frame(LONG).is_some());
            } else {
                while runner.status().errors == 0 {
                    std::thread::sleep(Duration::from_millis(1));
                }
            }
        }
        assert_eq!(runner.stop_within(LONG), Stopped::Ended);
        if round % (rounds / 10) == 0 {
            let statistics = vendor.tracker.statistics();
            assert!(statistics.is_clean(), "{statistics:?}");
            assert!(vendor.sensor.statistics().is_clean());
            threads.push(own_status("Threads:"));
            held.push(k4a_judge::held_bytes());
            resident.push(own_status("VmRSS:"));
        }
    }
    let statistics = vendor.tracker.statistics();
    println!(
        "{} trackers, {} frames in {:?}; threads {threads:?}; bytes held {held:?}; resident KiB {resident:?}",
        statistics.trackers.created,
        statistics.frames.created,
        start.elapsed()
    );
    assert!(statistics.trackers.created >= rounds);
    assert_eq!(threads.first(), threads.last());
    // After 300 restarts, the lists of the newest events are full.
    let growth = held[9] - held[2];
    assert!(growth.abs() < 64 << 10, "{growth} bytes");
    let growth = resident[9] as i64 - resident[2] as i64;
    assert!(growth < 1024, "{growth} KiB");
    assert!(abandoned_threads().is_empty());
}

/// The variable that the test of the real `libk4a` sets for its child processes: the folder of the stand-in tracker.
#[cfg(target_os = "linux")]
const ON_REAL_LIBK4A: &str = "KINECT_TRACKER_ON_REAL_LIBK4A";
/// The variable that is set if captures are drawn, which takes minutes under valgrind.
#[cfg(target_os = "linux")]
const DRAWN: &str = "KINECT_TRACKER_DRAWN";

/// Captures of recordings and simulations become captures of the vendor's real library, and nothing is left of them. The
/// stand-in tracker is bound to that library for it.
#[test]
#[cfg(target_os = "linux")]
fn captures_go_through_the_real_libk4a_without_a_leak() {
    use std::process::Command;
    if let Some(folder) = std::env::var_os(ON_REAL_LIBK4A) {
        return on_real_libk4a(folder.as_ref());
    }
    if k4a_judge::real_library().is_none() {
        return;
    }
    let folder = std::env::temp_dir().join(format!("kinect-real-libk4a-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let run = |command: &mut Command| {
        let output = command
            .args([
                "--exact",
                "vendor::captures_go_through_the_real_libk4a_without_a_leak",
                "--nocapture",
            ])
            .env(ON_REAL_LIBK4A, &folder)
            .env("KINECT_K4ABT_LIBRARY", &folder)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let report = String::from_utf8_lossy(&output.stderr).into_owned();
        print!("{said}");
        let is_good = output.status.success() && said.contains("1 passed");
        assert!(is_good, "{said}\n{report}");
        report
    };
    let program = std::env::current_exe().unwrap();
    run(Command::new(&program).env(DRAWN, "1"));
    let has_valgrind = Command::new("valgrind")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    if has_valgrind {
        let report = run(Command::new("valgrind")
            .args([
                "--error-exitcode=99",
                "--leak-check=full",
                "--show-leak-kinds=definite",
                "--errors-for-leak-kinds=definite",
                "--num-callers=30",
                concat!(
                    "--suppressions=",
                    env!("CARGO_MANIFEST_DIR"),
                    "/../k4a/tests/real/valgrind.supp"
                ),
            ])
            .arg(&program));
        assert!(report.contains("ERROR SUMMARY: 0 errors"), "{report}");
    } else {
        // A tool for developers, not part of what KINECT_REQUIRE_REAL asks for.
        eprintln!("SKIPPED: valgrind is not installed");
    }
    let _ = std::fs::remove_dir_all(&folder);
}

#[cfg(target_os = "linux")]
fn on_real_libk4a(folder: &std::path::Path) {
    use kinect_azure::recording::RecordingSource;
    let libk4a = k4a_judge::real_library().unwrap();
    let script = Script {
        people: 1,
        ..Script::default()
    };
    let stand_in = TrackerStandIn::in_folder(folder, libk4a.path(), &script);
    let tracked_by = |sensor: TrackedSensor, depth: &Calibration, captures: &[Capture]| {
        let sensor = TrackedSensor {
            vendor_library: Some(libk4a.path().to_owned()),
            ..sensor
        };
        let mut tracker = open(&vendors(), &sensor, depth, &StopSignal::new()).unwrap();
        let mut found = Vec::new();
        for capture in captures {
            found.extend(tracker.track(capture, depth).unwrap());
        }
        while let Some(frame) = tracker.drain().unwrap() {
            found.push(frame);
        }
        let times: Vec<u64> = found.iter().map(|f| f.device_timestamp_usec).collect();
        let sent: Vec<u64> = captures
            .iter()
            .filter_map(|capture| Some(capture.depth.as_ref()?.device_timestamp_usec))
            .collect();
        assert_eq!(times, sent);
        for frame in &found {
            let map = frame.index_map.as_ref().unwrap();
            assert_eq!((map.width(), map.height()), depth.depth_mode.size());
        }
        println!("{}: {} captures", sensor.info.name, found.len());
        assert!(!found.is_empty());
    };
    let captures_of = |source: &mut dyn CaptureSource| {
        let mut captures = Vec::new();
        while captures.len() < 6 {
            match source.next_capture(LONG).unwrap() {
                NextCapture::Capture(capture) => captures.push(capture),
                NextCapture::Timeout => {}
                NextCapture::End => break,
            }
        }
        captures
    };
    if let Some(recording) = k4a_judge::real_data("recordings/mug-720p-nfov.mkv") {
        let mut source = RecordingSource::open(recording).unwrap();
        let depth = source.calibration().unwrap().clone();
        let captures = captures_of(&mut source);
        tracked_by(TrackedSensor::of(&source), &depth, &captures);
    }
    if std::env::var_os(DRAWN).is_some() {
        let mut source = SimulatedSensor::new(&SimulationSettings {
            depth_mode: MODE,
            color_resolution: ColorResolution::Off,
            noise: Noise::none(),
            ..SimulationSettings::default()
        })
        .unwrap()
        .as_fast_as_possible();
        let depth = source.calibration().unwrap().clone();
        let captures = captures_of(&mut source);
        tracked_by(TrackedSensor::of(&source), &depth, &captures);
    } else {
        let captures: Vec<Capture> = (0..6).map(|number| capture(usec(number))).collect();
        tracked_by(tracked(None), &calibration(MODE), &captures);
    }
    let statistics = stand_in.statistics();
    assert!(statistics.is_clean(), "{statistics:?}");
}
