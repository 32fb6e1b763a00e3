//! Tests of bodies that are recorded with images.

use std::sync::Arc;

use kinect_azure::body::{Body, BodyFrame, BodyIndexImage, Joint, JointConfidence, JointPose};
use kinect_azure::image::Pixels;
use kinect_azure::recording::{
    LiveRecorder, LiveSettings, LiveState, Recording, RecordingSettings, RecordingWriter,
    SeekTarget, TrackKind,
};
use kinect_azure::{Capture, ColorResolution, DepthMode, Image, ImageFormat, SensorInfo};

use super::{Scratch, mkv};

const PERIOD: u64 = 33_333;
const START: u64 = 9_000_000;

fn settings() -> RecordingSettings {
    RecordingSettings {
        sensor: SensorInfo {
            depth_mode: DepthMode::Nfov2x2Binned,
            color_resolution: ColorResolution::Off,
            ..SensorInfo::default()
        },
        bodies: true,
        ..RecordingSettings::default()
    }
}

/// Bodies; their number is the image's number modulo 3.
fn people(index: u64) -> BodyFrame {
    let time = START + index * PERIOD;
    let (width, height) = mkv::NFOV_2X2;
    let count = index % 3;
    let mut joints = [JointPose::default(); Joint::COUNT];
    joints[Joint::Head.index()] = JointPose {
        position: [index as f32, -400.5, 1800.0],
        orientation: [0.5, 0.5, -0.5, 0.5],
        confidence: JointConfidence::Medium,
    };
    let mut map = vec![BodyIndexImage::BACKGROUND; (width * height) as usize];
    for body in 0..count {
        map[1000 * body as usize..][..500].fill(body as u8);
    }
    BodyFrame {
        device_timestamp_usec: time,
        bodies: (0..count)
            .map(|body| Body {
                id: 7 + body as u32,
                joints,
            })
            .collect(),
        index_map: (count > 0).then(|| BodyIndexImage::new(width, height, time, map).unwrap()),
        ..BodyFrame::default()
    }
}

fn capture(index: u64, with_people: bool) -> Capture {
    let mut depth = Image::empty(ImageFormat::Depth16);
    (depth.width, depth.height) = mkv::NFOV_2X2;
    depth.pixels = Pixels::U16(vec![index as u16; 320 * 288]);
    depth.device_timestamp_usec = START + index * PERIOD;
    Capture {
        depth: Some(Arc::new(depth)),
        ground_truth: with_people.then(|| Arc::new(people(index))),
        ..Capture::default()
    }
}

fn check(recording: &mut Recording, count: u64) {
    assert!(recording.has_bodies());
    assert_eq!(recording.info().duration_usec, (count - 1) * PERIOD);
    for index in 0..count {
        let capture = recording.next_capture().unwrap().unwrap();
        assert_eq!(*capture.ground_truth.unwrap(), people(index), "{index}");
    }
    assert!(recording.next_capture().unwrap().is_none());
    for index in (0..count).rev() {
        let capture = recording.previous_capture().unwrap().unwrap();
        assert_eq!(*capture.ground_truth.unwrap(), people(index), "{index}");
    }
    let middle = count / 2;
    recording.seek(SeekTarget::Start(middle * PERIOD)).unwrap();
    let capture = recording.next_capture().unwrap().unwrap();
    assert_eq!(*capture.ground_truth.unwrap(), people(middle));
}

#[test]
fn people_of_captures_are_recorded_and_come_with_them_again() {
    let scratch = Scratch::new("bodies-captures");
    let mut writer = RecordingWriter::create(&scratch.0, settings()).unwrap();
    for index in 0..30 {
        writer.write_capture(&capture(index, true)).unwrap();
    }
    writer.finish().unwrap();
    let mut recording = Recording::open(&scratch.0).unwrap();
    let track = recording.tracks().iter().find(|track| track.name == "BODY");
    assert_eq!(track.unwrap().kind, TrackKind::Custom);
    check(&mut recording, 30);
    assert_eq!(recording.count(|_| {}).unwrap().custom_blocks[0].1, 30);
    // Reading bodies does not allocate in the steady state.
    recording.seek(SeekTarget::Start(0)).unwrap();
    let mut play = || {
        for _ in 0..6 {
            assert!(
                recording
                    .next_capture()
                    .unwrap()
                    .unwrap()
                    .ground_truth
                    .is_some()
            );
        }
    };
    play();
    play();
    assert_eq!(k4a_judge::allocations(play), 0);
    // If bodies are switched off, the file has no body track.
    let off = RecordingSettings {
        bodies: false,
        ..settings()
    };
    let mut writer = RecordingWriter::create(&scratch.0, off).unwrap();
    writer.write_capture(&capture(0, true)).unwrap();
    writer.write_bodies(&people(0)).unwrap();
    writer.finish().unwrap();
    let mut recording = Recording::open(&scratch.0).unwrap();
    assert!(!recording.has_bodies());
    assert!(
        recording
            .next_capture()
            .unwrap()
            .unwrap()
            .ground_truth
            .is_none()
    );
}

#[test]
fn people_that_a_tracker_finds_later_are_recorded_with_their_images() {
    let scratch = Scratch::new("bodies-tracker");
    let recorder = LiveRecorder::start(LiveSettings {
        overwrite: true,
        ..LiveSettings::new(&scratch.0)
    });
    recorder.source_opened(settings());
    for index in 0..90 {
        recorder.push_capture(&capture(index, false));
        // A tracker that is a second behind.
        if let Some(found) = u64::checked_sub(index, 30) {
            recorder.push_bodies(&Arc::new(people(found)));
        }
    }
    for found in 60..90 {
        recorder.push_bodies(&Arc::new(people(found)));
    }
    while recorder.figures().body_frames < 90 {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    // A body frame that is far too late is counted.
    recorder.push_bodies(&Arc::new(BodyFrame::default()));
    recorder.push_capture(&capture(90, true));
    while recorder.figures().dropped_body_frames < 1 {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    let state = recorder.finish();
    assert!(
        matches!(state, LiveState::Finished { captures: 91, .. }),
        "{state:?}"
    );
    check(&mut Recording::open(&scratch.0).unwrap(), 91);
}

#[test]
fn body_tracks_of_a_later_version_and_damaged_blocks_cost_nothing_else() {
    let scratch = Scratch::new("bodies-damage");
    let mut writer = RecordingWriter::create(&scratch.0, settings()).unwrap();
    for index in 0..10 {
        writer.write_capture(&capture(index, true)).unwrap();
    }
    writer.finish().unwrap();
    let bytes = std::fs::read(&scratch.0).unwrap();
    let mark = bytes.windows(6).position(|w| w == b"KABF\x01\x00").unwrap();
    let mut later = bytes.clone();
    later[mark + 4] = 2;
    let mut recording = super::open(later);
    assert!(!recording.has_bodies());
    let capture = recording.next_capture().unwrap().unwrap();
    assert!(capture.depth.is_some() && capture.ground_truth.is_none());
    assert!(recording.next_data_block("BODY").unwrap().is_some());
    // In the body index map of image 1, a run of equal pixels is too long.
    let run = [0xf4, 0x01, 0x00, 0xff];
    let map = bytes.windows(4).position(|w| w == run).unwrap();
    let mut damaged = bytes;
    damaged[map] ^= 1;
    let mut recording = super::open(damaged);
    for index in 0..10 {
        let capture = recording.next_capture().unwrap().unwrap();
        assert!(capture.depth.is_some());
        assert_eq!(capture.ground_truth.is_some(), index != 1, "{index}");
    }
    let warnings = recording.info().warnings.join("\n");
    assert_eq!(warnings.matches("BODY").count(), 1, "{warnings}");
}
