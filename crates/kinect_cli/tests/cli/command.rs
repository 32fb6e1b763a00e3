//! Options: the calibration, several recordings, numbers by device time, controls, JSON on errors, completions.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use k4a_standin::{ControlFault, DeviceScript, Script};
use kinect_azure::recording::{Recording, RecordingSettings, RecordingWriter};
use kinect_azure::{Capture, RawCalibration, WiredSyncMode};
use serde_json::Value;

use crate::data::{Folder, kinect, recording};
use crate::live::Sensors;
use crate::{MUG, MUG_CALIBRATION, export, info_json};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A recording of a synchronised camera, with the images of the sample recording of the project.
fn synchronised(
    folder: &Folder,
    name: &str,
    part: WiredSyncMode,
    delay: u32,
    usec: &[u64],
) -> PathBuf {
    let path = folder.file(name, b"");
    let asset = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/visitors.mkv");
    let mut recording = Recording::open(asset).unwrap();
    let first = recording.next_capture().unwrap().unwrap();
    let mut settings = RecordingSettings {
        sensor: recording.info().sensor.clone(),
        ..RecordingSettings::default()
    };
    settings.sensor.wired_sync_mode = part;
    settings.sensor.subordinate_delay_off_master_usec = delay;
    settings.sensor.has_imu = false;
    let mut writer = RecordingWriter::create(&path, settings).unwrap();
    for &usec in usec {
        let at = |image: &Option<Arc<kinect_azure::Image>>| {
            let mut image = kinect_azure::Image::clone(image.as_ref().unwrap());
            image.device_timestamp_usec = usec;
            Some(Arc::new(image))
        };
        let capture = Capture {
            color: at(&first.color),
            depth: at(&first.depth),
            ir: at(&first.ir),
            ..Capture::default()
        };
        writer.write_capture(&capture).unwrap();
    }
    writer.finish().unwrap();
    path
}

#[test]
fn synchronised_cameras_get_the_same_numbers_and_their_clocks_are_compared() {
    let folder = Folder::new("command-sync");
    let times = [1_000_000, 1_200_000, 1_400_000, 1_600_000];
    let master = synchronised(&folder, "master.mkv", WiredSyncMode::Master, 0, &times);
    // The recording began later, lost a capture, and lags by 1 ms.
    let later = [1_201_020, 1_600_980];
    let other = synchronised(
        &folder,
        "other.mkv",
        WiredSyncMode::Subordinate,
        1000,
        &later,
    );

    let names = |file: &Path, more: &[&str]| {
        let out = folder.path().join("out");
        let _ = fs::remove_dir_all(&out);
        let run = export(file, &out, &[&["--only", "depth"], more].concat());
        assert!(run.ok(), "{run:?}");
        assert!(!run.stderr.contains("number"), "{run:?}");
        let mut names: Vec<String> = fs::read_dir(&out)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        let csv = fs::read_to_string(out.join("captures.csv")).unwrap();
        let rows: Vec<String> = csv.lines().skip(1).map(str::to_owned).collect();
        (names, rows)
    };
    let by_time = ["--match-by", "device-time"];
    let (of_master, rows) = names(&master, &by_time);
    assert_eq!(
        of_master,
        [
            "000005-depth.png",
            "000006-depth.png",
            "000007-depth.png",
            "000008-depth.png",
            "captures.csv"
        ]
    );
    assert_eq!(rows[3], "8,1600000,1600000,1600000");
    let (of_other, rows) = names(&other, &by_time);
    assert_eq!(
        of_other,
        ["000006-depth.png", "000008-depth.png", "captures.csv"]
    );
    assert_eq!(rows[0], "6,1201020,1201020,1201020");
    assert_eq!(names(&other, &[]).0[0], "000000-depth.png");
    // The files of a part have the numbers that they have in the whole export.
    let (part, _) = names(&master, &["--match-by", "device-time", "--from", "0.4"]);
    assert_eq!(
        part,
        ["000007-depth.png", "000008-depth.png", "captures.csv"]
    );

    let alone = synchronised(&folder, "alone.mkv", WiredSyncMode::Standalone, 0, &times);
    let run = export(
        &alone,
        &folder.path().join("alone"),
        &["--match-by", "device-time"],
    );
    assert!(run.stderr.contains("was not synchronised"), "{run:?}");

    let files = [&master, &other, &alone].map(|file| file.to_str().unwrap());
    let run = kinect(&[&["info", "--json"], &files[..]].concat());
    assert!(run.ok(), "{run:?}");
    let all = json(&run.stdout);
    assert_eq!(all["recordings"].as_array().unwrap().len(), 3);
    assert_eq!(all["recordings"][1]["wired_sync_mode"], "SUBORDINATE");
    let clocks = &all["clocks"];
    assert_eq!(clocks["spread_us"], 201_020);
    assert_eq!(clocks["recordings"].as_array().unwrap().len(), 2);
    assert_eq!(clocks["recordings"][1]["after_first_us"], 201_020);
    assert!(clocks["note"].as_str().unwrap().contains("alone.mkv"));
    let run = kinect(&[&["info"], &files[..2]].concat());
    assert!(run.stdout.contains("within 201.020 ms"), "{run:?}");
    assert!(
        run.stdout
            .contains("201.020 ms after the first (subordinate)"),
        "{run:?}"
    );
    let run = kinect(&["info", files[2], files[2]]);
    assert!(
        run.ok() && run.stdout.contains("cannot be compared"),
        "{run:?}"
    );

    // A recording that cannot be read does not keep the others from being shown.
    let run = kinect(&["info", "--json", files[0], "none.mkv", files[1]]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let all = json(&run.stdout);
    assert_eq!(all["recordings"][1]["file"], "none.mkv");
    assert!(
        all["recordings"][1]["error"]
            .as_str()
            .unwrap()
            .contains("no such file")
    );
    assert_eq!(all["clocks"]["spread_us"], 201_020);
}

#[test]
fn a_range_beyond_the_end_names_the_length() {
    let Some(file) = recording(MUG) else { return };
    let out = Folder::new("command-range");
    let run = export(&file, out.path(), &["--from", "0.5"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("0.463945 s long"), "{run:?}");
    assert!(!out.path().exists());
    // The end is inclusive.
    let run = export(&file, out.path(), &["--from", "0.463945"]);
    assert!(run.ok(), "{run:?}");
}

#[test]
fn the_calibration_is_given_as_stored_in_its_modes_and_as_open3d_writes_it() {
    let Some(file) = recording(MUG) else { return };
    let out = Folder::new("command-calibration");
    let run = export(&file, out.path(), &["--only", "calibration"]);
    assert!(run.ok(), "{run:?}");
    assert_eq!(
        out.names(),
        [
            "calibration-modes.json",
            "calibration.json",
            "intrinsic.json"
        ]
    );
    let stored = &fs::read(&file).unwrap()[MUG_CALIBRATION];
    let stored = stored.strip_suffix(b"\0").unwrap_or(stored);
    assert_eq!(out.read("calibration.json"), stored);

    let opened = Recording::open(&file).unwrap();
    let info = &opened.info().sensor;
    let raw = RawCalibration::parse(&out.read("calibration.json")).unwrap();
    let expected = raw
        .calibration(info.depth_mode, info.color_resolution)
        .unwrap();
    let modes = json(&out.text("calibration-modes.json"));
    let color = expected.color_camera.unwrap();
    let number = |value: &Value| value.as_f64().unwrap() as f32;
    assert_eq!(number(&modes["color_camera"]["fx"]), color.intrinsics.fx);
    assert_eq!(number(&modes["color_camera"]["k6"]), color.intrinsics.k6);
    assert_eq!(modes["depth_camera"]["width"], 640);
    assert_eq!(modes["depth_mode"], "NFOV_UNBINNED");
    let extrinsics = &modes["extrinsics"];
    assert_eq!(extrinsics.as_object().unwrap().len(), 12);
    assert_eq!(
        number(&extrinsics["depth_to_color"]["translation_mm"][0]),
        expected
            .extrinsics(
                kinect_azure::calibration::Sensor::Depth,
                kinect_azure::calibration::Sensor::Color
            )
            .unwrap()
            .translation[0]
    );

    // Open3D's names; the matrix is column by column.
    let open3d = json(&out.text("intrinsic.json"));
    let keys: Vec<&String> = open3d.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "color_mode",
            "depth_mode",
            "height",
            "intrinsic_matrix",
            "serial_number",
            "stream_length_usec",
            "width"
        ]
    );
    assert_eq!(open3d["color_mode"], opened.tag("K4A_COLOR_MODE").unwrap());
    assert_eq!(open3d["depth_mode"], opened.tag("K4A_DEPTH_MODE").unwrap());
    assert_eq!(open3d["stream_length_usec"], 463_945);
    assert_eq!(
        (&open3d["width"], &open3d["height"]),
        (&1280.into(), &720.into())
    );
    let matrix: Vec<f32> = open3d["intrinsic_matrix"]
        .as_array()
        .unwrap()
        .iter()
        .map(number)
        .collect();
    let lens = color.intrinsics;
    assert_eq!(
        matrix,
        [lens.fx, 0.0, 0.0, 0.0, lens.fy, 0.0, lens.cx, lens.cy, 1.0]
    );

    let file = file.to_str().unwrap();
    let run = kinect(&["info", "--calibration", "--json", file]);
    assert!(run.ok(), "{run:?}");
    assert_eq!(json(&run.stdout), modes);
    let run = kinect(&["info", "--calibration", file]);
    assert!(
        run.ok() && run.stdout.contains("NFOV_UNBINNED, 640×576"),
        "{run:?}"
    );
}

#[test]
fn a_recording_with_nothing_that_can_be_played_is_an_error() {
    let Some(file) = k4a_judge::real_data("reports/colour-h264.mkv") else {
        return;
    };
    let out = Folder::new("command-nothing");
    let run = export(&file, out.path(), &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("track COLOR"), "{run:?}");
    assert!(run.stderr.contains("V_MPEG4/ISO/AVC"), "{run:?}");
    assert!(!out.path().exists());
}

#[test]
fn json_is_printed_on_errors_too() {
    for (args, code, word) in [
        (
            &["list", "--json", "--library", "/nowhere"][..],
            1,
            "/nowhere",
        ),
        (&["list", "--json", "--vendor", "nobody"], 2, "nobody"),
        (&["list", "--json", "--patience", "NaN"], 2, "0.1"),
        (&["info", "--json", "none.mkv"], 1, "none.mkv"),
        (&["info", "--json"], 2, "FILE"),
        (&["doctor", "--json", "--patience", "0"], 2, "0.1"),
    ] {
        let run = kinect(args);
        assert_eq!(run.code, Some(code), "{args:?}: {run:?}");
        let error = json(&run.stdout)["error"].as_str().unwrap().to_owned();
        assert!(error.contains(word), "{args:?}: {run:?}");
        assert!(run.stderr.contains(word), "{args:?}: {run:?}");
    }
}

#[test]
fn shells_complete_the_command_and_it_has_manual_pages() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = kinect(&["completions", shell]);
        assert!(
            run.ok() && run.stdout.contains("match-by"),
            "{shell}: {run:?}"
        );
    }
    assert_eq!(kinect(&["completions", "tea"]).code, Some(2));
    let run = kinect(&["man"]);
    assert!(run.ok() && run.stdout.contains(".TH kinect 1"), "{run:?}");
    let run = kinect(&["man", "export"]);
    assert!(
        run.ok() && run.stdout.contains(".TH kinect-export 1"),
        "{run:?}"
    );
    assert!(run.stdout.contains("intrinsic.json"), "{run:?}");
    let run = kinect(&["man", "dance"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("simulate"), "{run:?}");
}

#[test]
fn a_recording_has_the_controls_and_the_synchronisation_that_were_asked_for() {
    let controls = [
        "--exposure=-6",
        "--gain=100",
        "--white-balance=4500",
        "--brightness=100",
        "--contrast=4",
        "--saturation=30",
        "--sharpness=3",
        "--backlight=on",
        "--powerline=50",
    ];
    let folder = Folder::new("command-controls");
    folder.file("x", b"");
    let out = folder.path().join("a.mkv");
    let record = |script: &Script, more: &[&str]| {
        let args = [
            "record",
            "--out",
            out.to_str().unwrap(),
            "--seconds",
            "0.3",
            "--overwrite",
        ];
        Sensors::new(script).run(&[&args, more].concat())
    };
    let wired = Script::of([DeviceScript::new("1").cables(false, true)]);
    let sync = ["--external-sync", "master", "--depth-delay=-160"];
    let run = record(&wired, &[&controls[..], &sync].concat());
    assert!(run.ok(), "{run:?}");
    assert_eq!(run.stderr, "");
    let info = info_json(&out);
    assert_eq!(info["wired_sync_mode"], "MASTER");
    assert_eq!(info["depth_delay_us"], -160);

    // If a camera refuses a control, the command reports it, and records nevertheless.
    let mut script = Script::healthy(1);
    script.devices[0].controls.push(ControlFault {
        set_fails: true,
        ..ControlFault::default()
    });
    let run = record(&script, &controls);
    assert!(run.ok(), "{run:?}");
    let warnings = run
        .stderr
        .lines()
        .filter(|line| line.starts_with("warning: "));
    assert!(warnings.count() >= controls.len(), "{run:?}");

    for (more, code, word) in [
        (&["--sync-delay", "5"][..], 1, "subordinate"),
        (
            &["--external-sync", "sub", "--sync-delay", "40000"],
            1,
            "33333",
        ),
        (&["--external-sync", "slave"], 2, "subordinate"),
        (&["--depth-delay", "33333"], 1, "33333"),
        (&["--exposure", "NaN"], 2, "microseconds"),
        (&["--gain=-1"], 2, "-1"),
        (&["--powerline", "55"], 2, "50 or 60"),
        (&["--white-balance", "cold"], 2, "kelvin"),
    ] {
        let run = record(&Script::healthy(1), more);
        assert_eq!(run.code, Some(code), "{more:?}: {run:?}");
        assert!(run.stderr.contains(word), "{more:?}: {run:?}");
    }
    assert_eq!(folder.names(), ["a.mkv", "x"]);
}

#[test]
fn a_clock_that_stands_still_does_not_make_a_recording_endless() {
    let folder = Folder::new("command-clock");
    folder.file("x", b"");
    let out = folder.path().join("a.mkv");
    let script = k4a_judge::real_data("reports/standin-zero-timestamps.json");
    let Some(script) = script else { return };
    let script = Script::parse(&fs::read_to_string(script).unwrap()).unwrap();
    let start = std::time::Instant::now();
    let run =
        Sensors::new(&script).run(&["record", "--out", out.to_str().unwrap(), "--seconds", "1"]);
    assert!(start.elapsed().as_secs() < 20, "{run:?}");
    assert!(run.stderr.contains("clock stands still"), "{run:?}");
}

#[test]
fn record_and_simulate_name_their_options_alike() {
    let options = |command: &str| -> Vec<String> {
        let run = kinect(&[command, "--help"]);
        assert!(run.ok(), "{run:?}");
        run.stdout
            .split_whitespace()
            .filter_map(|word| word.strip_prefix("--"))
            .map(|word| word.trim_end_matches([',', ';', '.', ')']).to_owned())
            .collect()
    };
    for shared in [
        "out",
        "overwrite",
        "seconds",
        "depth-mode",
        "color-resolution",
        "color-format",
        "fps",
        "no-imu",
    ] {
        for command in ["record", "simulate"] {
            assert!(
                options(command).iter().any(|one| one == shared),
                "{command} {shared}"
            );
        }
    }
}
