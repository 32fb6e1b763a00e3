//! The `kinect` command as users run it: with real recordings, with recordings of the vendor's recorder, and with
//! broken files. Its output is compared with known values of the files and, if the vendor's libraries are installed,
//! with the values that these libraries read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod aligned;
mod bodies;
mod command;
mod data;
#[cfg(unix)]
mod failures;
mod live;
mod outputs;
mod ply;
mod simulate;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::Stdio;

use data::{Folder, Run, kinect, kinect_command, read_png, recording};
use serde_json::json;

const MUG: &str = "mug-720p-nfov.mkv";
const LEGACY: &str = "legacy-0.4.0-empty.mkv";
/// The position of the JPEG in the sample recording.
const MUG_JPEG: std::ops::Range<usize> = 7572..7572 + 217_095;
/// The position of the calibration in the sample recording.
const MUG_CALIBRATION: std::ops::Range<usize> = 1752..1752 + 3900;

fn export(file: &Path, out: &Path, more: &[&str]) -> Run {
    let mut args = vec![
        "export",
        file.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
    ];
    args.extend(more);
    kinect(&args)
}

fn info_json(file: &Path) -> serde_json::Value {
    let run = kinect(&["info", file.to_str().unwrap(), "--json"]);
    assert!(run.ok(), "{run:?}");
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn info_as_json_says_what_is_in_the_sample_recording() {
    let Some(file) = recording(MUG) else { return };
    let info = info_json(&file);
    for (field, value) in [
        ("serial", json!("001514394512")),
        ("color_format", json!("MJPG")),
        ("color_resolution", json!("720P")),
        ("depth_mode", json!("NFOV_UNBINNED")),
        ("fps", json!(5)),
        ("captures", json!(1)),
        ("color_images", json!(1)),
        ("depth_images", json!(1)),
        ("ir_images", json!(1)),
        ("imu_samples", json!(1)),
        ("duration_us", json!(463_945)),
        ("start_offset_us", json!(336_277)),
        ("wired_sync_mode", json!("STANDALONE")),
        ("subordinate_delay_us", json!(0)),
        ("depth_delay_us", json!(0)),
        ("color_firmware", json!("1.6.110")),
        ("depth_firmware", json!("1.6.79")),
        ("title", json!("Azure Kinect")),
        ("writing_app", json!("k4arecord-1.4.1")),
        ("muxing_app", json!("libmatroska-1.4.9")),
        ("timestamp_scale_ns", json!(1000)),
        ("size_bytes", json!(1_699_264)),
        ("calibrated", json!(true)),
        ("unfinished", json!(false)),
        ("warnings", json!([])),
    ] {
        assert_eq!(info[field], value, "{field}");
    }
    let tracks: Vec<&str> = info["tracks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|track| track["name"].as_str().unwrap())
        .collect();
    assert_eq!(tracks, ["COLOR", "DEPTH", "IR", "IMU"]);
    assert_eq!(
        info["tracks"][0],
        json!({
            "name": "COLOR", "number": 1, "uid": "226376802450399186", "kind": "color", "type": "video",
            "codec": "V_MS/VFW/FOURCC", "width": 1280, "height": 720, "frame_duration_ns": 200_000_000
        })
    );
    assert_eq!(info["tags"]["K4A_DEVICE_SERIAL_NUMBER"], "001514394512");
    assert_eq!(info["tags"]["K4A_START_OFFSET_NS"], "336277000");
    assert_eq!(info["tag_list"].as_array().unwrap().len(), 15);
    assert_eq!(
        info["tag_list"][1],
        json!({"name": "K4A_COLOR_MODE", "value": "MJPG_720P", "target": "track:226376802450399186"})
    );
    assert_eq!(info["attachments"][0]["name"], "calibration.json");
    assert_eq!(info["attachments"][0]["size_bytes"], 3900);
}

#[test]
fn info_for_people_names_the_sensor_and_its_streams() {
    let Some(file) = recording(MUG) else { return };
    let run = kinect(&["info", file.to_str().unwrap()]);
    assert!(run.ok(), "{run:?}");
    for words in [
        "001514394512",
        "0.463945 s, 1 capture at 5 fps",
        "MJPG 720P, 1280×720, 1 image",
        "NFOV_UNBINNED, 640×576, 1 image",
        "K4A_WIRED_SYNC_MODE",
        "calibration.json",
    ] {
        assert!(
            run.stdout.contains(words),
            "{words} is not in {}",
            run.stdout
        );
    }
    assert_eq!(run.stderr, "");
}

#[test]
fn info_reads_a_recording_of_an_early_recorder() {
    let Some(file) = recording(LEGACY) else {
        return;
    };
    let info = info_json(&file);
    assert_eq!(info["serial"], "000317384312");
    assert_eq!(info["color_resolution"], "1080P");
    assert_eq!(info["depth_mode"], "NFOV_UNBINNED");
    assert_eq!(info["captures"], 0);
    assert_eq!(info["imu_samples"], 1);
    // The calibration of this recording is the text "Hello World".
    assert_eq!(info["calibrated"], false);
    assert!(!info["warnings"].as_array().unwrap().is_empty());
}

#[test]
fn export_writes_the_bytes_and_numbers_of_the_recording() {
    let Some(file) = recording(MUG) else { return };
    let out = Folder::new("whole");
    let run = export(&file, out.path(), &[]);
    assert!(run.ok(), "{run:?}");
    assert_eq!(
        out.names(),
        [
            "000000-color.jpg",
            "000000-depth.png",
            "000000-ir.png",
            "000000-points.ply",
            "captures.csv",
            "imu.csv"
        ]
    );

    let bytes = fs::read(&file).unwrap();
    assert_eq!(out.read("000000-color.jpg"), bytes[MUG_JPEG]);

    let depth = read_png(&out.path().join("000000-depth.png"));
    assert_eq!((depth.width, depth.height), (640, 576));
    assert_eq!(
        depth.values.iter().map(|&v| u64::from(v)).sum::<u64>(),
        380_924_829
    );
    assert_eq!(depth.values.iter().filter(|&&v| v != 0).count(), 281_945);
    assert_eq!(depth.crc32(), 0x6663_BCDD);
    assert_eq!(depth.timestamp.as_deref(), Some("800222"));

    let ir = read_png(&out.path().join("000000-ir.png"));
    assert_eq!(
        ir.values.iter().map(|&v| u64::from(v)).sum::<u64>(),
        1_041_828_584
    );
    assert_eq!(ir.crc32(), 0x3D89_0B81);

    assert_eq!(
        out.text("captures.csv"),
        "capture,color_timestamp_us,depth_timestamp_us,ir_timestamp_us\n0,800222,800222,800222\n"
    );
    let imu = out.text("imu.csv");
    let row: Vec<f64> = imu
        .lines()
        .nth(1)
        .unwrap()
        .split(',')
        .map(|v| v.parse().unwrap())
        .collect();
    let numbers = |values: [f32; 3]| values.map(f64::from);
    assert_eq!(row[0], 336_277.0);
    assert_eq!(imu.lines().count(), 2);
    for (found, expected) in [
        (
            &row[1..4],
            numbers([-2.888_193_1, -0.193_805_11, -9.437_137]),
        ),
        (
            &row[5..8],
            numbers([-0.001_014_600_4, -0.001_947_770_8, 0.006_023_478_7]),
        ),
    ] {
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!(*found as f32, expected as f32);
        }
    }
    assert_eq!(row[4], 336_277.0);
}

#[test]
fn exported_points_are_where_the_camera_model_says_and_have_the_colours_of_the_picture() {
    let Some(file) = recording(MUG) else { return };
    let out = Folder::new("points");
    let run = export(
        &file,
        out.path(),
        &["--only", "points,depth,color", "--color-png"],
    );
    assert!(run.ok(), "{run:?}");
    assert_eq!(
        out.names(),
        [
            "000000-color.png",
            "000000-depth.png",
            "000000-points.ply",
            "captures.csv"
        ]
    );
    let depth = read_png(&out.path().join("000000-depth.png"));
    let cloud = ply::read(&out.path().join("000000-points.ply"));
    assert_eq!(cloud.len(), 281_945);
    // Points are in the order of the depth image's pixels with a measurement.
    let at = |row: usize, column: usize| {
        let before = &depth.values[..row * 640 + column];
        cloud[before.iter().filter(|&&v| v != 0).count()]
    };
    // The vendor's library gives points in whole millimetres, with y down and z forward.
    for (row, column, [x, y, z]) in [
        (288, 320, [-49.0, -235.0, 1939.0]),
        (100, 100, [-421.0, -450.0, 763.0]),
        (300, 50, [-430.0, -74.0, 680.0]),
    ] {
        let point = at(row, column);
        for (found, expected) in point.position.into_iter().zip([x, -y, -z]) {
            assert!(
                (found * 1000.0 - expected).abs() <= 0.501,
                "{point:?} in row {row}"
            );
        }
    }

    let seen = cloud.iter().filter(|p| p.color != [128; 3]).count();
    assert!(seen > 200_000, "only {seen} points have a colour");

    // The vendor's library gives the pixel at which the colour camera sees a point; the picture must have the point's
    // colour at that pixel.
    let Some(judge) = k4a_judge::judge() else {
        return;
    };
    let picture = read_png(&out.path().join("000000-color.png"));
    assert_eq!((picture.width, picture.height), (1280, 720));
    let calibration = judge.open(&file).unwrap().calibration().unwrap();
    let (mut compared, mut unseen) = (0, 0);
    for point in cloud.iter().step_by(53) {
        let [x, y, z] = point.position.map(|v| v * 1000.0);
        let pixel = judge
            .library()
            .point_3d_to_2d(
                &calibration,
                [x, -y, -z],
                k4a::Sensor::Depth,
                k4a::Sensor::Color,
            )
            .unwrap();
        let expected = pixel.and_then(|pixel| data::between_pixels(&picture, pixel));
        let Some(expected) = expected else {
            assert_eq!(point.color, [128; 3], "{point:?} is outside the picture");
            unseen += 1;
            continue;
        };
        for (found, expected) in point.color.into_iter().zip(expected) {
            assert!(
                (f32::from(found) - expected).abs() <= 1.0,
                "{point:?}, {pixel:?}: {expected}"
            );
        }
        compared += 1;
    }
    assert!(
        compared > 4000 && unseen > 50,
        "{compared} compared, {unseen} outside"
    );
}

#[test]
fn export_agrees_with_the_vendors_reader_on_every_recording() {
    let Some(judge) = k4a_judge::judge() else {
        return;
    };
    for name in [MUG, LEGACY] {
        let Some(file) = recording(name) else { return };
        let out = Folder::new("vendor");
        // Point clouds are left out, because not every recording has them.
        let run = export(&file, out.path(), &["--only", "color,depth,ir,imu"]);
        assert!(run.ok(), "{run:?}");
        let vendor = judge.open(&file).unwrap();
        data::assert_exported_as_read_by(&vendor, out.path());
        let info = info_json(&file);
        assert_eq!(info["duration_us"], vendor.length_usec());
        let configuration = vendor.record_configuration().unwrap();
        assert_eq!(
            info["start_offset_us"],
            configuration.start_timestamp_offset_usec
        );
        let mut tracks: Vec<&str> = info["tracks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|t| t["name"].as_str().unwrap())
            .collect();
        tracks.sort_unstable();
        assert_eq!(tracks.len(), vendor.tracks().unwrap().len());
        for tag in info["tag_list"].as_array().unwrap() {
            let name = tag["name"].as_str().unwrap();
            assert_eq!(info["tags"][name], vendor.tag(name).unwrap(), "{name}");
        }
    }
}

#[test]
fn a_recording_of_the_vendors_recorder_exports_whole_and_in_parts() {
    let Some(judge) = k4a_judge::judge() else {
        return;
    };
    let Some(mug) = recording(MUG) else { return };
    let folder = Folder::new("recorded");
    fs::create_dir_all(folder.path()).unwrap();
    let file = folder.path().join("twenty.mkv");
    // 20 captures at 5 fps from 2 s on the device's clock, and inertial samples between them.
    data::record(judge, &file, &fs::read(mug).unwrap()[MUG_JPEG], 20);

    let info = info_json(&file);
    assert_eq!(info["captures"], 20);
    assert_eq!(info["imu_samples"], 100);
    assert_eq!(info["start_offset_us"], 2_000_000);
    assert_eq!(info["tags"]["NOTE"], "twenty captures");

    let whole = Folder::new("recorded-whole");
    let run = export(&file, whole.path(), &["--only", "color,depth,ir,imu"]);
    assert!(run.ok(), "{run:?}");
    data::assert_exported_as_read_by(&judge.open(&file).unwrap(), whole.path());
    assert_eq!(whole.names().len(), 20 * 3 + 2);

    // The parts have the numbers, bytes and samples of the whole, and share nothing.
    let parts = [("0", "1.2"), ("1.2", "2.9"), ("2.9", "99")].map(|(from, to)| {
        let part = Folder::new(&format!("recorded-{from}"));
        let streams = ["--only", "color,depth,ir,imu"];
        let run = export(
            &file,
            part.path(),
            &[&streams[..], &["--from", from, "--to", to]].concat(),
        );
        assert!(run.ok(), "{run:?}");
        part
    });
    let first_of = |part: &Folder| {
        part.names()
            .into_iter()
            .find(|n| n.contains("depth"))
            .unwrap()
    };
    assert_eq!(first_of(&parts[0]), "000000-depth.png");
    assert_eq!(first_of(&parts[1]), "000006-depth.png");
    assert_eq!(first_of(&parts[2]), "000015-depth.png");
    for csv in ["captures.csv", "imu.csv"] {
        let rows = |folder: &Folder| -> Vec<String> {
            folder
                .text(csv)
                .lines()
                .skip(1)
                .map(str::to_owned)
                .collect()
        };
        let together: Vec<String> = parts.iter().flat_map(&rows).collect();
        assert_eq!(together, rows(&whole), "{csv}");
    }
    let mut images = 0;
    for part in &parts {
        for name in part.names().iter().filter(|n| !n.ends_with("csv")) {
            assert_eq!(part.read(name), whole.read(name), "{name}");
            images += 1;
        }
    }
    assert_eq!(images, 60);

    // The recording was made without a sensor, so it has no calibration.
    let run = export(&file, whole.path(), &["--only", "points"]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr
            .contains("point clouds need the sensor's calibration"),
        "{run:?}"
    );
}

#[test]
fn colour_that_is_no_jpeg_becomes_png() {
    let Some(judge) = k4a_judge::judge() else {
        return;
    };
    let (width, height) = (1280_usize, 720_usize);
    let bgra: Vec<u8> = (0..width * height)
        .flat_map(|i| [(i % 251) as u8, (i / width) as u8, (i % 13) as u8, 255])
        .collect();
    let rgb: Vec<u8> = bgra
        .chunks_exact(4)
        .flat_map(|p| [p[2], p[1], p[0]])
        .collect();
    let grey_of = |y: u8| vec![y; width * height * 3];
    let nv12 = [vec![200; width * height], vec![128; width * height / 2]].concat();
    let yuy2 = [60, 128].repeat(width * height);
    // Format codes and strides are the vendor's; YUV is full range, as the camera documents.
    for (name, format, stride, bytes, expected) in [
        ("NV12", 1, 1280, nv12, grey_of(200)),
        ("YUY2", 2, 2560, yuy2, grey_of(60)),
        ("BGRA", 3, 5120, bgra, rgb),
    ] {
        let folder = Folder::new(&format!("color-{name}"));
        fs::create_dir_all(folder.path()).unwrap();
        let file = folder.path().join("color.mkv");
        data::record_color(judge, &file, format, stride, &bytes);
        assert_eq!(info_json(&file)["color_format"], name);
        let to = folder.path().join("out");
        let run = export(&file, &to, &[]);
        assert!(run.ok(), "{run:?}");
        let picture = read_png(&to.join("000000-color.png"));
        assert_eq!((picture.width, picture.height), (1280, 720));
        assert!(picture.bytes == expected, "{name} differs");
    }
}

#[test]
fn an_image_size_that_does_not_fit_the_mode_is_named() {
    let Some(file) = recording(MUG) else { return };
    let mut bytes = fs::read(file).unwrap();
    // The width of the depth track, in the header of the codec and in the header of the track.
    assert_eq!(bytes[1500..1504], 640_u32.to_le_bytes());
    bytes[1500..1504].copy_from_slice(&600_u32.to_le_bytes());
    assert_eq!(bytes[1548..1550], 640_u16.to_be_bytes());
    bytes[1548..1550].copy_from_slice(&600_u16.to_be_bytes());
    let out = Folder::new("wrong-size");
    let file = out.file("wrong-size.mkv", &bytes);
    let run = kinect(&["info", file.to_str().unwrap()]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stderr.contains("DEPTH") && run.stderr.contains("600"),
        "{run:?}"
    );
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
}

#[test]
fn a_broken_jpeg_costs_only_its_own_picture() {
    let Some(file) = recording(MUG) else { return };
    let mut bytes = fs::read(file).unwrap();
    // The JPEG is cut in the middle: the rest of the frame is zero, as after a lost transfer.
    bytes[MUG_JPEG.start + 400..MUG_JPEG.end].fill(0);
    let out = Folder::new("broken-jpeg");
    let broken = out.file("broken.mkv", &bytes);
    let to = out.path().join("out");
    let run = export(&broken, &to, &["--color-png"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("warning: capture 0: color:"), "{run:?}");
    assert!(run.stderr.contains("1 broken frame"), "{run:?}");
    assert!(!to.join("000000-color.png").exists());
    assert_eq!(read_png(&to.join("000000-depth.png")).crc32(), 0x6663_BCDD);
    let cloud = ply::read(&to.join("000000-points.ply"));
    assert_eq!(cloud.len(), 281_945);
    assert!(cloud.iter().all(|point| point.color == [128; 3]));
    // Exported as stored, the image keeps its bytes.
    let run = export(&broken, &to, &["--only", "color", "--overwrite"]);
    assert!(run.ok(), "{run:?}");
    assert_eq!(
        fs::read(to.join("000000-color.jpg")).unwrap(),
        bytes[MUG_JPEG]
    );
}

#[test]
fn a_calibration_that_is_no_json_costs_only_the_points() {
    let Some(file) = recording(MUG) else { return };
    let mut bytes = fs::read(file).unwrap();
    bytes[MUG_CALIBRATION].fill(b'?');
    let out = Folder::new("no-calibration");
    let file = out.file("no-calibration.mkv", &bytes);
    let to = out.path().join("out");
    let run = export(&file, &to, &[]);
    assert!(run.ok(), "{run:?}");
    assert!(run.stderr.contains("warning: "), "{run:?}");
    assert!(run.stderr.contains("no point clouds"), "{run:?}");
    assert_eq!(read_png(&to.join("000000-depth.png")).crc32(), 0x6663_BCDD);
    assert!(!to.join("000000-points.ply").exists());
    assert_eq!(info_json(&file)["calibrated"], false);
}

#[test]
fn files_that_are_no_recordings_give_one_clear_line_and_status_1() {
    let out = Folder::new("bad-files");
    let missing = out.path().join("missing.mkv");
    let text = out.file("text.mkv", b"This is a letter, not a recording.\n");
    let empty = out.file("empty.mkv", b"");
    let zeros = out.file("zeros.mkv", &[0; 4096]);
    let head_only = out.file("head.mkv", b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska");
    let cases = [
        (missing.as_path(), "no such file"),
        (&text, "not a Matroska"),
        (&empty, "not a Matroska"),
        (&zeros, "not a Matroska"),
        (&head_only, ""),
        (out.path(), ""),
    ];
    for (file, words) in cases {
        for command in ["info", "export"] {
            let to = out.path().join("never");
            let mut args = vec![command, file.to_str().unwrap()];
            if command == "export" {
                args.extend(["--out", to.to_str().unwrap()]);
            }
            let run = kinect(&args);
            assert_eq!(run.code, Some(1), "{run:?}");
            assert_eq!(run.stdout, "");
            assert!(run.stderr.starts_with("error: "), "{run:?}");
            assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
            assert!(run.stderr.contains(words), "{words} is not in {run:?}");
            assert!(run.stderr.contains(file.to_str().unwrap()), "{run:?}");
            assert!(!to.exists(), "nothing is written for {}", file.display());
        }
    }
}

#[test]
fn a_recording_cut_anywhere_gives_its_rest_or_a_clear_error() {
    let Some(file) = recording(MUG) else { return };
    let bytes = fs::read(file).unwrap();
    let out = Folder::new("cut");
    // The beginning, the middle and the end of every kind of element, and the middles of images.
    let cuts = [
        1, 4, 5, 39, 40, 44, 52, 60, 128, 133, 1079, 1100, 1161, 1338, 1344, 1400, 1449, 1692,
        1748, 3000, 5663, 5700, 6322, 6454, 6497, 7481, 7486, 7495, 7503, 7520, 7546, 7559, 7571,
        7572, 100_000, 224_668, 224_675, 500_000, 961_955, 1_000_000, 1_699_242, 1_699_250,
        1_699_263,
    ];
    for cut in cuts {
        let file = out.file(&format!("cut-{cut}.mkv"), &bytes[..cut]);
        let to = out.path().join(format!("out-{cut}"));
        let run = export(&file, &to, &[]);
        assert!(matches!(run.code, Some(0 | 1)), "cut at {cut}: {run:?}");
        assert!(!run.stderr.contains("panicked"), "cut at {cut}: {run:?}");
        assert!(
            run.code == Some(0) || run.stderr.contains("error: "),
            "cut at {cut}: {run:?}"
        );
        // The complete images of a file are exported, no matter what is missing after them.
        for (end, name) in [
            (224_667, "000000-color.jpg"),
            (961_955, "000000-depth.png"),
            (1_699_243, "000000-ir.png"),
        ] {
            if cut >= end {
                assert!(to.join(name).exists(), "cut at {cut}: no {name}: {run:?}");
            }
        }
        if cut >= 961_955 {
            assert_eq!(
                read_png(&to.join("000000-depth.png")).crc32(),
                0x6663_BCDD,
                "cut at {cut}"
            );
        }
        let run = kinect(&["info", file.to_str().unwrap(), "--json"]);
        assert!(matches!(run.code, Some(0 | 1)), "cut at {cut}: {run:?}");
        assert!(!run.stderr.contains("panicked"), "cut at {cut}: {run:?}");
    }
}

#[test]
fn wrong_usage_gives_status_2() {
    for args in [
        &["export", "x.mkv"][..],
        &["export", "x.mkv", "--out", "y", "--only", "sound"],
        &["export", "x.mkv", "--out", "y", "--from", "-1"],
        &["export", "x.mkv", "--out", "y", "--to", "NaN"],
        &["export", "x.mkv", "--out", "y", "--from", "2", "--to", "1"],
        &["info"],
        &["dance"],
        &[],
    ] {
        let run = kinect(args);
        assert_eq!(run.code, Some(2), "{args:?}: {run:?}");
        assert_eq!(run.stdout, "");
        assert!(
            run.stderr.contains("Usage") || run.stderr.contains("error"),
            "{run:?}"
        );
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let Some(file) = recording(MUG) else { return };
    let mut child = kinect_command(&["info", file.to_str().unwrap(), "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The pipe is closed before the command writes.
    drop(child.stdout.take());
    let mut stderr = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut stderr)
        .unwrap();
    assert_eq!(stderr, "");
    assert!(child.wait().unwrap().success());
}

#[test]
fn places_that_cannot_be_written_are_named() {
    let Some(file) = recording(MUG) else { return };
    let out = Folder::new("unwritable");
    let a_file = out.file("a-file", b"x");
    for place in [a_file.clone(), a_file.join("below")] {
        let run = export(&file, &place, &[]);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(run.stderr.contains("cannot write"), "{run:?}");
        assert!(run.stderr.contains("a-file"), "{run:?}");
        assert!(run.stderr.contains("choose another --out"), "{run:?}");
    }
    // A folder with the name of an image stops the export, which leaves no partial file.
    let to = out.path().join("out");
    fs::create_dir_all(to.join("000000-depth.png")).unwrap();
    let run = export(&file, &to, &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("000000-depth.png"), "{run:?}");
    let left: Vec<String> = fs::read_dir(&to)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(left.iter().all(|name| !name.ends_with(".part")), "{left:?}");
}

#[test]
fn streams_the_recording_does_not_have_are_named() {
    let Some(file) = recording(LEGACY) else {
        return;
    };
    let out = Folder::new("not-there");
    let run = export(&file, out.path(), &["--only", "points"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("calibration"), "{run:?}");
    assert!(!out.path().exists() || out.names().is_empty());
}

#[test]
fn an_export_replaces_files_only_when_told_to() {
    let Some(file) = recording(MUG) else { return };
    let out = Folder::new("again");
    let run = export(&file, out.path(), &["--only", "depth"]);
    assert!(run.ok(), "{run:?}");
    out.file("000000-depth.png", b"mine");
    let run = export(&file, out.path(), &["--only", "depth"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stderr.contains("000000-depth.png is there already")
            && run.stderr.contains("one more file")
            && run.stderr.contains("--overwrite"),
        "{run:?}"
    );
    assert_eq!(out.read("000000-depth.png"), b"mine");
    // Exports of different streams share only the table of times, so only that file must be removed.
    fs::remove_file(out.path().join("captures.csv")).unwrap();
    let run = export(&file, out.path(), &["--only", "ir"]);
    assert!(run.ok(), "{run:?}");
    let run = export(&file, out.path(), &["--only", "depth", "--overwrite"]);
    assert!(
        run.ok() && run.stdout.contains("exported 1 capture (1 depth)"),
        "{run:?}"
    );
    assert_eq!(
        read_png(&out.path().join("000000-depth.png")).crc32(),
        0x6663_BCDD
    );
    assert_eq!(
        out.names(),
        ["000000-depth.png", "000000-ir.png", "captures.csv"]
    );
}

#[test]
fn help_explains_the_files_and_fields() {
    let run = kinect(&["export", "--help"]);
    assert!(
        run.ok() && run.stdout.contains("NNNNNN-points.ply"),
        "{run:?}"
    );
    let run = kinect(&["info", "--help"]);
    assert!(
        run.ok() && run.stdout.contains("start_offset_us"),
        "{run:?}"
    );
    for command in [
        "doctor",
        "list",
        "record",
        "info",
        "export",
        "simulate",
        "completions",
        "man",
    ] {
        let run = kinect(&[command, "--help"]);
        assert!(run.ok(), "{run:?}");
        for line in BufReader::new(run.stdout.as_bytes()).lines() {
            let line = line.unwrap();
            let indent = line.len() - line.trim_start().len();
            // The help indents the options by ten spaces.
            let most = if indent == 10 { 150 } else { 130 };
            assert!(line.chars().count() <= most, "{command}: {line}");
        }
    }
}
