//! `kinect export --only bodies`: the files have the people of the simulations.

use std::path::{Path, PathBuf};
use std::time::Duration;

use k4a_standin::Script;
use kinect_azure::recording::{RecordingSettings, RecordingWriter};
use kinect_azure::{CaptureSource, NextCapture};
use kinect_simulation::{SimulatedSensor, SimulationSettings};
use kinect_tracking::files::BodyClip;
use serde_json::Value;

use crate::data::{Folder, Run, kinect};
use crate::live::Sensors;

/// A recording of two people, with the truth beside it.
fn simulated(folder: &Folder, name: &str, seconds: &str) -> PathBuf {
    folder.file("x", b"");
    let out = folder.path().join(name);
    let run = kinect(&[
        "simulate",
        "--out",
        out.to_str().unwrap(),
        "--seconds",
        seconds,
        "--fps",
        "15",
        "--seed",
        "4",
        "--depth-mode",
        "NFOV_2X2BINNED",
        "--color-resolution",
        "OFF",
    ]);
    assert!(run.ok(), "{run:?}");
    out
}

fn export(file: &Path, out: &Path, more: &[&str]) -> Run {
    let mut args = vec![
        "export",
        file.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
        "--only",
        "bodies",
    ];
    args.extend(more);
    kinect(&args)
}

/// The bodies that the recording itself has.
const TRUTH: [&str; 2] = ["--tracker", "truth"];

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn clip(folder: &Path) -> BodyClip {
    BodyClip::read(&folder.join("bodies.json")).unwrap()
}

#[test]
fn the_truth_of_a_simulation_comes_out_again() {
    let folder = Folder::new("bodies-truth");
    let file = simulated(&folder, "a.mkv", "1");
    let out = folder.path().join("out");
    let run = export(&file, &out, &TRUTH);
    assert!(run.ok(), "{run:?}");
    assert!(run.stderr.contains("body tracker: "), "{run:?}");
    assert!(
        run.stdout.contains("15 body frames (2 bodies at most)"),
        "{run:?}"
    );
    let names = ["none", "low", "medium", "high"];
    let truth = json(&folder.path().join("a.truth.json"));
    let found = json(&out.join("bodies.json"));
    let captures = truth["captures"].as_array().unwrap();
    let frames = found["frames"].as_array().unwrap();
    assert_eq!(captures.len(), frames.len());
    let mut joints = 0;
    for (capture, frame) in captures.iter().zip(frames) {
        assert_eq!(capture["device_timestamp_usec"], frame["timestamp_usec"]);
        // A tracker does not find people of whom fewer than four joints are seen.
        let is_found = |body: &&Value| {
            let seen = |joint: &&Value| joint[7].as_u64().unwrap() >= 2;
            body["joints"]
                .as_array()
                .unwrap()
                .iter()
                .filter(seen)
                .count()
                >= 4
        };
        let bodies = capture["bodies"].as_array().unwrap().iter();
        let bodies: Vec<&Value> = bodies.filter(is_found).collect();
        assert_eq!(bodies.len(), frame["bodies"].as_array().unwrap().len());
        for (body, found) in bodies.into_iter().zip(frame["bodies"].as_array().unwrap()) {
            assert_eq!(body["id"], found["id"]);
            let list = found["joints"].as_array().unwrap();
            assert_eq!(list.len(), 32);
            for (joint, found) in body["joints"].as_array().unwrap().iter().zip(list) {
                let number = |value: &Value| value.as_f64().unwrap() as f32;
                let rounded = |value: &Value, digits: f32| {
                    let value = number(value);
                    (value * digits).round() / digits
                };
                for axis in 0..3 {
                    assert_eq!(
                        number(&joint[axis]),
                        rounded(&found["position_mm"][axis], 100.0)
                    );
                }
                for part in 0..4 {
                    assert_eq!(
                        number(&joint[3 + part]),
                        rounded(&found["orientation"][part], 1e5)
                    );
                }
                let confidence = joint[7].as_u64().unwrap() as usize;
                assert_eq!(found["confidence"], names[confidence]);
                joints += 1;
            }
        }
    }
    assert!(joints > 15 * 32, "{joints}");

    let file = file.to_str().unwrap();
    let run = kinect(&["info", file]);
    assert!(
        run.stdout
            .contains("bodies        15 frames, 2 bodies at most"),
        "{run:?}"
    );
    let run = kinect(&["info", file, "--json"]);
    let info: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        (&info["body_frames"], &info["most_bodies"]),
        (&15.into(), &2.into())
    );
}

#[test]
fn every_format_is_written_and_parts_have_the_frames_of_the_whole() {
    let folder = Folder::new("bodies-formats");
    let file = simulated(&folder, "a.mkv", "1");
    let at = |name: &str| folder.path().join(name);
    let run = export(&file, &at("json"), &TRUTH);
    assert!(run.ok(), "{run:?}");
    let whole = clip(&at("json"));
    let mut ids: Vec<u32> = whole
        .frames()
        .iter()
        .flat_map(|frame| frame.bodies.iter().map(|body| body.id))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 2);
    for (format, extension) in [("csv", "csv"), ("bvh", "bvh"), ("gltf", "glb")] {
        let run = export(
            &file,
            &at(format),
            &["--tracker", "truth", "--bodies-format", format],
        );
        assert!(run.ok(), "{run:?}");
        let mut names: Vec<String> = std::fs::read_dir(at(format))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        let expected: Vec<String> = ids
            .iter()
            .map(|id| format!("bodies-{id}.{extension}"))
            .collect();
        assert_eq!(names, expected);
        for (id, name) in ids.iter().zip(&names) {
            let of_body = whole
                .frames()
                .iter()
                .filter_map(|frame| frame.bodies.iter().find(|body| body.id == *id));
            let bytes = std::fs::read(at(format).join(name)).unwrap();
            match format {
                "csv" => {
                    let read = BodyClip::from_csv(&bytes).unwrap();
                    assert_eq!(read.frames().len(), of_body.clone().count());
                    for (frame, body) in read.frames().iter().zip(of_body) {
                        for (read, written) in frame.bodies[0].joints.iter().zip(&body.joints) {
                            for (a, b) in read.position.iter().zip(written.position) {
                                assert!((a - b).abs() <= 0.000_6, "{a} {b}");
                            }
                        }
                    }
                }
                "bvh" => {
                    let text = String::from_utf8(bytes).unwrap();
                    let (head, motion) = text.split_once("MOTION\n").unwrap();
                    assert_eq!(head.matches("JOINT ").count(), 31);
                    let count = motion.strip_prefix("Frames: ").unwrap();
                    let count: usize = count.split_whitespace().next().unwrap().parse().unwrap();
                    // The BVH file has 30 frames for each second, the recording 15.
                    let frames = of_body.count();
                    assert!(count.abs_diff(2 * frames - 1) <= 1, "{count} of {frames}");
                    assert_eq!(motion.lines().skip(2).count(), count);
                }
                _ => {
                    assert_eq!(&bytes[..4], b"glTF");
                    let size = u32::from_le_bytes(bytes[8..12].try_into().unwrap());
                    assert_eq!(size as usize, bytes.len());
                    let length = u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
                    let document: Value = serde_json::from_slice(&bytes[20..20 + length]).unwrap();
                    assert_eq!(document["nodes"].as_array().unwrap().len(), 32);
                    let channels = document["animations"][0]["channels"].as_array().unwrap();
                    assert_eq!(channels.len(), 64);
                    let times = &document["animations"][0]["samplers"][0]["input"];
                    let times = &document["accessors"][times.as_u64().unwrap() as usize];
                    assert_eq!(times["count"], of_body.count());
                }
            }
        }
    }
    // Two adjacent parts together have the frames of the whole recording, also if other streams are exported, too.
    let mut together = Vec::new();
    for (name, range) in [("first", ["--to", "0.5"]), ("second", ["--from", "0.5"])] {
        let run = export(
            &file,
            &at(name),
            &["--tracker", "truth", "--only", "depth", range[0], range[1]],
        );
        assert!(run.ok(), "{run:?}");
        let part = clip(&at(name));
        let depth = std::fs::read_dir(at(name))
            .unwrap()
            .filter(|entry| {
                let name = entry.as_ref().unwrap().file_name();
                name.to_str().unwrap().ends_with("depth.png")
            })
            .count();
        assert_eq!(part.frames().len(), depth, "{name}");
        together.extend(part.frames().to_vec());
    }
    assert_eq!(together, whole.frames());

    // Files of the same format are refused, others are not touched.
    let run = export(&file, &at("json"), &TRUTH);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stderr.contains("bodies.json") && run.stderr.contains("--overwrite"),
        "{run:?}"
    );
    let run = export(&file, &at("json"), &["--tracker", "truth", "--overwrite"]);
    assert!(run.ok(), "{run:?}");
    let run = export(
        &file,
        &at("json"),
        &["--tracker", "truth", "--bodies-format", "csv"],
    );
    assert!(run.ok(), "{run:?}");
}

#[test]
fn bodies_are_filtered_and_people_numbered_as_players() {
    let folder = Folder::new("bodies-filter");
    let file = simulated(&folder, "a.mkv", "2");
    let of = |name: &str, more: &[&str]| {
        let out = folder.path().join(name);
        let run = export(&file, &out, &[&TRUTH[..], more].concat());
        assert!(run.ok(), "{name}: {run:?}");
        clip(&out)
    };
    let plain = of("plain", &[]);
    assert_eq!(plain, of("raw", &["--filter", "raw"]));
    for filter in ["light", "calm", "sculpture", "kinect"] {
        let filtered = of(filter, &["--filter", filter]);
        assert_ne!(filtered, plain, "{filter}");
        for (one, other) in filtered.frames().iter().zip(plain.frames()) {
            assert_eq!(one.device_timestamp_usec, other.device_timestamp_usec);
            let ids = |frame: &kinect_azure::BodyFrame| -> Vec<u32> {
                frame.bodies.iter().map(|body| body.id).collect()
            };
            assert_eq!(ids(one), ids(other), "{filter}");
        }
    }
    let stable = of("stable", &["--stable-ids"]);
    assert_eq!(stable.frames().len(), plain.frames().len());
    assert_eq!(stable.frames()[0].bodies.len(), 0);
    let last = stable.frames().last().unwrap();
    let with_players = plain.frames().last().unwrap();
    assert_eq!(last.bodies.len(), with_players.bodies.len());
    for body in &last.bodies {
        assert!((1..=2).contains(&body.id), "{}", body.id);
        assert!(
            with_players
                .bodies
                .iter()
                .any(|other| other.joints == body.joints)
        );
    }
}

/// Where ONNX Runtime is not installed, the command says so in a sentence, and the embedded library runs the networks.
#[test]
#[cfg(feature = "onnx")]
fn a_missing_onnx_runtime_is_a_note() {
    use crate::data::kinect_command;

    let folder = Folder::new("bodies-built-in");
    let file = simulated(&folder, "a.mkv", "0.2");
    let out = folder.path().join("out");
    let [file, out] = [&file, &out].map(|path| path.to_str().unwrap());
    let args = [
        "export",
        file,
        "--out",
        out,
        "--only",
        "bodies",
        "--tracker",
        "built-in",
    ];
    let output = kinect_command(&args)
        .env_remove("ORT_DYLIB_PATH")
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    assert!(said.contains("body tracker: built-in tracker"), "{said}");
}

/// The vendor's tracker has a queue, so its last frames come after the last capture.
#[test]
#[cfg(target_os = "linux")]
fn the_vendors_tracker_gives_every_capture_a_frame() {
    use k4a_standin::StandIn;
    use k4abt_standin::TrackerStandIn;
    use kinect_azure::recording::Recording;

    use crate::data::kinect_command;

    let folder = Folder::new("bodies-vendor");
    let file = simulated(&folder, "a.mkv", "1");
    let sensors = StandIn::microsoft(&k4a_standin::Script::default());
    let script = k4abt_standin::Script::default();
    let tracker = TrackerStandIn::in_folder(sensors.folder(), sensors.path(), &script);
    let out = folder.path().join("out");
    let run = |more: &[&str]| {
        let file = file.to_str().unwrap();
        let out = out.to_str().unwrap();
        let mut args = vec!["export", file, "--out", out, "--only", "bodies"];
        args.extend(more);
        let output = kinect_command(&args)
            .env(k4a::LIBRARY_VARIABLE, sensors.path())
            .env(k4a::TRACKER_LIBRARY_VARIABLE, tracker.path())
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), stderr)
    };
    let (code, stderr) = run(&["--tracker", "vendor", "--processing", "cpu"]);
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stderr.contains("body tracker: "), "{stderr}");
    let found = clip(&out);
    let mut recording = Recording::open(&file).unwrap();
    let mut times = Vec::new();
    while let Some(capture) = recording.next_capture().unwrap() {
        times.push(capture.depth.unwrap().device_timestamp_usec);
    }
    let found_times: Vec<u64> = found
        .frames()
        .iter()
        .map(|frame| frame.device_timestamp_usec)
        .collect();
    assert_eq!(found_times, times);
    let with_bodies = found
        .frames()
        .iter()
        .filter(|frame| !frame.bodies.is_empty());
    assert_eq!(with_bodies.count(), times.len(), "{stderr}");
}

#[test]
fn captures_that_were_not_tracked_have_frames_without_bodies() {
    let folder = Folder::new("bodies-gaps");
    folder.file("x", b"");
    let file = folder.path().join("a.mkv");
    let mut sensor = SimulatedSensor::new(&SimulationSettings::default())
        .unwrap()
        .as_fast_as_possible();
    let mut writer = RecordingWriter::create(&file, RecordingSettings::of(&sensor)).unwrap();
    let mut times = Vec::new();
    while times.len() < 6 {
        if let NextCapture::Capture(mut capture) =
            sensor.next_capture(Duration::from_secs(1)).unwrap()
        {
            times.push(capture.depth.as_ref().unwrap().device_timestamp_usec);
            // A tracker that starts slowly misses the first captures.
            if times.len() <= 2 {
                capture.ground_truth = None;
            }
            writer.write_capture(&capture).unwrap();
        }
    }
    writer.finish().unwrap();
    let out = folder.path().join("out");
    let run = export(&file, &out, &TRUTH);
    assert!(run.ok(), "{run:?}");
    assert!(run.stderr.contains("no result for 2 captures"), "{run:?}");
    let frames = json(&out.join("bodies.json"));
    let frames = frames["frames"].as_array().unwrap();
    assert_eq!(frames.len(), times.len());
    for (frame, time) in frames.iter().zip(&times) {
        assert_eq!(frame["timestamp_usec"], *time);
    }
    assert_eq!(frames[1]["bodies"].as_array().unwrap().len(), 0);
    assert!(!frames[2]["bodies"].as_array().unwrap().is_empty());
}

#[test]
fn bodies_that_cannot_be_had_are_refused_with_words_and_leave_nothing() {
    let folder = Folder::new("bodies-refused");
    folder.file("x", b"");
    let out = folder.path().join("out");
    let visitors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/visitors.mkv");
    let off = folder.path().join("off.mkv");
    let run = kinect(&[
        "simulate",
        "--out",
        off.to_str().unwrap(),
        "--seconds",
        "0.1",
        "--depth-mode",
        "OFF",
    ]);
    assert!(run.ok(), "{run:?}");
    // A live sensor knows nothing of people.
    let live = folder.path().join("live.mkv");
    let run = Sensors::new(&Script::healthy(1)).run(&[
        "record",
        "--out",
        live.to_str().unwrap(),
        "--seconds",
        "0.2",
        "--depth-mode",
        "NFOV_2X2BINNED",
    ]);
    assert!(run.ok(), "{run:?}");
    for (file, more, code, word) in [
        (&live, &["--tracker", "truth"][..], 1, "body track"),
        (
            &visitors,
            &["--tracker", "onnx", "--model", "none.onnx"],
            1,
            "no bodies can be exported",
        ),
        (&off, &[], 1, "bodies need depth images"),
        (&visitors, &["--tracker", "magic"], 2, "truth"),
        (&visitors, &["--bodies-format", "fbx"], 2, "gltf"),
        (&visitors, &["--filter", "strong"], 2, "sculpture"),
        (&visitors, &["--orientation", "sideways"], 2, "upside-down"),
        (&visitors, &["--gpu=-1"], 2, "--gpu"),
        (
            &visitors,
            &["--tracker", "truth", "--gpu", "1"],
            2,
            "leave out --gpu",
        ),
    ] {
        let run = export(file, &out, more);
        assert_eq!(run.code, Some(code), "{more:?}: {run:?}");
        assert!(run.stderr.contains(word), "{more:?}: {run:?}");
        assert!(!out.exists(), "{more:?}");
    }
    let run = kinect(&[
        "export",
        visitors.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
        "--filter",
        "calm",
    ]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("add --only bodies"), "{run:?}");
    assert!(!out.exists());
}
