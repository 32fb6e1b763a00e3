//! The whole tracker with graphs written by hand: following, missing models, and the notes of the choice of trackers.

use std::time::Duration;

use kinect_azure::{CaptureSource, ColorResolution, Joint, NextCapture};
use kinect_simulation::{Scenario, SimulatedSensor, SimulationSettings};
use kinect_tracking::choice::{TrackedSensor, Tracker, TrackerSettings, open};
use kinect_tracking::onnx::{OnnxSettings, OnnxTracker, Runtime};
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
