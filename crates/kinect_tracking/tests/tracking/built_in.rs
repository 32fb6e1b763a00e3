//! The built-in tracker: on networks written by hand, which always see the same person, and on the trained ones.
//!
//! The trained networks are those that come with the crate, or those in the folder `KINECT_NETWORKS`. Tests that measure print
//! their results; the ignored ones take long.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use glam::Vec3;
use kinect_azure::body::{BodyFrame, BodyIndexImage};
use kinect_azure::image::Pixels;
use kinect_azure::{
    Calibration, Capture, CaptureSource, ColorResolution, DepthMode, Image, ImageFormat, Joint,
    JointConfidence, NextCapture,
};
use kinect_simulation::{Scenario, SimulationSettings};
use kinect_tracking::Gravity;
use kinect_tracking::built_in::{BuiltInSettings, BuiltInTracker};
use kinect_tracking::choice::{
    ProcessingMode, TrackedSensor, Tracker, TrackerSettings, may_track, open,
};
use kinect_tracking::crop::{Overview, PersonCrop};
use kinect_tracking::onnx::{Processor, Runtime, Turn};
use kinect_tracking::rotation::rest_position;
use kinect_tracking::tracker::{BodyTracker, StopSignal, TrackerErrorKind};

use crate::onnx::graph::{Answer, Element, graph};
use crate::onnx::real_models::visitors;
use crate::onnx::runtimes;
use crate::onnx::tracker::sensor;
use crate::score::{Score, processor_seconds};

/// A folder of networks, which is removed when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(files: &[(&str, Vec<u8>)]) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("kinect-built-in-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for (name, bytes) in files {
            std::fs::write(folder.join(format!("{name}.onnx")), bytes).unwrap();
        }
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Where the pelvis of the person is that the networks written by hand see.
const PELVIS: [f32; 3] = [100.0, 50.0, 2500.0];

/// A finder that sees a pelvis there, and nobody in an image without depth.
fn finder(calibration: &Calibration) -> Vec<u8> {
    let view = Overview::new(&calibration.depth_camera.unwrap(), None);
    let [columns, rows] = view.size().map(|pixels| pixels / 4);
    let mut maps = Answer::new("maps", &[1, 5, rows as i64, columns as i64]);
    let [column, row, distance] = view.place(PELVIS).unwrap();
    let cells = rows * columns;
    for cell in 0..cells {
        let x = (cell % columns) as f32 + 0.5 - column / 4.0;
        let y = (cell / columns) as f32 + 0.5 - row / 4.0;
        maps.constant[cells + cell] = -20.0;
        // Half of all pixels or more are measured; the mean of both channels is at least 0.1.
        maps.factor[cells + cell] = 400.0 * (-0.3 * (x * x + y * y)).exp();
        maps.constant[4 * cells + cell] = distance / 1000.0 - 2.5;
    }
    let [width, height] = view.size();
    graph(
        "depth",
        Element::F32,
        &[1, 2, height as i64, width as i64],
        &[maps],
    )
}

/// The joints of the person that the poser written by hand sees, as steps from the middle of the crop in mm (right, down, beyond).
fn steps() -> [Vec3; Joint::COUNT] {
    core::array::from_fn(|joint| {
        let at = Vec3::from(rest_position(Joint::ALL[joint]));
        Vec3::new(at.x, -at.y, -at.z) * 500.0
    })
}

/// A poser that always sees somebody in the rest pose, who faces the camera, with hidden hands.
fn poser(person: f32) -> Vec<u8> {
    let maps = [1, 32, 32, 32];
    let mut heatmaps = Answer::new("heatmaps", &maps);
    let mut depths = Answer::new("depths", &maps);
    let mut mask = Answer::new("mask", &[1, 1, 32, 32]);
    let mut seen = Answer::new("seen", &[1, 32]);
    let mut is_person = Answer::new("person", &[1, 1]);
    let crop = PersonCrop::around([0.0, 0.0, 2500.0], PersonCrop::SIDE_MM, None).unwrap();
    for (joint, step) in steps().into_iter().enumerate() {
        let place = crop.place((step + Vec3::Z * 2500.0).to_array()).unwrap();
        for cell in 0..1024 {
            let x = (cell % 32) as f32 + 0.5 - place[0] * 32.0;
            let y = (cell / 32) as f32 + 0.5 - place[1] * 32.0;
            heatmaps.constant[joint * 1024 + cell] = 10.0 - 0.5 * (x * x + y * y);
            depths.constant[joint * 1024 + cell] = place[2] / 1000.0;
        }
        let name = Joint::ALL[joint].name().to_ascii_lowercase();
        seen.constant[joint] = if name.contains("hand") { -2.0 } else { 2.0 };
    }
    mask.constant.fill(3.0);
    is_person.constant[0] = person;
    graph(
        "depth",
        Element::F32,
        &[1, 2, 128, 128],
        &[heatmaps, depths, mask, seen, is_person],
    )
}

fn hand_made(calibration: &Calibration, person: f32) -> Folder {
    let finder = finder(calibration);
    Folder::new(&[
        ("finder-narrow", finder.clone()),
        ("finder-wide", finder),
        ("poser", poser(person)),
    ])
}

fn calibration(mode: DepthMode) -> Calibration {
    let raw = kinect_simulation::built_in_calibration().unwrap();
    raw.calibration(mode, ColorResolution::Off).unwrap()
}

/// A capture whose depth image shows a wall.
fn wall(calibration: &Calibration, usec: u64, depth_mm: u16) -> Capture {
    let camera = calibration.depth_camera.unwrap();
    Capture {
        depth: Some(Arc::new(Image {
            width: camera.width,
            height: camera.height,
            stride: camera.width * 2,
            pixels: Pixels::U16(vec![depth_mm; (camera.width * camera.height) as usize]),
            device_timestamp_usec: usec,
            ..Image::empty(ImageFormat::Depth16)
        })),
        ..Capture::default()
    }
}

fn settings(folder: &Folder, runtime: Runtime) -> BuiltInSettings {
    let mut settings = BuiltInSettings {
        networks: Some(folder.0.clone()),
        processor: Processor::Cpu,
        ..BuiltInSettings::default()
    };
    settings.network.runtime = runtime;
    settings
}

fn opened(settings: &BuiltInSettings, calibration: &Calibration) -> BuiltInTracker {
    BuiltInTracker::open(settings, calibration, &StopSignal::new()).unwrap()
}

#[test]
fn a_person_is_where_the_networks_see_one_in_every_mode() {
    for mode in [
        DepthMode::NfovUnbinned,
        DepthMode::Nfov2x2Binned,
        DepthMode::Wfov2x2Binned,
        DepthMode::WfovUnbinned,
    ] {
        let calibration = calibration(mode);
        let folder = hand_made(&calibration, 4.0);
        for runtime in runtimes() {
            let mut plain = opened(&settings(&folder, runtime), &calibration);
            let mut mirrored = settings(&folder, runtime);
            mirrored.mirrored = true;
            let mut mirrored = opened(&mirrored, &calibration);
            let capture = wall(&calibration, 1_000_000, 2480);
            let frame = plain.track(&capture, &calibration).unwrap().unwrap();
            assert_eq!(frame.device_timestamp_usec, 1_000_000);
            assert_eq!(frame.bodies.len(), 1, "{mode} {runtime:?}");
            let body = &frame.bodies[0];
            let pelvis = Vec3::from(body.joint(Joint::Pelvis).position);
            // The finder's cells are two degrees wide, 90 mm there.
            assert!(pelvis.distance(PELVIS.into()) < 90.0, "{mode}: {pelvis}");
            let step = steps()[Joint::WristLeft.index()];
            let wrist = Vec3::from(body.joint(Joint::WristLeft).position);
            assert!((wrist - pelvis).distance(step) < 40.0, "{wrist}");
            assert_eq!(body.joint(Joint::Head).confidence, JointConfidence::Medium);
            assert_eq!(body.joint(Joint::HandLeft).confidence, JointConfidence::Low);
            let map = frame.index_map.as_ref().unwrap();
            assert!(map.pixels().contains(&0), "{mode}");
            // The person is symmetric, so the mirror shows the same.
            let other = mirrored.track(&capture, &calibration).unwrap().unwrap();
            for (a, b) in body.joints.iter().zip(other.bodies[0].joints) {
                let off = Vec3::from(a.position).distance(b.position.into());
                assert!(off < 60.0, "{mode} {runtime:?}: {off}");
            }
        }
    }
}

#[test]
fn without_depth_in_the_image_there_is_nobody() {
    let calibration = calibration(DepthMode::NfovUnbinned);
    let folder = hand_made(&calibration, 4.0);
    let mut tracker = opened(&settings(&folder, Runtime::Embedded), &calibration);
    let empty = wall(&calibration, 1_000_000, 0);
    let frame = tracker.track(&empty, &calibration).unwrap().unwrap();
    assert!(frame.bodies.is_empty());
    let map = frame.index_map.as_ref().unwrap();
    assert!(
        map.pixels()
            .iter()
            .all(|pixel| *pixel == BodyIndexImage::BACKGROUND)
    );
    // A capture without a depth image, and one of another sensor.
    let without = Capture::default();
    assert_eq!(tracker.track(&without, &calibration).unwrap(), None);
    let other = self::calibration(DepthMode::Nfov2x2Binned);
    let error = tracker
        .track(&wall(&other, 1_033_333, 2000), &calibration)
        .unwrap_err();
    assert_eq!(error.kind, TrackerErrorKind::BadCapture);
    assert!(error.message.contains("320 × 288"), "{error}");
    // It goes on.
    let frame = tracker.track(&wall(&calibration, 1_266_666, 2480), &calibration);
    assert_eq!(frame.unwrap().unwrap().bodies.len(), 1);
}

#[test]
fn what_is_no_person_is_nobody_and_what_was_one_is_kept_for_a_while() {
    let calibration = calibration(DepthMode::NfovUnbinned);
    let folder = hand_made(&calibration, -3.0);
    let mut tracker = opened(&settings(&folder, Runtime::Embedded), &calibration);
    let capture = wall(&calibration, 1_000_000, 2480);
    let frame = tracker.track(&capture, &calibration).unwrap().unwrap();
    assert!(frame.bodies.is_empty());
    let folder = hand_made(&calibration, 2.0);
    let mut tracker = opened(&settings(&folder, Runtime::Embedded), &calibration);
    let mut ids = Vec::new();
    for n in 0..40_u64 {
        // For half a second the depth image is dark: the finder sees nobody, the poser still does.
        let depth_mm = if (10..25).contains(&n) { 0 } else { 2480 };
        let capture = wall(&calibration, 1_000_000 + n * 33_333, depth_mm);
        let frame = tracker.track(&capture, &calibration).unwrap().unwrap();
        ids.extend(frame.bodies.iter().map(|body| body.id));
    }
    assert_eq!(ids, [1; 40]);
}

#[test]
fn a_turned_sensor_sees_people_upright() {
    let calibration = calibration(DepthMode::NfovUnbinned);
    let folder = hand_made(&calibration, 4.0);
    let height = |turn: Turn| {
        let mut settings = settings(&folder, Runtime::Embedded);
        settings.turn = turn;
        let mut tracker = opened(&settings, &calibration);
        let capture = wall(&calibration, 1_000_000, 2480);
        let frame = tracker.track(&capture, &calibration).unwrap().unwrap();
        let at = |joint| Vec3::from(frame.bodies[0].joint(joint).position);
        (at(Joint::Neck) - at(Joint::Pelvis)).normalize()
    };
    // The network sees people upright, so that they lie on their sides in the sensor's image.
    assert!(height(Turn::Upright).dot(Vec3::NEG_Y) > 0.98);
    assert!(height(Turn::Clockwise90).dot(Vec3::NEG_X) > 0.98);
    assert!(height(Turn::CounterClockwise90).dot(Vec3::X) > 0.98);
    assert!(height(Turn::Flip180).dot(Vec3::Y) > 0.98);
}

#[test]
fn networks_that_cannot_be_used_are_named() {
    let calibration = calibration(DepthMode::NfovUnbinned);
    let good = finder(&calibration);
    let error = |files: &[(&str, Vec<u8>)], runtime: Runtime| {
        let folder = Folder::new(files);
        let opened = BuiltInTracker::open(
            &settings(&folder, runtime),
            &calibration,
            &StopSignal::new(),
        );
        let error = opened.err().unwrap();
        assert_eq!(error.kind, TrackerErrorKind::Unusable, "{error}");
        error.message
    };
    for runtime in runtimes() {
        let missing = error(&[("finder-narrow", good.clone())], runtime);
        assert!(missing.contains("poser.onnx"), "{missing}");
        let swapped = [("finder-narrow", poser(1.0)), ("poser", poser(1.0))];
        let swapped = error(&swapped, runtime);
        assert!(swapped.contains("[1, 2, 144, 160]"), "{swapped}");
        assert!(swapped.contains("heatmaps"), "{swapped}");
        let broken = [
            ("finder-narrow", good.clone()),
            ("poser", poser(1.0)[..5000].to_vec()),
        ];
        let broken = error(&broken, runtime);
        assert!(broken.contains("poser"), "{broken}");
        let text = [("finder-narrow", b"no network".to_vec())];
        let text = error(&text, runtime);
        assert!(text.contains("finder-narrow"), "{text}");
    }
    // A sensor without depth, and a stop while it opens.
    let folder = hand_made(&calibration, 1.0);
    let blind = self::calibration(DepthMode::PassiveIr);
    let settings = settings(&folder, Runtime::Embedded);
    let error = BuiltInTracker::open(&settings, &blind, &StopSignal::new());
    let error = error.err().unwrap().message;
    assert!(error.contains("choose another depth mode"), "{error}");
    let stop = StopSignal::new();
    stop.give();
    assert!(BuiltInTracker::open(&settings, &calibration, &stop).is_err());
}

#[test]
fn the_choice_takes_the_built_in_tracker_by_its_name_and_by_its_folder() {
    let settings_of = |tracker: Tracker, folder: &Folder| {
        let mut settings = TrackerSettings {
            tracker,
            model: Some(folder.0.clone()),
            processing_mode: ProcessingMode::Cpu,
            ..TrackerSettings::default()
        };
        settings.network.runtime = Runtime::Embedded;
        settings
    };
    let calibration = calibration(DepthMode::NfovUnbinned);
    let folder = hand_made(&calibration, 4.0);
    let mut sensor = TrackedSensor::default();
    sensor.info.depth_mode = DepthMode::NfovUnbinned;
    for tracker in [Tracker::BuiltIn, Tracker::Auto] {
        let settings = settings_of(tracker, &folder);
        assert!(may_track(&settings, &sensor));
        let opened = open(&settings, &sensor, &calibration, &StopSignal::new()).unwrap();
        assert_eq!(
            opened.name(),
            "built-in tracker with tract on the processor"
        );
    }
    let empty = Folder::new(&[]);
    let settings = settings_of(Tracker::BuiltIn, &empty);
    assert!(!may_track(&settings, &sensor));
    let error = open(&settings, &sensor, &calibration, &StopSignal::new());
    let error = error.err().unwrap().message;
    assert!(error.contains("finder-narrow.onnx"), "{error}");
}

/// The trained networks.
pub(crate) fn trained() -> BuiltInSettings {
    BuiltInSettings {
        networks: std::env::var_os("KINECT_NETWORKS").map(PathBuf::from),
        processor: Processor::Cpu,
        ..BuiltInSettings::default()
    }
}

/// What a tracker finds in captures of simulated people. It knows the direction of gravity. Captures are `apart_usec` apart, or as
/// the sensor takes them.
pub(crate) fn run(
    settings: &BuiltInSettings,
    simulation: &SimulationSettings,
    captures: u64,
    apart_usec: Option<u64>,
    score: &mut Score,
) -> Vec<Arc<BodyFrame>> {
    let mut source = sensor(&SimulationSettings {
        imu: true,
        every_capture: true,
        ..simulation.clone()
    });
    let calibration = source.calibration().unwrap().clone();
    let settings = BuiltInSettings {
        gravity: Gravity::default(),
        ..settings.clone()
    };
    let mut tracker = opened(&settings, &calibration);
    let mut frames = Vec::new();
    let mut looked = 0;
    while looked < captures {
        let Ok(NextCapture::Capture(mut capture)) = source.next_capture(Duration::from_secs(1))
        else {
            continue;
        };
        if let (Some(apart), Some(depth)) = (apart_usec, &mut capture.depth) {
            Arc::make_mut(depth).device_timestamp_usec = 1_000_000 + looked * apart;
        }
        looked += 1;
        while let Ok(Some(sample)) = source.next_imu_sample() {
            settings.gravity.add(&sample, &calibration);
        }
        let (began, worked) = (Instant::now(), processor_seconds());
        let found = tracker.track(&capture, &calibration).unwrap();
        score.seconds += began.elapsed().as_secs_f64();
        score.processor += processor_seconds() - worked;
        let (Some(found), Some(truth)) = (found, &capture.ground_truth) else {
            continue;
        };
        score.add(truth, &found);
        frames.push(found);
    }
    frames
}

#[test]
fn two_runs_give_the_same_bodies_and_both_libraries_nearly_the_same() {
    let settings = trained();
    let room = visitors(&Scenario::Exhibit, 3, 9300);
    let of = |runtime: Runtime| {
        let mut settings = settings.clone();
        settings.network.runtime = runtime;
        run(&settings, &room, 12, None, &mut Score::default())
    };
    let mut first: Option<Vec<Arc<BodyFrame>>> = None;
    for runtime in runtimes() {
        let (one, two) = (of(runtime), of(runtime));
        for (a, b) in one.iter().zip(&two) {
            assert_eq!(a.bodies, b.bodies, "{runtime:?}");
            let pixels = |frame: &BodyFrame| frame.index_map.as_ref().unwrap().pixels().to_vec();
            assert_eq!(pixels(a), pixels(b));
        }
        let Some(first) = &first else {
            first = Some(one);
            continue;
        };
        let off = |number: usize| {
            let (a, b) = (&first[number].bodies, &one[number].bodies);
            assert_eq!(a.len(), b.len());
            let pairs = a
                .iter()
                .zip(b)
                .flat_map(|(a, b)| a.joints.iter().zip(b.joints));
            let mut off: Vec<f32> = pairs
                .map(|(a, b)| Vec3::from(a.position).distance(b.position.into()))
                .collect();
            off.sort_by(f32::total_cmp);
            off[off.len() / 2]
        };
        // A crop that lies a hair beside shows other pixels here and there, so that later captures differ more.
        let [at_first, later] = [0, first.len() - 1].map(off);
        println!(
            "the libraries differ by {at_first} mm in the first capture, by {later} mm in the last"
        );
        assert!(at_first < 1.0 && later < 30.0, "{at_first} {later}");
    }
}

#[test]
fn fresh_simulated_people_are_found() {
    let settings = trained();
    let mut poses = Score::default();
    for seed in 0..8 {
        let simulation = SimulationSettings::random_poses(77_000 + seed);
        // Nobody can be followed from one capture to the next.
        run(&settings, &simulation, 4, Some(2_000_000), &mut poses);
    }
    poses.shown("random poses, a new one in every capture");
    assert!(poses.recall() > 70.0, "{}", poses.recall());
    let mut exhibit = Score::default();
    for seed in 0..2 {
        let simulation = visitors(&Scenario::Exhibit, 3, 9400 + seed);
        run(&settings, &simulation, 30, None, &mut exhibit);
    }
    exhibit.shown("visitors of an exhibition");
    assert!(exhibit.recall() > 80.0, "{}", exhibit.recall());
    assert!(exhibit.share_of_seen() > 90.0);
    let empty = SimulationSettings {
        people: 0,
        ..visitors(&Scenario::Exhibit, 0, 9500)
    };
    let mut nobody = Score::default();
    run(&settings, &empty, 20, None, &mut nobody);
    println!("{} people in 20 captures of an empty room", nobody.nobody);
}

#[test]
#[ignore = "measures; run it alone, in release"]
fn speed() {
    let settings = trained();
    for runtime in runtimes() {
        for people in [1, 2, 6] {
            let mut settings = settings.clone();
            settings.network.runtime = runtime;
            let mut score = Score::default();
            let room = visitors(&Scenario::Exhibit, people, 9600);
            let frames = run(&settings, &room, 60, None, &mut score);
            let bodies: usize = frames.iter().map(|frame| frame.bodies.len()).sum();
            println!(
                "{runtime:?}, {people} people ({:.1} bodies a capture): {:.1} captures a second, {:.1} ms of processor time each",
                bodies as f64 / frames.len() as f64,
                60.0 / score.seconds,
                1000.0 * score.processor / 60.0
            );
        }
    }
}
