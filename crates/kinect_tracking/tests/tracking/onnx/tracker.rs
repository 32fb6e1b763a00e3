//! The whole tracker with graphs written by hand: following, missing models, and the notes of the choice of trackers.

use std::sync::Arc;
use std::time::Duration;

use kinect_azure::image::Pixels;
use kinect_azure::{Capture, CaptureSource, ColorFormat, ColorResolution, Joint, NextCapture};
use kinect_simulation::{Scenario, SimulatedSensor, SimulationSettings};
use kinect_tracking::choice::{TrackedSensor, Tracker, TrackerSettings, open};
use kinect_tracking::onnx::{OnnxSettings, OnnxTracker, PictureSource, Runtime};
use kinect_tracking::pose2d::Person2d;
use kinect_tracking::tracker::{BodyTracker, StopSignal, TrackerErrorKind};

use super::contracts::multipose;
use super::graph::{Answer, Element, graph};
use super::{ModelFile, runtimes, settings};

pub(crate) fn sensor(settings: &SimulationSettings) -> SimulatedSensor {
    SimulatedSensor::new(settings)
        .unwrap()
        .as_fast_as_possible()
}

fn one_person() -> SimulatedSensor {
    sensor(&SimulationSettings {
        scenario: Scenario::Exhibit,
        people: 2,
        color_resolution: ColorResolution::Off,
        imu: false,
        every_capture: true,
        ..SimulationSettings::default()
    })
}

/// A BlazePose graph that always sees a person, or never.
fn blazepose(confidence: f32) -> Vec<u8> {
    let mut landmarks = Answer::new("landmarks", &[1, 195]);
    for index in 0..39 {
        let (x, y) = match index {
            // The circle's middle and a point on it: the same crop again.
            33 => (128.0, 128.0),
            34 => (128.0, 25.6),
            _ => (118.0 + (index % 2) as f32 * 20.0, 60.0 + index as f32 * 4.0),
        };
        landmarks.constant[index * 5..][..5].copy_from_slice(&[x, y, 0.0, 5.0, 5.0]);
    }
    let mut sure = Answer::new("confidence", &[1, 1]);
    sure.constant[0] = confidence;
    graph(
        "input_1",
        Element::F32,
        &[1, 256, 256, 3],
        &[landmarks, sure],
    )
}

#[test]
fn people_are_found_looked_at_and_followed() {
    let pose = ModelFile::new("follow-pose", &blazepose(0.9));
    let detector = ModelFile::new("follow-detector", &multipose(96, 96));
    for runtime in runtimes() {
        let mut source = one_person();
        let calibration = source.calibration().unwrap().clone();
        let mut settings = settings(pose.0.clone(), runtime);
        settings.network.detector = Some(detector.0.clone());
        let mut tracker = OnnxTracker::open(&settings, &calibration, &StopSignal::new()).unwrap();
        assert!(tracker.name().contains("follow-pose"), "{}", tracker.name());
        assert!(tracker.name().contains("follow-detector"));
        let mut captures = 0;
        while captures < 8 {
            let Ok(NextCapture::Capture(capture)) = source.next_capture(Duration::from_secs(1))
            else {
                continue;
            };
            captures += 1;
            let people = tracker.find(&capture, &calibration).unwrap().unwrap();
            assert_eq!(people.len(), 2, "capture {captures}");
            for person in &people {
                let hips = person.joint(Joint::HipLeft).unwrap();
                assert!(hips.x > 0.0 && hips.x < 640.0);
            }
            let frame = tracker.track(&capture, &calibration).unwrap().unwrap();
            assert_eq!(
                frame.device_timestamp_usec,
                capture.depth.as_ref().unwrap().device_timestamp_usec
            );
            // A capture without the picture is left out.
            let mut without = capture.clone();
            without.ir = None;
            assert_eq!(tracker.track(&without, &calibration).unwrap(), None);
        }
    }
}

#[test]
fn without_a_detector_people_come_from_depth() {
    let pose = ModelFile::new("depth-pose", &blazepose(0.9));
    let mut source = one_person();
    let calibration = source.calibration().unwrap().clone();
    let settings = settings(pose.0.clone(), Runtime::Embedded);
    let mut tracker = OnnxTracker::open(&settings, &calibration, &StopSignal::new()).unwrap();
    if !tracker.name().ends_with("after depth") {
        println!("skipped: a model folder with a detector is set");
        return;
    }
    assert!(
        tracker
            .notes()
            .iter()
            .any(|note| note.contains("depth image"))
    );
    let Ok(NextCapture::Capture(capture)) = source.next_capture(Duration::from_secs(5)) else {
        panic!("no capture");
    };
    let boxes = kinect_tracking::lift::Lifter::new(&calibration, Default::default())
        .unwrap()
        .find_people(capture.depth.as_ref().unwrap(), None)
        .len();
    let people = tracker.find(&capture, &calibration).unwrap().unwrap();
    assert!(people.len() <= boxes && (boxes == 0 || !people.is_empty()));
    println!("{} people of {boxes} boxes", people.len());
}

#[test]
fn whom_the_network_does_not_see_is_not_followed() {
    let pose = ModelFile::new("lost-pose", &blazepose(0.3));
    let detector = ModelFile::new("lost-detector", &multipose(96, 96));
    let mut source = one_person();
    let calibration = source.calibration().unwrap().clone();
    let mut settings = settings(pose.0.clone(), Runtime::Embedded);
    settings.network.detector = Some(detector.0.clone());
    let mut tracker = OnnxTracker::open(&settings, &calibration, &StopSignal::new()).unwrap();
    let Ok(NextCapture::Capture(capture)) = source.next_capture(Duration::from_secs(5)) else {
        panic!("no capture");
    };
    assert!(
        tracker
            .find(&capture, &calibration)
            .unwrap()
            .unwrap()
            .is_empty()
    );
    let frame = tracker.track(&capture, &calibration).unwrap().unwrap();
    assert!(frame.bodies.is_empty());
}

/// A YOLO-pose graph that sees one person in the middle of any picture; the brighter the picture, the surer.
fn middle(channels: i64) -> Vec<u8> {
    let mut output = Answer::new("output0", &[1, 56, 8400]);
    let mut set = |row: usize, value: f32| output.constant[row * 8400] = value;
    for (row, value) in [320.0, 320.0, 400.0, 500.0, 0.8].into_iter().enumerate() {
        set(row, value);
    }
    for joint in 0..17 {
        set(5 + joint * 3, 316.0 + joint as f32 / 2.0);
        set(6 + joint * 3, 312.0 + joint as f32);
        set(7 + joint * 3, 0.5);
        output.factor[(7 + joint * 3) * 8400] = 0.4;
    }
    graph("images", Element::F32, &[1, channels, 640, 640], &[output])
}

/// A capture with colour as the sensor stores it, and the sensor's calibration.
fn with_color() -> (Capture, kinect_azure::Calibration) {
    let mut source = sensor(&SimulationSettings {
        color_format: Some(ColorFormat::Bgra32),
        color_resolution: ColorResolution::R720p,
        imu: false,
        every_capture: true,
        ..SimulationSettings::default()
    });
    let calibration = source.calibration().unwrap().clone();
    let Ok(NextCapture::Capture(capture)) = source.next_capture(Duration::from_secs(5)) else {
        panic!("no capture");
    };
    assert!(capture.color.is_some() && capture.ir.is_some());
    (capture, calibration)
}

#[test]
fn a_model_looks_at_infrared_and_at_colour() {
    let file = ModelFile::new("both", &middle(3));
    let (capture, calibration) = with_color();
    for runtime in runtimes() {
        let open = |picture: PictureSource| {
            let mut settings = settings(file.0.clone(), runtime);
            settings.network.picture = picture;
            OnnxTracker::open(&settings, &calibration, &StopSignal::new()).unwrap()
        };
        let find = |picture: PictureSource, capture: &Capture| -> Vec<Person2d> {
            open(picture).find(capture, &calibration).unwrap().unwrap()
        };
        let infrared = find(PictureSource::Infrared, &capture);
        let color = find(PictureSource::Color, &capture);
        let both = find(PictureSource::Both, &capture);
        assert_eq!([infrared.len(), color.len(), both.len()], [1; 3]);
        for joint in [Joint::Nose, Joint::WristLeft, Joint::KneeRight] {
            let of = |people: &[Person2d]| people[0].joint(joint).unwrap();
            let (infrared, color, both) = (of(&infrared), of(&color), of(&both));
            assert!(
                infrared.score != color.score,
                "the pictures are equally bright"
            );
            assert_eq!(both.score, infrared.score.max(color.score));
            let between = |a: f32, b: f32, x: f32| (a.min(b) - 0.01..=a.max(b) + 0.01).contains(&x);
            assert!(
                between(infrared.x, color.x, both.x),
                "{infrared:?} {color:?} {both:?}"
            );
            assert!(
                between(infrared.y, color.y, both.y),
                "{infrared:?} {color:?} {both:?}"
            );
        }
        let tracker = open(PictureSource::Both);
        assert!(
            tracker.name().ends_with("on infrared and colour"),
            "{}",
            tracker.name()
        );

        // A picture that is missing or dark is left out.
        let mut one = capture.clone();
        one.color = None;
        assert_eq!(find(PictureSource::Both, &one), infrared);
        one.color.clone_from(&capture.color);
        let image = Arc::make_mut(one.color.as_mut().unwrap());
        image.pixels = Pixels::Bytes(vec![9; image.size()]);
        assert_eq!(find(PictureSource::Both, &one), infrared);
        one.color.clone_from(&capture.color);
        one.ir = None;
        assert_eq!(find(PictureSource::Both, &one), color);
        assert_eq!(find(PictureSource::Auto, &one), color);
        one.color = None;
        let nothing = open(PictureSource::Both).find(&one, &calibration).unwrap();
        assert_eq!(nothing, None);

        // Without a colour camera infrared alone is used, and a note says so.
        let mut without = calibration.clone();
        without.color_camera = None;
        let mut settings = settings(file.0.clone(), runtime);
        settings.network.picture = PictureSource::Both;
        let tracker = OnnxTracker::open(&settings, &without, &StopSignal::new()).unwrap();
        let notes = tracker.notes();
        assert!(
            notes.iter().any(|note| note.contains("infrared alone")),
            "{notes:?}"
        );
    }
}

#[test]
fn a_model_of_four_channels_gets_infrared_and_colour_together() {
    let file = ModelFile::new("together", &middle(4));
    let (capture, calibration) = with_color();
    for runtime in runtimes() {
        let mut settings = settings(file.0.clone(), runtime);
        let mut tracker = OnnxTracker::open(&settings, &calibration, &StopSignal::new()).unwrap();
        let mut score = |capture: &Capture| {
            let people = tracker.find(capture, &calibration).unwrap().unwrap();
            assert_eq!(people.len(), 1);
            let nose = people[0].joint(Joint::Nose).unwrap();
            // In pixels of the depth image, whose middle is the middle of the input.
            assert!((nose.x - 315.5).abs() < 0.01, "{nose:?}");
            nose.score
        };
        let together = score(&capture);
        let mut one = capture.clone();
        one.color = None;
        // Infrared stands for the colours.
        let grey = score(&one);
        assert!((together - grey).abs() > 0.01, "{together} {grey}");
        let image = one.color.insert(capture.color.clone().unwrap());
        let image = Arc::make_mut(image);
        image.pixels = Pixels::Bytes(vec![9; image.size()]);
        assert_eq!(score(&one), grey);
        // Colour without infrared is not enough.
        one.ir = None;
        assert_eq!(tracker.find(&one, &calibration).unwrap(), None);

        settings.network.picture = PictureSource::Infrared;
        let error = OnnxTracker::open(&settings, &calibration, &StopSignal::new());
        let error = error.err().unwrap();
        assert!(
            error.message.contains("infrared and colour together"),
            "{error}"
        );
    }
}

#[test]
fn what_is_missing_is_told() {
    let pose = ModelFile::new("alone-pose", &blazepose(0.9));
    let source = one_person();
    let calibration = source.calibration().unwrap().clone();
    let open = |settings: &OnnxSettings| {
        OnnxTracker::open(settings, &calibration, &StopSignal::new())
            .err()
            .unwrap()
    };
    // A detector that looks at one person.
    let mut wrong = settings(pose.0.clone(), Runtime::Embedded);
    wrong.network.detector = Some(pose.0.clone());
    let error = open(&wrong);
    assert_eq!(error.kind, TrackerErrorKind::Unusable);
    assert!(error.message.contains("looks at one person"), "{error}");
    // A stop while it opens.
    let stop = StopSignal::new();
    stop.give();
    let multi = ModelFile::new("stopped", &multipose(96, 96));
    let stopped = settings(multi.0.clone(), Runtime::Embedded);
    assert!(OnnxTracker::open(&stopped, &calibration, &stop).is_err());
    // No depth camera.
    let mut blind = calibration.clone();
    blind.depth_camera = None;
    let error = OnnxTracker::open(&stopped, &blind, &StopSignal::new())
        .err()
        .unwrap();
    assert!(error.message.contains("depth camera"), "{error}");
}

#[test]
fn the_choice_opens_a_model_that_was_given() {
    let multi = ModelFile::new("chosen", &multipose(96, 96));
    let mut source = one_person();
    let calibration = source.calibration().unwrap().clone();
    let sensor = TrackedSensor::of(&source);
    let mut settings = TrackerSettings {
        tracker: Tracker::Onnx,
        model: Some(multi.0.clone()),
        ..TrackerSettings::default()
    };
    settings.network.runtime = Runtime::Embedded;
    let mut tracker = open(&settings, &sensor, &calibration, &StopSignal::new()).unwrap();
    assert!(
        tracker.name().contains("chosen with tract"),
        "{}",
        tracker.name()
    );
    let Ok(NextCapture::Capture(capture)) = source.next_capture(Duration::from_secs(5)) else {
        panic!("no capture");
    };
    assert!(tracker.track(&capture, &calibration).unwrap().is_some());

    settings.model = Some("/nowhere/model.onnx".into());
    let error = open(&settings, &sensor, &calibration, &StopSignal::new())
        .err()
        .unwrap();
    assert!(error.message.contains("/nowhere/model.onnx"), "{error}");
}
