//! Plays a recording as a source.

use std::io;
use std::time::{Duration, Instant};

use kinect_azure::recording::{Pacing, Recording, RecordingError, RecordingSource};
use kinect_azure::{
    CaptureSource, NextCapture, PlaybackControl, Recovery, SourceError, SourceErrorKind,
};

use super::mkv::{self, Block, Cluster, Mkv, Size};
use super::{Scratch, open};

const PERIOD: u64 = 33_333;
const NO_TIME: Duration = Duration::ZERO;
const LONG: Duration = Duration::from_secs(10);

/// Colour at 30 captures a second and samples at 1 kHz.
fn file(count: u64) -> Mkv {
    let mut mkv = Mkv::standard("cm", PERIOD * 1000);
    mkv.tag("K4A_START_OFFSET_NS", "1000000000");
    for index in 0..count {
        let time = index * PERIOD;
        let samples =
            (0..33).map(|ms| mkv::imu_sample(1_000_000_000 + (time + ms * 1000) * 1000, 1.0));
        mkv.clusters.push(Cluster {
            time,
            blocks: vec![
                Block::simple(1, 0, mkv::jpeg(index as u16)),
                Block::laced(2, 0, samples.collect(), 32_001),
            ],
            size: Size::Known,
        });
    }
    mkv
}

fn source(count: u64, pacing: Pacing) -> RecordingSource {
    RecordingSource::new(open(file(count).write()), pacing)
}

/// Index of the capture that is delivered within `timeout`.
fn index(source: &mut RecordingSource, timeout: Duration) -> Option<u64> {
    match source.next_capture(timeout).unwrap() {
        NextCapture::Capture(capture) => {
            Some((capture.device_timestamp_usec().unwrap() - 1_000_000) / PERIOD)
        }
        NextCapture::Timeout | NextCapture::End => None,
    }
}

/// Times of the samples that are there now, since the start of the recording in ms.
fn samples(source: &mut RecordingSource) -> Vec<u64> {
    std::iter::from_fn(|| source.next_imu_sample().unwrap())
        .map(|sample| (sample.acceleration_timestamp_usec - 1_000_000) / 1000)
        .collect()
}

#[test]
fn captures_come_in_real_time() {
    let mut source = source(10, Pacing::RealTime);
    let start = Instant::now();
    for expected in 0..10 {
        assert_eq!(index(&mut source, LONG), Some(expected));
        let due = Duration::from_micros(expected * PERIOD);
        assert!(start.elapsed() >= due.saturating_sub(Duration::from_millis(1)));
        assert_eq!(source.position_usec(), expected * PERIOD);
    }
    assert!(matches!(
        source.next_capture(LONG).unwrap(),
        NextCapture::End
    ));
    // Further calls wait; they do not return at once.
    let end = Instant::now();
    let wait = Duration::from_millis(30);
    assert!(matches!(
        source.next_capture(wait).unwrap(),
        NextCapture::End
    ));
    assert!(end.elapsed() >= wait);
}

#[test]
fn waiting_ends_with_the_time_allowed() {
    let mut source = source(3, Pacing::RealTime);
    // The speed is low enough for a busy machine.
    source.set_speed(0.1);
    assert_eq!(
        index(&mut source, NO_TIME),
        Some(0),
        "the first comes at once"
    );
    let start = Instant::now();
    assert!(matches!(
        source.next_capture(Duration::from_millis(5)).unwrap(),
        NextCapture::Timeout
    ));
    let waited = start.elapsed();
    assert!(waited >= Duration::from_millis(5));
    assert_eq!(index(&mut source, LONG), Some(1));
}

#[test]
fn double_speed_takes_half_the_time_and_nonsense_speeds_count_as_one() {
    let mut source = source(13, Pacing::RealTime);
    source.set_speed(4.0);
    assert_eq!(index(&mut source, LONG), Some(0));
    let start = Instant::now();
    for expected in 1..13 {
        assert_eq!(index(&mut source, LONG), Some(expected));
    }
    let took = start.elapsed();
    assert!(took >= Duration::from_millis(95), "{took:?}");
    for nonsense in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        source.set_speed(nonsense);
        source.seek(0).unwrap();
        assert_eq!(index(&mut source, LONG), Some(0));
        let start = Instant::now();
        assert_eq!(index(&mut source, LONG), Some(1));
        assert!(start.elapsed() >= Duration::from_millis(25));
    }
}

#[test]
fn a_paused_source_waits_and_answers_to_seek_and_step() {
    let mut source = source(20, Pacing::RealTime);
    assert_eq!(index(&mut source, LONG), Some(0));
    source.set_paused(true);
    let start = Instant::now();
    assert_eq!(index(&mut source, Duration::from_millis(60)), None);
    assert!(start.elapsed() >= Duration::from_millis(60));
    source.step(1).unwrap();
    assert_eq!(index(&mut source, NO_TIME), Some(1));
    assert_eq!(index(&mut source, NO_TIME), None);
    source.step(3).unwrap();
    assert_eq!(index(&mut source, NO_TIME), Some(4));
    source.step(-1).unwrap();
    assert_eq!(index(&mut source, NO_TIME), Some(3));
    source.step(-2).unwrap();
    assert_eq!(index(&mut source, NO_TIME), Some(1));
    source.step(-10).unwrap();
    assert_eq!(index(&mut source, NO_TIME), Some(0), "the first at most");
    source.step(-1).unwrap();
    assert_eq!(index(&mut source, NO_TIME), Some(0));
    source.seek(12 * PERIOD).unwrap();
    assert_eq!(index(&mut source, NO_TIME), Some(12));
    assert_eq!(index(&mut source, NO_TIME), None);
    source.step(-1).unwrap();
    assert_eq!(index(&mut source, NO_TIME), Some(11));
    source.step(100).unwrap();
    assert_eq!(index(&mut source, NO_TIME), Some(19), "the last at most");
    source.step(1).unwrap();
    assert_eq!(index(&mut source, NO_TIME), None);
    source.step(-1).unwrap();
    assert_eq!(index(&mut source, NO_TIME), Some(18));
    // Playing goes on from there.
    source.set_paused(false);
    assert_eq!(index(&mut source, LONG), Some(19));
    assert!(matches!(
        source.next_capture(LONG).unwrap(),
        NextCapture::End
    ));
    source.step(-1).unwrap();
    assert_eq!(index(&mut source, LONG), Some(18));
    source.seek(0).unwrap();
    assert_eq!(index(&mut source, NO_TIME), Some(0));
}

#[test]
fn steps_while_playing_count_from_the_newest_capture() {
    let mut source = source(20, Pacing::RealTime);
    // The speed is low enough for a busy machine.
    source.set_speed(0.2);
    for expected in 0..3 {
        assert_eq!(index(&mut source, LONG), Some(expected));
    }
    // A call is waiting for a capture.
    assert_eq!(index(&mut source, Duration::from_millis(1)), None);
    source.step(1).unwrap();
    assert_eq!(index(&mut source, NO_TIME), Some(3));
    assert_eq!(index(&mut source, Duration::from_millis(1)), None);
    source.step(-1).unwrap();
    assert_eq!(index(&mut source, NO_TIME), Some(2));
    assert_eq!(index(&mut source, LONG), Some(3));
}

#[test]
fn pausing_stops_the_clock() {
    let mut source = source(10, Pacing::RealTime);
    assert_eq!(index(&mut source, LONG), Some(0));
    source.set_paused(true);
    std::thread::sleep(Duration::from_millis(200));
    source.set_paused(false);
    let start = Instant::now();
    assert_eq!(index(&mut source, LONG), Some(1));
    assert_eq!(index(&mut source, LONG), Some(2));
    assert!(
        start.elapsed() >= Duration::from_millis(55),
        "no rush after a pause"
    );
}

#[test]
fn a_looping_source_begins_again_in_time() {
    let mut source = source(4, Pacing::RealTime);
    source.set_looping(true);
    let mut seen = Vec::new();
    let start = Instant::now();
    while seen.len() < 10 {
        seen.extend(index(&mut source, Duration::from_millis(10)));
    }
    assert_eq!(seen, [0, 1, 2, 3, 0, 1, 2, 3, 0, 1]);
    assert_eq!(source.loops(), 2);
    assert!(start.elapsed() >= Duration::from_millis(9 * 33 - 5));
}

#[test]
fn a_looping_source_begins_again_after_a_seek_to_the_end() {
    for pacing in [Pacing::RealTime, Pacing::AsFastAsPossible] {
        let mut source = source(4, pacing);
        source.set_looping(true);
        source.seek(10_000_000).unwrap();
        let mut seen = Vec::new();
        while seen.len() < 2 {
            seen.extend(index(&mut source, Duration::from_millis(10)));
        }
        assert_eq!(seen, [0, 1]);
    }
}

#[test]
fn who_keeps_every_capture_has_the_clock_set_back_instead_of_rushing() {
    let mut source = source(40, Pacing::RealTime);
    source.set_keep_every_capture(true);
    assert_eq!(index(&mut source, LONG), Some(0));
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(index(&mut source, NO_TIME), Some(1));
    let start = Instant::now();
    for expected in 2..5 {
        assert_eq!(index(&mut source, LONG), Some(expected));
    }
    assert!(start.elapsed() >= Duration::from_millis(90));
}

#[test]
fn captures_taken_too_slowly_are_left_out_so_that_playing_stays_in_time() {
    let mut source = source(60, Pacing::RealTime);
    let (mut seen, mut ended) = (Vec::new(), false);
    let start = Instant::now();
    while !ended {
        match source.next_capture(LONG).unwrap() {
            NextCapture::Capture(capture) => {
                let time = capture.device_timestamp_usec().unwrap() - 1_000_000;
                seen.push(time / PERIOD);
                // The user needs three frame periods for each.
                std::thread::sleep(Duration::from_micros(3 * PERIOD));
            }
            NextCapture::Timeout => {}
            NextCapture::End => ended = true,
        }
    }
    let took = start.elapsed();
    assert!(seen.is_sorted_by(|a, b| a < b), "{seen:?}");
    assert_eq!(seen[0], 0);
    assert_eq!(seen.last(), Some(&59), "the last is never left out");
    assert_eq!(source.captures_left_out(), 60 - seen.len() as u64);
    // 2 s of recording; one capture after the other would take 6 s.
    assert!(took < Duration::from_millis(3500), "{took:?}: {seen:?}");
    assert!(seen.len() < 40, "{seen:?}");

    let mut source = self::source(20, Pacing::RealTime);
    source.set_keep_every_capture(true);
    source.set_speed(20.0);
    for expected in 0..20 {
        assert_eq!(index(&mut source, LONG), Some(expected));
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(source.captures_left_out(), 0);
}

#[test]
fn a_recording_whose_times_stand_still_plays_at_its_frame_rate() {
    let mut mkv = Mkv::standard("c", PERIOD * 1000);
    let frames = (0..10u16).map(|i| (1, 0, mkv::jpeg(i)));
    mkv.add_frames(frames.collect(), 3);
    let mut source = RecordingSource::new(open(mkv.write()), Pacing::RealTime);
    let take = |source: &mut RecordingSource| match source.next_capture(LONG).unwrap() {
        NextCapture::Capture(capture) => Some(capture.color.unwrap().bytes().to_vec()),
        NextCapture::Timeout | NextCapture::End => None,
    };
    let start = Instant::now();
    for index in 0..10u16 {
        assert_eq!(take(&mut source).unwrap(), mkv::jpeg(index));
        let due = Duration::from_micros(u64::from(index) * PERIOD);
        assert!(start.elapsed() >= due.saturating_sub(Duration::from_millis(1)));
    }
    assert!(take(&mut source).is_none());
    // Steps still count captures.
    source.set_paused(true);
    source.step(-1).unwrap();
    assert_eq!(take(&mut source).unwrap(), mkv::jpeg(8));
    source.step(-1).unwrap();
    assert_eq!(take(&mut source).unwrap(), mkv::jpeg(7));
    source.step(1).unwrap();
    assert_eq!(take(&mut source).unwrap(), mkv::jpeg(8));
}

#[test]
fn samples_come_up_to_the_newest_capture_and_then_with_the_clock() {
    let mut source = source(10, Pacing::RealTime);
    assert!(
        samples(&mut source).is_empty(),
        "nothing before the first capture"
    );
    source.set_paused(true);
    source.step(1).unwrap();
    assert_eq!(index(&mut source, NO_TIME), Some(0));
    assert_eq!(samples(&mut source), [0]);
    source.step(1).unwrap();
    assert_eq!(index(&mut source, NO_TIME), Some(1));
    assert_eq!(samples(&mut source), (1..=33).collect::<Vec<_>>());
    source.set_paused(false);
    std::thread::sleep(Duration::from_millis(12));
    let more = samples(&mut source);
    assert!(more.len() >= 10, "{more:?}");
    assert_eq!(more[0], 34);
}

#[test]
fn after_a_seek_samples_go_on_at_the_new_place() {
    let mut source = source(60, Pacing::RealTime);
    assert_eq!(index(&mut source, LONG), Some(0));
    source.seek(50 * PERIOD).unwrap();
    assert!(samples(&mut source).is_empty(), "none of those between");
    assert_eq!(index(&mut source, LONG), Some(50));
    let now = samples(&mut source);
    assert!(now[0] >= 50 * PERIOD / 1000 && now.len() < 500, "{now:?}");
    source.seek(10 * PERIOD).unwrap();
    assert_eq!(index(&mut source, LONG), Some(10));
    let now = samples(&mut source);
    assert!(now[0] == 10 * PERIOD / 1000 && now.len() < 500, "{now:?}");
}

#[test]
fn each_round_of_a_loop_has_all_samples_once() {
    let mut source = source(5, Pacing::AsFastAsPossible);
    source.set_looping(true);
    let mut rounds = vec![Vec::new()];
    while source.loops() < 3 {
        let before = source.loops();
        assert!(index(&mut source, NO_TIME).is_some());
        if source.loops() > before {
            rounds.push(Vec::new());
        }
        let now = samples(&mut source);
        rounds.last_mut().unwrap().extend(now);
    }
    for round in &rounds[1..3] {
        assert_eq!(round[0], 0);
        assert!(round.windows(2).all(|pair| pair[0] < pair[1]), "{round:?}");
        assert!(round.len() > 4 * 33, "{}", round.len());
    }
}

#[test]
fn as_fast_as_possible_waits_for_nothing_and_leaves_nothing_out() {
    let mut source = source(100, Pacing::AsFastAsPossible);
    let start = Instant::now();
    let mut all = Vec::new();
    for expected in 0..100 {
        assert_eq!(index(&mut source, LONG), Some(expected));
        all.extend(samples(&mut source));
    }
    assert!(matches!(
        source.next_capture(NO_TIME).unwrap(),
        NextCapture::End
    ));
    all.extend(samples(&mut source));
    assert_eq!(all.len(), 3300);
    assert!(
        start.elapsed() < Duration::from_millis(1500),
        "recorded time is 3.3 s"
    );
}

#[test]
fn a_recording_of_samples_alone_plays_in_time_and_ends() {
    let mut mkv = file(5);
    for cluster in &mut mkv.clusters {
        cluster.blocks.remove(0);
    }
    let mut source = RecordingSource::new(open(mkv.write()), Pacing::RealTime);
    let mut all = Vec::new();
    let start = Instant::now();
    while let NextCapture::Timeout = source.next_capture(Duration::from_millis(20)).unwrap() {
        all.extend(samples(&mut source));
        assert!(start.elapsed() < LONG);
    }
    all.extend(samples(&mut source));
    assert_eq!(all.len(), 5 * 33);
    assert!(start.elapsed() >= Duration::from_millis(150));
}

#[test]
fn an_empty_recording_ends_at_once_even_when_looping() {
    let mut mkv = file(0);
    mkv.cues = false;
    for pacing in [Pacing::RealTime, Pacing::AsFastAsPossible] {
        let mut source = RecordingSource::new(open(mkv.write()), pacing);
        source.set_looping(true);
        assert!(matches!(
            source.next_capture(NO_TIME).unwrap(),
            NextCapture::End
        ));
        source.step(1).unwrap();
        source.step(-1).unwrap();
        source.seek(5).unwrap();
        assert!(matches!(
            source.next_capture(NO_TIME).unwrap(),
            NextCapture::End
        ));
    }
}

#[test]
fn a_bad_capture_is_said_and_the_next_one_plays() {
    let mut mkv = Mkv::standard("d", PERIOD * 1000);
    let frames = (0..3u16).map(|i| {
        let frame = if i == 1 {
            vec![0; 9]
        } else {
            mkv::sixteen(1, i)
        };
        (1, u64::from(i) * PERIOD, frame)
    });
    mkv.add_frames(frames.collect(), 1);
    let mut source = RecordingSource::new(open(mkv.write()), Pacing::RealTime);
    assert!(matches!(
        source.next_capture(LONG),
        Ok(NextCapture::Capture(_))
    ));
    let error = source.next_capture(LONG).unwrap_err();
    assert_eq!(error.kind, SourceErrorKind::BadCapture, "{error}");
    assert!(matches!(
        source.next_capture(LONG),
        Ok(NextCapture::Capture(_))
    ));
    assert!(matches!(source.next_capture(LONG), Ok(NextCapture::End)));
}

#[test]
fn a_file_that_is_deleted_or_cut_while_playing_is_lost() {
    let bytes = file(200).write();
    let play = |change: &dyn Fn(&std::path::Path), name: &str| {
        let scratch = Scratch::with(name, &bytes);
        let recording = Recording::open(&scratch.0).unwrap();
        let mut source = RecordingSource::new(recording, Pacing::RealTime);
        assert!(matches!(
            source.next_capture(LONG),
            Ok(NextCapture::Capture(_))
        ));
        change(&scratch.0);
        let start = Instant::now();
        loop {
            match source.next_capture(Duration::from_millis(100)) {
                Ok(_) => assert!(start.elapsed() < Duration::from_secs(4)),
                Err(error) => {
                    assert!(error.to_string().contains(name), "{error}");
                    return error;
                }
            }
        }
    };
    let deleted = play(&|path| std::fs::remove_file(path).unwrap(), "deleted");
    assert_eq!(deleted.kind, SourceErrorKind::Lost);
    assert!(deleted.reason.contains("deleted"), "{deleted}");
    let cut = |path: &std::path::Path| {
        let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
        file.set_len(bytes.len() as u64 / 4).unwrap();
    };
    let cut = play(&cut, "shortened");
    assert_eq!(cut.kind, SourceErrorKind::Lost);
    assert!(cut.reason.contains("bytes"), "{cut}");
}

#[test]
fn a_wrong_path_is_a_failure_that_names_it() {
    let error: SourceError = RecordingSource::open("/nowhere/x.mkv").unwrap_err().into();
    assert_eq!(
        (error.kind, error.recovery()),
        (SourceErrorKind::FileMissing, Recovery::GiveUp)
    );
    assert!(error.reason.contains("/nowhere/x.mkv"), "{error}");
}

/// Opens a file as a source and returns the kind of the error.
fn kind_of(bytes: &[u8], name: &str) -> SourceErrorKind {
    let scratch = Scratch::with(name, bytes);
    let error = RecordingSource::open(&scratch.0).unwrap_err();
    SourceError::from(error).kind
}

#[test]
fn errors_of_files_have_their_kinds() {
    assert_eq!(kind_of(b"", "kind-empty"), SourceErrorKind::NotARecording);
    assert_eq!(
        kind_of(b"RIFF....AVI LIST", "kind-avi"),
        SourceErrorKind::NotARecording
    );
    let mut scaled = file(2);
    scaled.tracks[0] = mkv::Track::video(1, "DEPTH", b"b16g", (1, 1), PERIOD * 1000);
    assert_eq!(
        kind_of(&scaled.write(), "kind-scaled"),
        SourceErrorKind::BadFile
    );
    let folder = RecordingSource::open(std::env::temp_dir()).unwrap_err();
    assert_eq!(
        SourceError::from(folder).kind,
        SourceErrorKind::NotARecording
    );
    // Errors of the system that no crafted file can cause.
    for (says, kind, recovery) in [
        (
            io::ErrorKind::PermissionDenied,
            SourceErrorKind::NotPermitted,
            Recovery::GiveUp,
        ),
        (
            io::ErrorKind::OutOfMemory,
            SourceErrorKind::OutOfMemory,
            Recovery::Retry,
        ),
        (
            io::ErrorKind::TimedOut,
            SourceErrorKind::FileUnreadable,
            Recovery::Retry,
        ),
    ] {
        let found = SourceErrorKind::of_file(&says.into());
        assert_eq!((found, found.recovery()), (kind, recovery), "{says}");
    }
    let read = RecordingError::Io {
        path: "x.mkv".into(),
        offset: 7,
        source: io::ErrorKind::TimedOut.into(),
    };
    assert_eq!(
        SourceError::from(read).kind,
        SourceErrorKind::FileUnreadable
    );
    let denied = RecordingError::Permission("x.mkv".into());
    assert_eq!(
        SourceError::from(denied).kind,
        SourceErrorKind::NotPermitted
    );
}

#[test]
fn playing_does_not_allocate_once_it_runs() {
    let mut recording = open(super::odd_files::usual(60, 0).write());
    let mut play = |captures: usize| {
        for _ in 0..captures {
            assert!(recording.next_capture().unwrap().is_some());
            for _ in 0..33 {
                assert!(recording.next_imu_sample().unwrap().is_some());
            }
        }
    };
    // One round through the cache of clusters.
    play(20);
    assert_eq!(k4a_judge::allocations(|| play(40)), 0);
}
