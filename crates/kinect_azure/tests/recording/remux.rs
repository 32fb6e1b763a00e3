//! Recordings that mkvmerge rewrote.

use std::path::Path;
use std::process::Command;

use kinect_azure::recording::Recording;

use super::{Scratch, all_times, real};

/// Whether mkvmerge is installed.
fn mkvmerge(input: &Path, output: &Path, options: &[&str]) -> bool {
    let run = Command::new("mkvmerge")
        .args(["-q", "-o"])
        .arg(output)
        .args(options)
        .arg(input)
        .output();
    match run {
        Err(error) => {
            eprintln!("SKIPPED, mkvmerge cannot be run: {error}");
            false
        }
        Ok(run) => {
            // 1 = there were warnings.
            let text = String::from_utf8_lossy(&run.stdout).into_owned();
            assert!(run.status.code().is_some_and(|code| code < 2), "{text}");
            true
        }
    }
}

#[test]
fn the_sample_recording_is_the_same_after_mkvmerge() {
    let Some(path) = real("mug-720p-nfov.mkv") else {
        return;
    };
    for (index, options) in [
        &[][..],
        &["--disable-lacing", "--no-cues"],
        &["--timestamp-scale", "100000", "--cluster-length", "1000ms"],
    ]
    .into_iter()
    .enumerate()
    {
        let scratch = Scratch::new(&format!("remux-{index}"));
        if !mkvmerge(&path, &scratch.0, options) {
            return;
        }
        let mut original = Recording::open(&path).unwrap();
        let mut recording = Recording::open(&scratch.0).unwrap();
        let info = recording.info().clone();
        println!("{info:?}");
        assert_eq!(info.sensor.serial, original.info().sensor.serial);
        assert_eq!(info.sensor.depth_mode, original.info().sensor.depth_mode);
        assert_eq!(info.sensor.frame_rate, original.info().sensor.frame_rate);
        assert_eq!(info.start_offset_usec, original.info().start_offset_usec);
        assert!(!info.unfinished);
        assert!(recording.calibration().is_some());
        let ours = recording.next_capture().unwrap().unwrap();
        let theirs = original.next_capture().unwrap().unwrap();
        for (ours, theirs) in ours.images().zip(theirs.images()) {
            assert!(ours.bytes() == theirs.bytes());
            let late = ours
                .device_timestamp_usec
                .abs_diff(theirs.device_timestamp_usec);
            assert!(late < info.timestamp_scale_ns / 1000, "{late} µs");
        }
        assert!(recording.next_capture().unwrap().is_none());
    }
}

#[test]
fn a_longer_recording_keeps_its_captures_after_mkvmerge() {
    let mkv = super::odd_files::usual(60, 123_000);
    let before = Scratch::with("remux-long-before", &mkv.write());
    let after = Scratch::new("remux-long-after");
    if !mkvmerge(&before.0, &after.0, &[]) {
        return;
    }
    let mut recording = Recording::open(&after.0).unwrap();
    println!("{:?} {:?}", recording.info(), recording.tracks());
    println!("{:?}", recording.count(|_| {}));
    let captures = all_times(&mut recording);
    assert_eq!(captures.len(), 60);
    assert!(
        captures
            .iter()
            .all(|times| times.iter().all(Option::is_some))
    );
}
