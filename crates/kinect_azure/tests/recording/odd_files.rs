//! Files that are unusual because of other tools, crashes or long recordings.

use std::path::Path;

use kinect_azure::recording::{Recording, RecordingError, SeekTarget, TrackKind};
use kinect_azure::{
    ColorFormat, ColorResolution, DepthMode, FrameRate, SourceError, SourceErrorKind,
};

use super::mkv::{self, Block, Cluster, Lacing, Mkv, Size, Target};
use super::{all_samples, all_times, open};

const PERIOD: u64 = 33_333;

/// Colour, depth, infrared, samples at 1 kHz laced by clusters, a custom track; `count` captures.
pub fn usual(count: u64, start_ns: u64) -> Mkv {
    let mut mkv = Mkv::standard("cdimx", PERIOD * 1000);
    mkv.tag("K4A_START_OFFSET_NS", &start_ns.to_string());
    for index in 0..count {
        let time = index * PERIOD;
        let samples =
            (0..33).map(|ms| mkv::imu_sample(start_ns + (time + ms * 1000) * 1000, ms as f32));
        mkv.clusters.push(Cluster {
            time,
            blocks: vec![
                Block::laced(4, 0, samples.collect(), 32_001),
                Block::simple(1, 5, mkv::jpeg(index as u16)),
                Block::simple(2, 5, mkv::sixteen(2, index as u16)),
                Block::simple(3, 5, mkv::sixteen(3, index as u16)),
                Block::simple(5, 6, vec![index as u8; 3]),
            ],
            size: Size::Known,
        });
    }
    mkv
}

fn check_usual(recording: &mut Recording, count: u64, start_usec: u64) {
    let captures = all_times(recording);
    let expected: Vec<_> = (0..count)
        .map(|i| [Some(start_usec + i * PERIOD + 5); 3])
        .collect();
    assert_eq!(captures, expected);
    let samples = all_samples(recording);
    let expected: Vec<_> = (0..count)
        .flat_map(|i| (0..33).map(move |ms| start_usec + i * PERIOD + ms * 1000))
        .collect();
    assert_eq!(samples, expected);
    let mut blocks = 0;
    while let Some(block) = recording.next_data_block("EXTRA").unwrap() {
        assert_eq!(
            block.device_timestamp_usec,
            start_usec + blocks * PERIOD + 6
        );
        assert_eq!(block.bytes, vec![blocks as u8; 3]);
        blocks += 1;
    }
    assert_eq!(blocks, count);
    // The same is true backwards and after seeks.
    for index in (0..count).rev() {
        let capture = recording.previous_capture().unwrap().unwrap();
        let depth = capture.depth.unwrap();
        assert_eq!(u64::from(depth.u16_pixels()[1]), index);
    }
    assert!(recording.previous_capture().unwrap().is_none());
    for index in (0..count).step_by(3) {
        recording
            .seek(SeekTarget::DeviceTime(start_usec + index * PERIOD))
            .unwrap();
        let capture = recording.next_capture().unwrap().unwrap();
        assert_eq!(u64::from(capture.ir.unwrap().u16_pixels()[1]), index);
        let sample = recording.next_imu_sample().unwrap().unwrap();
        assert_eq!(
            sample.acceleration_timestamp_usec,
            start_usec + index * PERIOD
        );
    }
    let counts = recording
        .count(|share| assert!((0.0..=1.0).contains(&share)))
        .unwrap();
    assert_eq!(counts.captures, count);
    assert_eq!(counts.color_images, count);
    assert_eq!(counts.imu_samples, count * 33);
    assert_eq!(counts.custom_blocks, [("EXTRA".to_owned(), count)]);
}

#[test]
fn a_usual_recording_plays() {
    let mut recording = open(usual(10, 1_000_000).write());
    check_usual(&mut recording, 10, 1000);
    let warnings = &recording.info().warnings;
    assert_eq!(
        warnings.len(),
        1,
        "only the calibration is missing: {warnings:?}"
    );
    assert!(!recording.info().unfinished);
}

#[test]
fn without_cues_the_clusters_are_found_by_their_sizes() {
    for (cues, every) in [(false, 1), (true, 4), (true, 1000)] {
        let mut mkv = usual(10, 0);
        (mkv.cues, mkv.cue_every) = (cues, every);
        check_usual(&mut open(mkv.write()), 10, 0);
    }
}

#[test]
fn without_a_seek_head_what_lies_behind_the_clusters_is_found() {
    for cues in [false, true] {
        let mut mkv = usual(10, 3_000_000);
        (mkv.seek_head, mkv.cues, mkv.tags_last) = (false, cues, true);
        mkv.attachments
            .push(("notes.txt".to_owned(), 9, b"notes".to_vec()));
        let mut recording = open(mkv.write());
        check_usual(&mut recording, 10, 3000);
        assert_eq!(recording.read_attachment("notes.txt").unwrap(), b"notes");
    }
}

#[test]
fn cues_that_lie_do_no_harm() {
    let mut file = usual(10, 0).write();
    // Point every cue a few bytes beside its cluster.
    for at in 0..file.len() - 8 {
        if file[at..at + 4] == [0xF7, 0x81, 0x01, 0xF1] {
            let size = usize::from(file[at + 4] & 0x7F);
            file[at + 4 + size] ^= 0x15;
        }
    }
    check_usual(&mut open(file), 10, 0);
}

#[test]
fn clusters_and_segment_of_unknown_size_play() {
    for size in [Size::Unknown, Size::Zero] {
        for segment in [Size::Known, Size::Unknown, Size::Zero] {
            for cues in [false, true] {
                let mut mkv = usual(6, 0);
                (mkv.segment_size, mkv.cues) = (segment, cues);
                for cluster in &mut mkv.clusters {
                    cluster.size = size;
                }
                let mut recording = open(mkv.write());
                check_usual(&mut recording, 6, 0);
                assert_eq!(recording.info().unfinished, segment != Size::Known);
            }
        }
    }
}

#[test]
fn what_a_crash_leaves_plays_with_the_times_of_the_device() {
    let mut mkv = usual(8, 7_000_000_000);
    mkv.tags.retain(|tag| tag.0 != "K4A_START_OFFSET_NS");
    (mkv.crashed, mkv.cues, mkv.segment_size) = (true, false, Size::Zero);
    let whole = mkv.write();
    let mut recording = open(whole.clone());
    assert!(recording.info().unfinished);
    assert_eq!(recording.info().timestamp_scale_ns, 1000);
    // The start is recovered from the first inertial sample, which has both times.
    check_usual(&mut recording, 8, 7_000_000);
    // If the last cluster is incomplete, the rest plays.
    let mut recording = open(whole[..whole.len() - 100_000].to_vec());
    let captures = all_times(&mut recording);
    assert_eq!(captures.len(), 8);
    assert_eq!(captures[7][2], None, "the last infrared image is cut off");
    let warnings = recording.info().warnings.join("\n");
    assert!(warnings.contains("did not finish"), "{warnings}");
    assert!(warnings.contains("recovered"), "{warnings}");
}

#[test]
fn a_file_that_was_cut_says_so_and_plays_what_is_left() {
    let whole = usual(8, 0).write();
    let mut recording = open(whole[..whole.len() / 2].to_vec());
    assert!(recording.info().unfinished);
    let warnings = recording.info().warnings.join("\n");
    assert!(warnings.contains("cut off"), "{warnings}");
    let captures = all_times(&mut recording).len();
    assert!((3..=5).contains(&captures), "{captures}");
}

#[test]
fn damage_in_the_middle_costs_what_is_damaged() {
    let whole = usual(10, 0).write();
    let clusters: Vec<usize> = (0..whole.len() - 4)
        .filter(|at| whole[*at..at + 4] == [0x1F, 0x43, 0xB6, 0x75])
        .collect();
    for zeros in [8, 200, 5000, 500_000] {
        let mut file = whole.clone();
        file[clusters[4]..clusters[4] + zeros].fill(0);
        for cues in [true, false] {
            if !cues {
                // Break the Cues as well.
                let at = (0..file.len() - 4)
                    .rfind(|at| file[*at..at + 4] == [0x1C, 0x53, 0xBB, 0x6B])
                    .unwrap();
                file[at] = 0xEC;
            }
            let mut recording = open(file.clone());
            let (mut captures, mut errors) = (Vec::new(), 0);
            loop {
                match recording.next_capture() {
                    Ok(Some(capture)) => {
                        captures.extend(capture.color.map(|c| c.device_timestamp_usec / PERIOD));
                    }
                    Ok(None) => break,
                    Err(error) => {
                        assert!(error.is_local(), "{error}");
                        let kind = SourceError::from(error).kind;
                        assert_eq!(kind, SourceErrorKind::BadCapture);
                        errors += 1;
                    }
                }
                assert!(errors < 20);
            }
            let lost = if zeros == 500_000 {
                vec![4, 5]
            } else {
                vec![4]
            };
            let expected: Vec<_> = (0..10).filter(|i| !lost.contains(i)).collect();
            assert_eq!(captures, expected, "{zeros} zeros");
            let said = errors > 0
                || recording
                    .info()
                    .warnings
                    .iter()
                    .any(|w| w.contains("damaged"));
            assert!(said, "{:?}", recording.info().warnings);
            recording.seek(SeekTarget::Start(8 * PERIOD)).unwrap();
            let capture = recording.next_capture().unwrap().unwrap();
            assert_eq!(capture.device_timestamp_usec(), Some(8 * PERIOD + 5));
        }
    }
}

#[test]
fn a_broken_frame_is_an_error_for_its_capture_only() {
    let mut mkv = usual(6, 0);
    mkv.clusters[2].blocks[2].frames[0].truncate(1000);
    mkv.clusters[3].blocks[0].frames = vec![vec![1; 39]; 3];
    let mut recording = open(mkv.write());
    let mut seen = Vec::new();
    for _ in 0..6 {
        match recording.next_capture() {
            Ok(capture) => seen.push(capture.unwrap().device_timestamp_usec()),
            Err(error) => {
                assert!(error.is_local());
                let text = error.to_string();
                assert!(
                    text.contains("DEPTH") && text.contains("1000 bytes"),
                    "{text}"
                );
                seen.push(None);
            }
        }
    }
    assert!(recording.next_capture().unwrap().is_none());
    let expected: Vec<_> = (0..6).map(|i| (i != 2).then_some(i * PERIOD + 5)).collect();
    assert_eq!(seen, expected);
    let (mut good, mut bad) = (0, 0);
    loop {
        match recording.next_imu_sample() {
            Ok(Some(_)) => good += 1,
            Ok(None) => break,
            Err(error) => {
                assert!(error.to_string().contains("39 bytes"), "{error}");
                bad += 1;
            }
        }
    }
    assert_eq!((good, bad), (5 * 33, 3));
}

#[test]
fn times_in_milliseconds_as_converters_write_them_play() {
    let mut mkv = usual(10, 5_000_000);
    mkv.scale = Some(1_000_000);
    for (index, cluster) in mkv.clusters.iter_mut().enumerate() {
        cluster.time = index as u64 * 33;
        for block in &mut cluster.blocks {
            block.time = 0;
            block.duration = block.duration.map(|_| 33);
        }
    }
    let mut recording = open(mkv.write());
    let expected: Vec<_> = (0..10).map(|i| [Some(5000 + i * 33_000); 3]).collect();
    assert_eq!(all_times(&mut recording), expected);
    // Samples carry their own time.
    let samples = all_samples(&mut recording);
    assert_eq!(samples[34], 5000 + PERIOD + 1000);
    assert_eq!(recording.info().timestamp_scale_ns, 1_000_000);
    assert_eq!(recording.info().sensor.frame_rate, FrameRate::Fps30);
}

#[test]
fn every_lacing_gives_the_same_samples() {
    for lacing in [Lacing::Xiph, Lacing::Fixed, Lacing::Ebml] {
        for group in [true, false] {
            let mut mkv = usual(5, 0);
            for cluster in &mut mkv.clusters {
                let block = &mut cluster.blocks[0];
                (block.lacing, block.group) = (lacing, group);
            }
            check_usual(&mut open(mkv.write()), 5, 0);
        }
    }
    // Without lacing, each sample has its own block.
    let mut mkv = usual(5, 0);
    for cluster in &mut mkv.clusters {
        let samples = cluster.blocks.remove(0).frames;
        for (ms, sample) in (0..).zip(samples) {
            cluster.blocks.push(Block::simple(4, ms * 1000, sample));
        }
    }
    check_usual(&mut open(mkv.write()), 5, 0);
}

#[test]
fn laced_frames_of_different_sizes_keep_them() {
    for lacing in [Lacing::Xiph, Lacing::Ebml] {
        let frames: Vec<Vec<u8>> = [1usize, 700, 255, 254, 510, 3, 70_000]
            .iter()
            .enumerate()
            .map(|(index, size)| vec![index as u8; *size])
            .collect();
        let mut mkv = usual(1, 0);
        mkv.clusters[0].blocks[4] = Block {
            track: 5,
            frames: frames.clone(),
            lacing,
            ..Block::default()
        };
        let mut recording = open(mkv.write());
        for frame in frames {
            let block = recording.next_data_block("EXTRA").unwrap().unwrap();
            assert_eq!(block.bytes, frame, "{lacing:?}");
        }
        assert!(recording.next_data_block("EXTRA").unwrap().is_none());
    }
}

#[test]
fn images_in_block_groups_and_laced_images_play() {
    let mut mkv = usual(5, 0);
    for cluster in &mut mkv.clusters {
        for block in &mut cluster.blocks[1..4] {
            block.group = true;
            block.duration = Some(33_333);
        }
    }
    let mut recording = open(mkv.write());
    assert_eq!(recording.info().duration_usec, 4 * PERIOD + 5 + PERIOD - 1);
    check_usual(&mut recording, 5, 0);
    // Two depth images in a block: the second is a frame later.
    let mut mkv = Mkv::standard("d", PERIOD * 1000);
    mkv.clusters.push(Cluster {
        blocks: vec![Block {
            track: 1,
            frames: vec![mkv::sixteen(1, 0), mkv::sixteen(1, 1)],
            lacing: Lacing::Fixed,
            ..Block::default()
        }],
        ..Cluster::default()
    });
    let captures = all_times(&mut open(mkv.write()));
    assert_eq!(
        captures,
        [[None, Some(0), None], [None, Some(PERIOD), None]]
    );
}

#[test]
fn twenty_five_captures_a_second_play() {
    let mut mkv = Mkv::standard("cd", 40_000_000);
    let frames = (0..10u64).flat_map(|i| {
        [
            (1, i * 40_000, mkv::jpeg(i as u16)),
            (2, i * 40_000, mkv::sixteen(2, i as u16)),
        ]
    });
    mkv.add_frames(frames.collect(), 32_000);
    let mut recording = open(mkv.write());
    assert_eq!(recording.info().sensor.frame_rate, FrameRate::Fps25);
    assert_eq!(all_times(&mut recording).len(), 10);
}

#[test]
fn device_times_beyond_71_minutes_do_not_wrap() {
    let start = 5_000_000_000_000u64;
    let mut recording = open(usual(4, start).write());
    assert_eq!(recording.info().start_offset_usec, 5_000_000_000);
    check_usual(&mut recording, 4, 5_000_000_000);
}

#[test]
fn the_other_colour_formats_play() {
    for (fourcc, format, bytes, stride) in [
        (b"NV12", ColorFormat::Nv12, 1280 * 720 * 3 / 2, 1280),
        (b"YUY2", ColorFormat::Yuy2, 1280 * 720 * 2, 2560),
        (b"BGRA", ColorFormat::Bgra32, 1280 * 720 * 4, 5120),
    ] {
        let mut mkv = Mkv::standard("c", PERIOD * 1000);
        mkv.tracks[0] = mkv::Track::video(1, "COLOR", fourcc, (1280, 720), PERIOD * 1000);
        mkv.add_frames(
            vec![(1, 0, vec![7; bytes]), (1, PERIOD, vec![8; bytes - 1])],
            1,
        );
        let mut recording = open(mkv.write());
        assert_eq!(recording.info().sensor.color_format, Some(format));
        let color = recording.next_capture().unwrap().unwrap().color.unwrap();
        assert_eq!((color.stride, color.size()), (stride, bytes));
        assert!(recording.next_capture().unwrap_err().is_local());
        assert!(recording.next_capture().unwrap().is_none());
    }
}

#[test]
fn passive_infrared_has_no_depth() {
    let mut mkv = Mkv::standard("", PERIOD * 1000);
    mkv.tracks.push(mkv::Track::video(
        1,
        "IR",
        b"b16g",
        (1024, 1024),
        PERIOD * 1000,
    ));
    mkv.tag("K4A_DEPTH_MODE", "PASSIVE_IR");
    mkv.add_frames(vec![(1, 0, [0, 1].repeat(1024 * 1024))], 1);
    let mut recording = open(mkv.write());
    assert_eq!(recording.info().sensor.depth_mode, DepthMode::PassiveIr);
    let capture = recording.next_capture().unwrap().unwrap();
    assert!(capture.depth.is_none());
    assert_eq!(capture.ir.unwrap().u16_pixels()[99], 1);
}

#[test]
fn the_first_recorders_stored_the_low_byte_first() {
    let mut mkv = usual(1, 0);
    mkv.tracks[1] = mkv::Track::video(2, "DEPTH", b"YUY2", mkv::NFOV_2X2, PERIOD * 1000);
    mkv.set_tag("K4A_DEPTH_MODE", "NFOV_2x2BINNED");
    let mut recording = open(mkv.write());
    let capture = recording.next_capture().unwrap().unwrap();
    assert_eq!(capture.depth.unwrap().u16_pixels()[0], 0x0200);
    assert_eq!(capture.ir.unwrap().u16_pixels()[0], 3);
}

#[test]
fn a_depth_mode_that_was_lost_is_told_from_the_size() {
    let mut mkv = usual(2, 0);
    mkv.tags.retain(|tag| tag.0 != "K4A_DEPTH_MODE");
    let recording = open(mkv.write());
    assert_eq!(recording.info().sensor.depth_mode, DepthMode::Nfov2x2Binned);
    let warnings = recording.info().warnings.join("\n");
    assert!(warnings.contains("K4A_DEPTH_MODE"), "{warnings}");
}

#[test]
fn colour_of_an_unusual_size_plays_without_its_calibration() {
    let mut mkv = usual(2, 0);
    mkv.tracks[0] = mkv::Track::video(1, "COLOR", b"MJPG", (800, 600), PERIOD * 1000);
    let mut recording = open(mkv.write());
    assert_eq!(
        recording.info().sensor.color_resolution,
        ColorResolution::Off
    );
    let warnings = recording.info().warnings.join("\n");
    assert!(warnings.contains("800×600"), "{warnings}");
    let color = recording.next_capture().unwrap().unwrap().color.unwrap();
    assert_eq!((color.width, color.height), (800, 600));
}

#[test]
fn colour_in_a_strange_codec_leaves_depth_to_play() {
    let mut mkv = usual(2, 0);
    mkv.tracks[0].codec = "V_MPEG4/ISO/AVC".to_owned();
    let mut recording = open(mkv.write());
    assert_eq!(recording.tracks()[0].kind, TrackKind::Custom);
    let warnings = recording.info().warnings.join("\n");
    assert!(warnings.contains("V_MPEG4/ISO/AVC"), "{warnings}");
    let capture = recording.next_capture().unwrap().unwrap();
    assert!(capture.color.is_none() && capture.depth.is_some());
    assert!(recording.next_data_block("COLOR").unwrap().is_some());
}

#[test]
fn a_track_of_the_wrong_size_is_refused_with_what_was_expected() {
    for (number, name) in [(2u64, "DEPTH"), (3, "IR")] {
        let mut mkv = usual(2, 0);
        mkv.tracks[number as usize - 1] =
            mkv::Track::video(number, name, b"b16g", (640, 480), PERIOD * 1000);
        let error = Recording::from_bytes("wrong.mkv", mkv.write()).unwrap_err();
        let text = error.to_string();
        for part in [
            "wrong.mkv",
            name,
            "640×480",
            "320×288",
            "NFOV_2X2BINNED",
            "original file",
        ] {
            assert!(text.contains(part), "{part} is missing in: {text}");
        }
        assert_eq!(SourceError::from(error).kind, SourceErrorKind::BadFile);
    }
}

#[test]
fn a_calibration_that_is_no_json_is_a_warning() {
    let mut mkv = usual(2, 0);
    mkv.attachments
        .push(("calibration.json".to_owned(), 77, b"Hello World".to_vec()));
    mkv.tags.push((
        "K4A_CALIBRATION_FILE".to_owned(),
        "calibration.json".to_owned(),
        Target::Attachment(77),
    ));
    let mut recording = open(mkv.write());
    assert!(recording.calibration().is_none());
    let warnings = recording.info().warnings.join("\n");
    assert!(warnings.contains("calibration"), "{warnings}");
    check_usual(&mut recording, 2, 0);
}

#[test]
fn what_is_no_recording_is_refused_with_the_reason() {
    let refuse = |bytes: &[u8]| {
        let error = Recording::from_bytes("x.mkv", bytes).unwrap_err();
        let text = error.to_string();
        let kind = SourceError::from(error).kind;
        assert_eq!(kind, SourceErrorKind::NotARecording, "{text}");
        text
    };
    assert!(refuse(b"").contains("empty"));
    assert!(refuse(b"RIFF....AVI LIST").contains("AVI video"));
    assert!(refuse(b"something else").contains("1A 45 DF A3"));
    let mut webm = usual(1, 0).write();
    let at = webm.windows(8).position(|w| w == b"matroska").unwrap();
    webm[at..at + 8].copy_from_slice(b"notmatro");
    assert!(refuse(&webm).contains("notmatro"));
    // A Matroska file that is not a recording of a sensor.
    let mut film = Mkv::standard("", 1);
    film.tags.clear();
    film.tracks.push(mkv::Track {
        name: "Main".to_owned(),
        ..mkv::Track::video(1, "Main", b"H264", (64, 64), 1)
    });
    assert!(refuse(&film.write()).contains("Main"));
}

#[test]
fn paths_that_cannot_be_opened_say_why() {
    let text = |path: &Path| Recording::open(path).unwrap_err().to_string();
    assert!(text(Path::new("/nowhere/at all.mkv")).contains("no such file"));
    assert!(text(Path::new(env!("CARGO_MANIFEST_DIR"))).contains("folder"));
}

#[test]
fn tracks_that_are_not_there_are_named_with_those_that_are() {
    let mut recording = open(usual(1, 0).write());
    let error = recording.next_data_block("MISSING").unwrap_err();
    assert!(matches!(error, RecordingError::NoSuchTrack { .. }));
    assert!(error.to_string().contains("EXTRA"), "{error}");
    assert!(
        recording.next_data_block("DEPTH").is_err(),
        "not a custom track"
    );
}

#[test]
fn impossible_times_do_not_overflow() {
    let mut mkv = usual(3, 0);
    mkv.set_tag("K4A_START_OFFSET_NS", &u64::MAX.to_string());
    mkv.clusters[1].time = u64::MAX;
    mkv.clusters[2].time = u64::MAX / 2000;
    mkv.scale = Some(1_000_000_000);
    mkv.set_tag("K4A_DEPTH_DELAY_NS", &i64::MIN.to_string());
    let mut recording = open(mkv.write());
    while recording.next_capture().unwrap().is_some() {}
    while recording.previous_capture().unwrap().is_some() {}
    for target in [0, 1, u64::MAX, u64::MAX / 1000] {
        for seek in [
            SeekTarget::Start(target),
            SeekTarget::End(target),
            SeekTarget::DeviceTime(target),
        ] {
            recording.seek(seek).unwrap();
            let _ = recording.next_capture().unwrap();
            let _ = recording.previous_imu_sample().unwrap();
        }
    }
}
