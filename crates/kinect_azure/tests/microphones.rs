//! Listens to microphone arrays through the system's audio interface. Only the arrays are fake
//! (`kinect_test_support::fake_array`).

#![cfg(all(feature = "microphones", target_os = "linux"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests say what is wrong by panicking"
)]

use std::path::Path;
use std::time::{Duration, Instant};

use kinect_azure::microphones::{
    MicrophoneError, MicrophoneMatch, MicrophoneSelection, MicrophoneSettings, MicrophoneStream,
    list, list_inputs,
};
use kinect_test_support::fake_array::{FakeArrays, NAME, frames, is_listener, sample};

const STDIN: &str = "/dev/stdin";
const SECOND: Duration = Duration::from_secs(1);

#[test]
fn all_microphones_come_out_right_and_in_order() {
    let arrays = FakeArrays::new("order", &[(NAME, Path::new(STDIN))]);
    let mut listener = arrays.run("hears_everything_in_order");
    listener.play(0, 10.0);
    listener.finish();
}

#[test]
#[ignore = "started by all_microphones_come_out_right_and_in_order"]
fn hears_everything_in_order() {
    if !is_listener() || is_without_alsa() {
        return;
    }
    let arrays = list().unwrap();
    assert_eq!(arrays.len(), 1, "{arrays:?}");
    assert_eq!(arrays[0].name, NAME);
    let stream = MicrophoneStream::open(&MicrophoneSettings::default()).unwrap();
    let info = stream.info();
    assert_eq!(
        (info.channels, info.sample_rate, info.block_frames),
        (7, 48_000, 480)
    );
    assert_eq!(info.matched, MicrophoneMatch::OnlyCandidate);

    let start = Instant::now();
    let mut timestamps = Vec::new();
    for sequence in 0..200 {
        let block = stream
            .next_block(SECOND)
            .unwrap()
            .expect("a block in a second");
        assert_eq!(block.sequence, sequence);
        assert_eq!(block.after_gap, sequence == 0);
        assert_eq!((block.frames(), block.levels.len()), (480, 7));
        for channel in 0..7 {
            let expected = (0..480).map(|frame| sample(sequence as usize * 480 + frame, channel));
            for (frame, (heard, sent)) in block.channel(channel as u16).zip(expected).enumerate() {
                assert_eq!(
                    heard,
                    f32::from(sent) / 32_768.0,
                    "block {sequence}, frame {frame}, microphone {channel}"
                );
            }
        }
        timestamps.push(block.system_timestamp_nsec);
    }
    let passed = start.elapsed();
    // The fake array plays at the rate of the test's clock. The timestamps agree with it, up to the delays of a busy
    // machine.
    let stamped = Duration::from_nanos(timestamps[199] - timestamps[0]);
    assert!(
        passed.abs_diff(stamped) < SECOND / 4,
        "{passed:?} passed, {stamped:?} by timestamps"
    );
    assert!(timestamps.is_sorted());
    let counters = stream.counters();
    assert!(counters.blocks >= 200);
    assert_eq!((counters.dropped_blocks, counters.gaps), (0, 0));
    assert!(stream.close(SECOND), "the device is free again");
}

#[test]
fn a_slow_app_loses_the_oldest_blocks_and_is_told() {
    // A device that plays a file delivers as fast as it can.
    let sound = FakeArrays::file("slow", &frames(0, 48_000));
    let arrays = FakeArrays::new("slow", &[(NAME, &sound)]);
    arrays.run("is_too_slow").finish();
    std::fs::remove_file(sound).unwrap();
}

#[test]
#[ignore = "started by a_slow_app_loses_the_oldest_blocks_and_is_told"]
fn is_too_slow() {
    if !is_listener() || is_without_alsa() {
        return;
    }
    let settings = MicrophoneSettings {
        queue_blocks: 8,
        block_frames: 1000,
        ..MicrophoneSettings::default()
    };
    let stream = MicrophoneStream::open(&settings).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    // No new blocks arrive after this, and queued blocks stay.
    let receiver = stream.receiver();
    drop(stream);
    std::thread::sleep(Duration::from_millis(200));
    let counters = receiver.counters();
    assert_eq!(counters.dropped_blocks, counters.blocks - 8);
    let waiting: Vec<_> = std::iter::from_fn(|| receiver.try_next()).collect();
    assert_eq!(waiting.len(), 8);
    assert_eq!(waiting[0].sequence, counters.dropped_blocks);
    assert_eq!(waiting[7].sequence, counters.blocks - 1);
    assert!(waiting.iter().all(|block| block.frames() == 1000));
    assert!(receiver.next_block(SECOND).is_err(), "the stream is over");
}

#[test]
fn a_silent_array_is_lost_and_lets_go_of_the_app_at_once() {
    let arrays = FakeArrays::new("silent", &[(NAME, Path::new(STDIN))]);
    let mut listener = arrays.run("hears_the_end");
    // The array plays half a second and then hangs: the pipe stays open.
    listener.play(0, 0.5);
    listener.finish();
}

#[test]
#[ignore = "started by a_silent_array_is_lost_and_lets_go_of_the_app_at_once"]
fn hears_the_end() {
    if !is_listener() || is_without_alsa() {
        return;
    }
    let stream = MicrophoneStream::open(&MicrophoneSettings::default()).unwrap();
    let start = Instant::now();
    let error = loop {
        match stream.next_block(Duration::from_millis(100)) {
            Ok(_) => assert!(start.elapsed() < 8 * SECOND, "still not lost"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, MicrophoneError::Lost(_)), "{error:?}");
    assert!(error.may_pass());
    assert!(stream.counters().blocks > 20);
    // The system's thread hangs in the device. The test waits for it only for the given time.
    let start = Instant::now();
    assert!(!stream.close(Duration::from_millis(100)));
    assert!(start.elapsed() < Duration::from_millis(200));
    let stream = MicrophoneStream::open(&MicrophoneSettings::default()).unwrap();
    let start = Instant::now();
    drop(stream);
    assert!(start.elapsed() < Duration::from_millis(50));
    let given_up = MicrophoneStream::open_while(&MicrophoneSettings::default(), || false);
    let is_switched_off = |error: &MicrophoneError| error.to_string().contains("switched off");
    assert!(
        given_up.as_ref().err().is_none_or(is_switched_off),
        "{given_up:?}"
    );
}

#[test]
fn of_two_arrays_one_is_chosen_by_hand() {
    let sound = FakeArrays::file("two", &frames(100, 4800));
    let silence = FakeArrays::file("two-silent", &vec![0; 480 * 14]);
    let arrays = FakeArrays::new(
        "two",
        &[
            (NAME, &silence),
            ("A webcam, USB Audio", &silence),
            (NAME, &sound),
        ],
    );
    arrays.run("chooses_one").finish();
    for file in [sound, silence] {
        std::fs::remove_file(file).unwrap();
    }
}

#[test]
#[ignore = "started by of_two_arrays_one_is_chosen_by_hand"]
fn chooses_one() {
    if !is_listener() || is_without_alsa() {
        return;
    }
    let open = |selection| {
        MicrophoneStream::open(&MicrophoneSettings {
            selection,
            queue_blocks: 10_000,
            ..MicrophoneSettings::default()
        })
    };
    let ids: Vec<String> = list().unwrap().into_iter().map(|d| d.id).collect();
    assert_eq!(ids, ["array0", "array2"]);
    for unclear in [
        MicrophoneSelection::Auto,
        MicrophoneSelection::Serial("000123456789".into()),
    ] {
        let error = open(unclear).unwrap_err();
        assert!(matches!(error, MicrophoneError::Ambiguous(_)), "{error:?}");
        assert!(error.to_string().contains("array2"), "{error}");
    }
    for absent in [
        MicrophoneSelection::Index(2),
        MicrophoneSelection::Device("array7".into()),
    ] {
        let error = open(absent).unwrap_err();
        assert!(matches!(error, MicrophoneError::NotFound(_)), "{error:?}");
    }
    for second in [
        MicrophoneSelection::Index(1),
        MicrophoneSelection::Device("array2".into()),
    ] {
        let stream = open(second).unwrap();
        assert_eq!(stream.info().device.id, "array2");
        assert_eq!(stream.info().matched, MicrophoneMatch::ByHand);
        let block = stream.next_block(SECOND).unwrap().unwrap();
        assert_eq!((block.sequence, block.samples[0]), (0, 800.0 / 32_768.0));
    }
    // A device that is not an array can be used if it is chosen by its name.
    let stream = open(MicrophoneSelection::Device("A webcam, USB Audio".into())).unwrap();
    assert!(!stream.info().device.is_array);
    assert!(stream.next_block(SECOND).unwrap().is_some());
}

#[test]
fn without_an_array_the_error_says_what_to_do() {
    let arrays = FakeArrays::new(
        "none",
        &[("Kinect USB Audio, USB Audio", Path::new("/dev/zero"))],
    );
    arrays.run("finds_none").finish();
}

#[test]
#[ignore = "started by without_an_array_the_error_says_what_to_do"]
fn finds_none() {
    if !is_listener() || is_without_alsa() {
        return;
    }
    assert_eq!(list().unwrap(), []);
    let error = MicrophoneStream::open(&MicrophoneSettings::default()).unwrap_err();
    assert!(matches!(error, MicrophoneError::NotFound(_)), "{error:?}");
    assert!(error.to_string().contains("Femto"), "{error}");
}

/// Whether the system cannot list audio inputs; prints a message then.
fn is_without_alsa() -> bool {
    match list_inputs() {
        Ok(_) => false,
        Err(error) => {
            println!("skipped: no ALSA here: {error}");
            true
        }
    }
}
