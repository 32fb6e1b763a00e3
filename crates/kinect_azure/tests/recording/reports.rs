//! Faults that users of similar software reported: recordings that other tools rewrote, and files that are not
//! recordings.

use std::time::Duration;

use kinect_azure::recording::{
    Pacing, Recording, RecordingError, RecordingSource, SeekTarget, TrackKind,
};
use kinect_azure::{CaptureSource, ColorFormat, NextCapture, PlaybackControl};

use super::mkv::{self, Block, Cluster, Mkv, Size};
use super::odd_files::usual;
use super::{Scratch, all_samples, all_times, open};

const PERIOD: u64 = 33_333;

/// A recording with a reported fault. If it does not exist, prints a message and returns `None`.
fn report(name: &str) -> Option<Recording> {
    let path = k4a_judge::real_data(&format!("reports/{name}"))?;
    Some(Recording::open(path).unwrap())
}

fn warning<'a>(recording: &'a Recording, part: &str) -> &'a str {
    let warnings = &recording.info().warnings;
    let found: Vec<_> = warnings.iter().filter(|w| w.contains(part)).collect();
    assert_eq!(found.len(), 1, "{part}: {warnings:?}");
    found[0]
}

/// As `usual`, without its tag of the start.
fn untagged(count: u64, start_ns: u64) -> Mkv {
    let mut mkv = usual(count, start_ns);
    mkv.tags.retain(|tag| tag.0 != "K4A_START_OFFSET_NS");
    mkv
}

#[test]
fn after_a_cut_or_without_a_tag_the_samples_say_what_the_device_time_is() {
    let mut cut = untagged(10, 90_000_000_000);
    cut.tag("K4A_START_OFFSET_NS", "1000000");
    for (mkv, words) in [
        (cut, "cut or joined"),
        (untagged(10, 90_000_000_000), "missing"),
    ] {
        let mut recording = open(mkv.write());
        warning(&recording, words);
        assert_eq!(recording.info().start_offset_usec, 90_000_000);
        let first = all_times(&mut recording)[0];
        assert_eq!(first, [Some(90_000_005); 3]);
        assert_eq!(all_samples(&mut recording)[0], 90_000_000);
        recording
            .seek(SeekTarget::DeviceTime(90_000_000 + 5 * PERIOD))
            .unwrap();
        let sample = recording.next_imu_sample().unwrap().unwrap();
        assert_eq!(sample.acceleration_timestamp_usec, 90_000_000 + 5 * PERIOD);
    }
    // A correct tag, and times from 0 without a tag, give no warning.
    for mkv in [usual(10, 90_000_000_000), untagged(10, 0)] {
        let recording = open(mkv.write());
        assert!(!recording.info().warnings.join(" ").contains("device time"));
    }
}

#[test]
fn samples_of_a_joined_recording_are_on_the_clock_of_its_images() {
    let mut mkv = usual(20, 50_000_000_000);
    let second = usual(20, 3_000_000_000);
    for (cluster, other) in mkv.clusters.iter_mut().zip(second.clusters).skip(10) {
        cluster.blocks[0] = other.blocks[0].clone();
    }
    let mut recording = open(mkv.write());
    warning(&recording, "joined");
    let times = all_times(&mut recording);
    assert_eq!(times.len(), 20);
    let samples = all_samples(&mut recording);
    assert_eq!(samples.len(), 20 * 33);
    assert!(samples.is_sorted());
    for index in [0, 9, 10, 19] {
        // Laced samples have the time of their block, to a few ms.
        let capture = times[index][0].unwrap();
        let sample = samples[index * 33];
        assert!(
            sample.abs_diff(capture) < 5_000,
            "{index}: {sample} {capture}"
        );
    }
}

#[test]
fn samples_of_a_cut_recording_are_delivered_while_it_loops() {
    let Some(recording) = report("cut-by-mkvmerge.mkv") else {
        return;
    };
    warning(&recording, "cut or joined");
    assert_eq!(recording.info().start_offset_usec, 2_999_519);
    let mut source = RecordingSource::new(recording, Pacing::AsFastAsPossible);
    source.set_looping(true);
    let mut samples = 0;
    let mut words = Vec::new();
    while source.loops() < 3 {
        words.extend(std::iter::from_fn(|| source.take_warning()));
        let next = source.next_capture(Duration::from_millis(1)).unwrap();
        let NextCapture::Capture(capture) = next else {
            panic!("{next:?}")
        };
        let time = capture.device_timestamp_usec().unwrap();
        while let Some(sample) = source.next_imu_sample().unwrap() {
            assert!(sample.acceleration_timestamp_usec <= time);
            samples += 1;
        }
    }
    assert!(samples > 3 * 350, "{samples}");
    assert_eq!(
        words.iter().filter(|word| word.contains("cut")).count(),
        1,
        "once each: {words:?}"
    );
}

#[test]
fn a_recording_with_nothing_to_play_is_no_source_and_says_why() {
    let mut mkv = Mkv::standard("c", PERIOD * 1000);
    mkv.tracks[0].codec = "V_MPEG4/ISO/AVC".to_owned();
    mkv.tracks[0].private = Vec::new();
    mkv.add_frames(vec![(1, 0, vec![1; 30])], 1);
    let scratch = Scratch::with("unplayable", &mkv.write());
    let recording = Recording::open(&scratch.0).unwrap();
    assert_eq!(recording.tracks()[0].kind, TrackKind::Custom);
    for error in [
        recording.check_playable().unwrap_err(),
        RecordingSource::open(&scratch.0).unwrap_err(),
    ] {
        assert!(
            matches!(&error, RecordingError::NothingPlayable { reason, .. }
                if reason.contains("COLOR") && reason.contains("V_MPEG4/ISO/AVC")),
            "{error}"
        );
    }
    // Only one of several tracks: a warning.
    let mut mkv = usual(3, 0);
    mkv.tracks[0].codec = "V_MPEG4/ISO/AVC".to_owned();
    let mut recording = open(mkv.write());
    recording.check_playable().unwrap();
    warning(&recording, "V_MPEG4/ISO/AVC");
    assert_eq!(all_times(&mut recording)[0], [None, Some(5), Some(5)]);
    if let Some(recording) = report("colour-h264.mkv") {
        let error = recording.check_playable().unwrap_err().to_string();
        assert!(error.contains("V_MPEG4/ISO/AVC"), "{error}");
    }
}

#[test]
fn depth_whose_format_another_tool_lost_plays() {
    for (codec, fourcc) in [
        ("V_MS/VFW/FOURCC", [0; 4]),
        ("V_MS/VFW/FOURCC", *b"\x10\x001Y"),
        ("V_UNCOMPRESSED", [0; 4]),
    ] {
        let mut mkv = usual(4, 0);
        for track in &mut mkv.tracks[1..3] {
            track.codec = codec.to_owned();
            track.private[16..20].copy_from_slice(&fourcc);
        }
        let mut recording = open(mkv.write());
        warning(&recording, "track DEPTH lost its format");
        warning(&recording, "track IR lost its format");
        for index in 0..4 {
            let capture = recording.next_capture().unwrap().unwrap();
            assert_eq!(capture.depth.unwrap().u16_pixels()[1], index);
            assert_eq!(capture.ir.unwrap().u16_pixels()[1], index);
        }
    }
    // The colour track is recognised by its tag.
    let mut mkv = Mkv::standard("c", PERIOD * 1000);
    mkv.tracks[0].private[16..20].fill(0);
    mkv.set_tag("K4A_COLOR_MODE", "YUY2_720P");
    mkv.add_frames(vec![(1, 0, vec![7; 1280 * 720 * 2])], 1);
    let mut recording = open(mkv.write());
    warning(&recording, "lost its format");
    assert_eq!(
        recording.info().sensor.color_format,
        Some(ColorFormat::Yuy2)
    );
    assert!(recording.next_capture().unwrap().unwrap().color.is_some());
    // Frames with another size than the format's are errors, and unprintable bytes are written in hexadecimal.
    let mut mkv = Mkv::standard("d", PERIOD * 1000);
    mkv.tracks[0].private[16..20].copy_from_slice(&[0, 1, 2, 255]);
    mkv.add_frames(vec![(1, 0, vec![7; 320 * 288 * 2 - 1])], 1);
    let recording = open(mkv.write());
    let error = recording.check_playable().unwrap_err().to_string();
    assert!(error.contains("00 01 02 FF"), "{error}");
    if let Some(mut recording) = report("ffmpeg-copied-depth.mkv") {
        warning(&recording, "track DEPTH lost its format");
        // The block has no frame, only the size of a frame.
        warning(&recording, "track IR lost its format");
        let depth = recording.next_capture().unwrap().unwrap().depth.unwrap();
        assert_eq!(depth.u16_pixels()[0], 1500);
    }
}

#[test]
fn tracks_that_matroska_compressed_are_read() {
    let mut mkv = usual(6, 5_000_000);
    for track in &mut mkv.tracks {
        track.extra = match track.number {
            1 => mkv::compressed(3, &[0xFF, 0xD8]),
            _ => mkv::compressed(0, &[]),
        };
    }
    let mut plain = usual(6, 5_000_000);
    for cluster in &mut mkv.clusters {
        for block in &mut cluster.blocks {
            for frame in &mut block.frames {
                *frame = match block.track {
                    1 => frame[2..].to_vec(),
                    _ => mkv::zlib(frame),
                };
            }
        }
    }
    let mut recording = open(mkv.write());
    let mut expected = open(plain.write());
    recording.check_playable().unwrap();
    for _ in 0..6 {
        let capture = recording.next_capture().unwrap().unwrap();
        let plain = expected.next_capture().unwrap().unwrap();
        assert_eq!(super::times(&capture), super::times(&plain));
        for (image, plain) in capture.images().zip(plain.images()) {
            assert!(image.bytes() == plain.bytes());
        }
        assert_eq!(
            recording.next_data_block("EXTRA").unwrap(),
            expected.next_data_block("EXTRA").unwrap()
        );
    }
    assert_eq!(all_samples(&mut recording), all_samples(&mut expected));
    // In the steady state nothing is allocated.
    recording.seek(SeekTarget::Start(0)).unwrap();
    let mut play = || {
        for _ in 0..3 {
            assert!(recording.next_capture().unwrap().is_some());
        }
    };
    play();
    assert_eq!(k4a_judge::allocations(play), 0);

    // Damage costs one capture.
    plain.tracks[1].extra = mkv::compressed(0, &[]);
    for (index, cluster) in plain.clusters.iter_mut().enumerate() {
        let depth = &mut cluster.blocks[2].frames[0];
        *depth = match index {
            0 => b"no zlib data".to_vec(),
            1 => mkv::zlib(&depth[2..]),
            2 => mkv::zlib(&[&depth[..], &[0; 2]].concat()),
            _ => mkv::zlib(depth),
        };
    }
    let mut recording = open(plain.write());
    for _ in 0..3 {
        let error = recording.next_capture().unwrap_err();
        assert!(matches!(error, RecordingError::BadFrame { .. }), "{error}");
    }
    assert!(recording.next_capture().unwrap().is_some());
    // The error names the compression.
    for (algorithm, name) in [(1, "bzip2"), (2, "LZO")] {
        let mut mkv = Mkv::standard("d", PERIOD * 1000);
        mkv.tracks[0].extra = mkv::compressed(algorithm, &[]);
        mkv.clusters.push(Cluster {
            time: 0,
            blocks: vec![Block::simple(1, 0, vec![1; 9])],
            size: Size::Known,
        });
        let error = open(mkv.write()).check_playable().unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    }
    if let Some(mut recording) = report("mkvmerge-zlib-depth.mkv") {
        let depth = recording.next_capture().unwrap().unwrap().depth.unwrap();
        assert_eq!(depth.u16_pixels().len(), 320 * 288);
        assert!(depth.u16_pixels().iter().any(|value| *value > 0));
    }
}

#[test]
fn files_that_are_something_else_are_named_for_what_they_are() {
    let mut mp4 = b"\0\0\0\x20ftypisom".to_vec();
    mp4.resize(2000, 9);
    let mut avi = b"RIFF1234AVI LIST".to_vec();
    avi.resize(2000, 9);
    for (bytes, what, advice) in [
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n".to_vec(),
            "Git LFS",
            "git lfs pull",
        ),
        (b"<!DOCTYPE html><html></html>".to_vec(), "HTML", "download"),
        (b"#ROSBAG V2.0\n".to_vec(), "ROS bag", "record"),
        (b"\xff\xfe{\0}\0".to_vec(), "UTF-16", "UTF-8"),
        (mp4, "MP4", "record"),
        (avi, "AVI", "record"),
        (b"NI10____".to_vec(), "ONI", "record"),
        (b"\x1f\x8b\x08____".to_vec(), "gzip", "unpack"),
    ] {
        let error = Recording::from_bytes("a.mkv", bytes)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("a.mkv") && error.contains(what) && error.contains(advice),
            "{error}"
        );
    }
}
