//! The tracker that knows the truth.

use std::sync::Arc;

use glam::Vec3;
use kinect_azure::body::{BodyFrame, BodyIndexImage};
use kinect_azure::{Capture, Joint, JointConfidence};
use kinect_tracking::choice::{TrackedSensor, Tracker, TrackerSettings, open};
use kinect_tracking::tracker::{
    BodyTracker, StopSignal, TrackerErrorKind, TruthNoise, TruthTracker,
};

use crate::clips::place;
use crate::figure::{Figure, calibration};

fn truth() -> Arc<BodyFrame> {
    let mut hidden = Figure::new(Vec3::new(0.0, 0.0, 4000.0)).body(1);
    for pose in &mut hidden.joints {
        pose.confidence = JointConfidence::Low;
    }
    let seen = Figure::new(Vec3::new(0.0, 0.0, 2000.0)).body(2);
    let map = BodyIndexImage::new(2, 2, 5, vec![255, 1, 1, 0]).unwrap();
    Arc::new(BodyFrame {
        device_timestamp_usec: 5,
        bodies: vec![hidden, seen],
        index_map: Some(map),
        ..BodyFrame::default()
    })
}

#[test]
fn only_who_is_seen_is_found_and_the_map_names_them_by_their_new_place() {
    let found = TruthTracker::default().observe(&truth());
    assert_eq!(found.bodies, truth().bodies[1..]);
    let map = found.index_map.as_ref().unwrap();
    assert_eq!(map.pixels(), [255, 0, 0, 255]);
    let mut everybody = TruthTracker::default();
    everybody.least_seen_joints = 0;
    let truth = truth();
    assert!(Arc::ptr_eq(&everybody.observe(&truth), &truth));
}

#[test]
fn noise_has_the_deviation_and_the_shares_that_were_asked_for() {
    let noise = TruthNoise {
        position_mm: 20.0,
        lost_joints: 0.1,
        new_ids: 0.05,
        seed: 3,
    };
    let truth = truth();
    let (mut squares, mut lost, mut joints, mut changes) = (0.0, 0, 0, 0);
    let mut tracker = TruthTracker::new(noise);
    let mut same = TruthTracker::new(noise);
    let mut last = 2;
    for _ in 0..1000 {
        let frame = tracker.observe(&truth);
        assert_eq!(*frame, *same.observe(&truth));
        let body = &frame.bodies[0];
        changes += u32::from(body.id != last);
        last = body.id;
        for joint in Joint::ALL {
            joints += 1;
            if body.joint(joint).confidence == JointConfidence::None {
                lost += 1;
            } else {
                squares += place(body, joint).distance_squared(place(&truth.bodies[1], joint));
            }
        }
    }
    let deviation = (squares / (joints - lost) as f32 / 3.0).sqrt();
    assert!((deviation - 20.0).abs() < 0.5, "{deviation}");
    assert!((2900..3500).contains(&lost), "{lost}");
    assert!((30..75).contains(&changes), "{changes}");
}

#[test]
fn a_capture_without_truth_is_an_error_that_says_what_to_do() {
    let error = TruthTracker::default()
        .track(&Capture::default(), &calibration())
        .unwrap_err();
    assert_eq!(error.kind, TrackerErrorKind::Unusable);
    assert!(error.message.contains("choose another body tracker"));
}

#[test]
fn an_image_that_was_not_tracked_while_recording_gives_no_frame() {
    let settings = TrackerSettings {
        tracker: Tracker::Truth,
        ..TrackerSettings::default()
    };
    let stop = StopSignal::new();
    let mut sensor = TrackedSensor::default();
    let error = open(&settings, &sensor, &calibration(), &stop)
        .err()
        .unwrap();
    assert_eq!(error.kind, TrackerErrorKind::Unusable);
    sensor.has_bodies = true;
    let mut tracker = open(&settings, &sensor, &calibration(), &stop).unwrap();
    let frame = tracker.track(&Capture::default(), &calibration());
    assert_eq!(frame, Ok(None));
    let capture = Capture {
        ground_truth: Some(truth()),
        ..Capture::default()
    };
    let frame = tracker.track(&capture, &calibration()).unwrap().unwrap();
    assert_eq!(frame.bodies.len(), 1);
    assert_eq!(tracker.drain(), Ok(None));
}
