//! `kinect simulate`, and the simulated recording that is part of the project.

use std::path::{Path, PathBuf};

use k4a_judge::judge;
use kinect_azure::recording::Recording;
use serde_json::Value;

use crate::data::{Folder, kinect, kinect_command};

fn simulate(out: &Path, more: &[&str]) -> crate::data::Run {
    let mut args = vec!["simulate", "--out", out.to_str().unwrap()];
    args.extend(more);
    kinect(&args)
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The simulated recording of the project, and its ground truth.
fn asset(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../assets")
        .join(name)
}

/// Compares a recording with the ground truth beside it. Returns the number of captures and of visible joints.
fn compare(recording: &Path, truth: &Path) -> (usize, usize) {
    let truth = json(truth);
    assert_eq!(truth["joints"].as_array().unwrap().len(), 32);
    assert_eq!(truth["joints"][26], "HEAD");
    let mut recording = Recording::open(recording).unwrap();
    let calibration = recording.calibration().unwrap();
    let camera = calibration.depth_camera.unwrap();
    let captures = truth["captures"].as_array().unwrap();
    let (mut seen, mut near, mut covered) = (0, 0, 0);
    for capture in captures {
        let frame = recording.next_capture().unwrap().unwrap();
        let depth = frame.depth.unwrap();
        assert_eq!(
            capture["device_timestamp_usec"],
            depth.device_timestamp_usec
        );
        let index = &capture["body_index"];
        assert_eq!(index["width"], depth.width);
        let mut pixels = Vec::new();
        for run in index["runs"].as_array().unwrap() {
            let body = run[0].as_u64().unwrap() as u8;
            pixels.extend(std::iter::repeat_n(body, run[1].as_u64().unwrap() as usize));
        }
        assert_eq!(pixels.len(), depth.u16_pixels().len());
        for (number, body) in capture["bodies"].as_array().unwrap().iter().enumerate() {
            covered += pixels.iter().filter(|&&p| usize::from(p) == number).count();
            for joint in body["joints"].as_array().unwrap() {
                let value = |i: usize| joint[i].as_f64().unwrap() as f32;
                let turn: f32 = (3..7).map(|i| value(i) * value(i)).sum();
                assert!((turn - 1.0).abs() < 1e-3, "a rotation of length {turn}");
                if joint[7] != 2 {
                    continue;
                }
                // A visible joint lies a little behind the measured surface.
                let Some([u, v]) = camera.project([value(0), value(1), value(2)]) else {
                    panic!("a seen joint is outside the image");
                };
                let at = (v.round() as u32 * depth.width + u.round() as u32) as usize;
                let behind = value(2) - f32::from(depth.u16_pixels()[at]);
                seen += 1;
                near += usize::from((-60.0..350.0).contains(&behind));
            }
        }
    }
    assert!(recording.next_capture().unwrap().is_none());
    assert!(
        covered > 1000 * captures.len(),
        "people cover {covered} pixels"
    );
    // Some pixels are missing because of the noise.
    assert!(near * 10 > seen * 8, "{near} of {seen}");
    (captures.len(), seen)
}

#[test]
fn a_simulation_is_a_recording_with_its_truth_and_the_same_every_time() {
    let folder = Folder::new("simulate");
    folder.file("x", b"");
    let (first, second) = (folder.path().join("a.mkv"), folder.path().join("b.mkv"));
    let args = [
        "--seconds",
        "0.4",
        "--fps",
        "15",
        "--seed",
        "4",
        "--scenario",
        "wave",
        "--depth-mode",
        "nfov_2x2binned",
    ];
    let run = simulate(&first, &args);
    assert!(run.ok(), "{run:?}");
    assert!(run.stdout.contains("6 captures"), "{run:?}");
    let mut args = args.to_vec();
    args.splice(0..0, ["simulate", "--out", second.to_str().unwrap()]);
    let alone = kinect_command(&args)
        .env("RAYON_NUM_THREADS", "1")
        .output()
        .unwrap();
    assert!(alone.status.success());
    for ending in ["mkv", "truth.json"] {
        let same = folder.read(&format!("a.{ending}")) == folder.read(&format!("b.{ending}"));
        assert!(same, "{ending} differs between two runs");
    }
    assert_eq!(
        folder.names(),
        ["a.mkv", "a.truth.json", "b.mkv", "b.truth.json", "x"]
    );

    let (captures, seen) = compare(&first, &folder.path().join("a.truth.json"));
    assert_eq!(captures, 6);
    assert!(seen > 100, "{seen} joints are seen");
    let info = kinect(&["info", first.to_str().unwrap()]);
    assert!(info.stdout.contains("simulated") || info.ok(), "{info:?}");
    let Some(judge) = judge() else { return };
    let they = judge.open(&first).unwrap();
    let count = std::iter::from_fn(|| they.next_capture().unwrap()).count();
    assert_eq!(count, 6);
    assert_eq!(they.tag("SIMULATION_SEED").unwrap(), "4");
}

#[test]
fn thirty_captures_make_a_second_and_noise_can_be_left_out() {
    let folder = Folder::new("simulate-second");
    folder.file("x", b"");
    let out = folder.path().join("a.mkv");
    let run = simulate(
        &out,
        &[
            "--seconds",
            "1",
            "--no-noise",
            "--no-imu",
            "--people",
            "1",
            "--scenario",
            "idle",
            "--depth-mode",
            "NFOV_2X2BINNED",
            "--color-resolution",
            "off",
        ],
    );
    assert!(run.ok() && run.stdout.contains("30 captures"), "{run:?}");
    compare(&out, &folder.path().join("a.truth.json"));
}

#[test]
fn a_real_clip_drives_a_simulation() {
    let Some(clip) = k4a_judge::real_data("skeletons/hands-up.csv") else {
        return;
    };
    let folder = Folder::new("simulate-clip");
    folder.file("x", b"");
    let out = folder.path().join("a.mkv");
    let run = simulate(
        &out,
        &[
            "--clip",
            clip.to_str().unwrap(),
            "--people",
            "1",
            "--seconds",
            "0.2",
            "--depth-mode",
            "NFOV_2X2BINNED",
            "--color-resolution",
            "OFF",
        ],
    );
    assert!(run.ok(), "{run:?}");
    compare(&out, &folder.path().join("a.truth.json"));
}

#[test]
fn what_cannot_be_simulated_is_named_and_leaves_nothing() {
    let folder = Folder::new("simulate-wrong");
    let text = folder.file("text.csv", b"x,y\n");
    let (text, out) = (text.to_str().unwrap(), folder.path().join("a.mkv"));
    for (args, code, word) in [
        (&["--people", "7"][..], 2, "0..=6"),
        (&["--scenario", "sleep"], 2, "exhibit"),
        (&["--seconds", "NaN"], 2, "86400"),
        (&["--seconds", "-1"], 2, "-1"),
        (&["--depth-mode", "HUGE"], 2, "NFOV_UNBINNED"),
        (&["--height", "9"], 2, "between"),
        (&["--scenario", "wave", "--clip", text], 2, "--clip"),
        (&["--depth-mode", "WFOV_UNBINNED"], 1, "use 15"),
        (
            &["--depth-mode", "OFF", "--color-resolution", "OFF"],
            1,
            "both cameras are off",
        ),
        (&["--calibration", "none.json"], 1, "none.json"),
        (&["--calibration", text], 1, "text.csv"),
        (&["--clip", "none.csv"], 1, "none.csv"),
        (&["--clip", text], 1, "line 1"),
        (&["--truth", out.to_str().unwrap()], 1, "--truth"),
    ] {
        let run = simulate(&out, args);
        assert_eq!(run.code, Some(code), "{args:?}: {run:?}");
        assert!(run.stderr.contains(word), "{args:?}: {run:?}");
        assert!(!run.stderr.contains("panicked"), "{args:?}: {run:?}");
        assert_eq!(folder.names(), ["text.csv"], "{args:?}");
    }
    let run = simulate(&folder.path().join("none/a.mkv"), &["--seconds", "0.1"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("none"), "{run:?}");
}

#[test]
fn the_recording_in_the_project_is_whole() {
    let file = asset("visitors.mkv");
    assert!(std::fs::metadata(&file).unwrap().len() < 3_000_000);
    // `kinect export --only bodies` and the viewer find the people in it.
    assert!(Recording::open(&file).unwrap().has_bodies());
    let (captures, seen) = compare(&file, &asset("visitors.truth.json"));
    assert!(captures >= 5 && seen > 150, "{captures}, {seen}");
    let Some(judge) = judge() else { return };
    let they = judge.open(&file).unwrap();
    let count = std::iter::from_fn(|| they.next_capture().unwrap()).count();
    assert_eq!(count, captures);
}
