//! `kinect doctor`, `kinect list` and `kinect record` without libraries, with the vendor's real libraries, and with the
//! stand-in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use k4a_standin::{
    DeviceScript, Fails, Fault, SCRIPT_VARIABLE, Script, SerialFault, StandIn, When,
};
use kinect_azure::recording::Recording;
use serde_json::Value;

use crate::data::{Folder, Run, kinect_command};

/// Environment variables that name libraries of this machine, or that change their behaviour.
const VARIABLES: [&str; 6] = [
    k4a::LIBRARY_VARIABLE,
    k4a::ORBBEC_LIBRARY_VARIABLE,
    k4a::RECORD_LIBRARY_VARIABLE,
    k4a::TRACKER_LIBRARY_VARIABLE,
    "ORT_DYLIB_PATH",
    // The command suppresses the output of the libraries itself.
    "K4A_ENABLE_LOG_TO_STDOUT",
];

fn run(mut command: Command) -> Run {
    let output = command.stdin(Stdio::null()).output().unwrap();
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The command, which does not find libraries of this machine.
fn bare(args: &[&str]) -> Command {
    let mut command = kinect_command(args);
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    command
}

/// A stand-in, and the file of the script that its processes play.
pub(crate) struct Sensors {
    stand_in: StandIn,
    script: PathBuf,
    variable: &'static str,
}

impl Sensors {
    pub(crate) fn new(script: &Script) -> Self {
        Self::of(
            StandIn::microsoft(&Script::default()),
            k4a::LIBRARY_VARIABLE,
            script,
        )
    }

    fn orbbec(script: &Script) -> Self {
        let stand_in = StandIn::orbbec(&Script::default());
        Self::of(stand_in, k4a::ORBBEC_LIBRARY_VARIABLE, script)
    }

    fn of(stand_in: StandIn, variable: &'static str, script: &Script) -> Self {
        script.check().unwrap();
        let file = stand_in.folder().join("script.json");
        fs::write(&file, script.json()).unwrap();
        Self {
            stand_in,
            script: file,
            variable,
        }
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = bare(args);
        self.prepare(&mut command);
        command
    }

    /// Makes a command find these sensors.
    pub(crate) fn prepare(&self, command: &mut Command) {
        for variable in VARIABLES {
            command.env_remove(variable);
        }
        command
            .env(self.variable, self.stand_in.path())
            .env(SCRIPT_VARIABLE, &self.script);
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        run(self.command(args))
    }
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

/// The findings of one check.
fn findings<'a>(report: &'a Value, check: &str) -> Vec<&'a Value> {
    let all = report["findings"].as_array().unwrap();
    all.iter().filter(|one| one["check"] == check).collect()
}

#[test]
fn the_doctor_says_what_a_machine_without_libraries_lacks() {
    let answer = run(bare(&["doctor", "--json"]));
    let report = json(&answer);
    // If a vendor's software is installed on this machine, there is a library.
    if k4a::search(None).iter().all(|candidate| !candidate.exists) {
        assert_eq!(answer.code, Some(1), "{answer:?}");
        assert_eq!(report["usable"], false);
        for check in ["microsoft_library", "orbbec_library"] {
            let finding = findings(&report, check)[0];
            assert_eq!(finding["status"], "missing", "{finding}");
            assert_eq!(finding["needed"], true);
            assert!(finding["fix"].as_str().unwrap().contains("K4A_LIBRARY"));
        }
    }
    for finding in report["findings"].as_array().unwrap() {
        assert!(finding["what"].is_string(), "{finding}");
        assert!(finding["fix"].is_string() || finding["fix"].is_null());
    }
    // No library was asked for sensors.
    assert!(findings(&report, "library_sensors").is_empty());

    let people = run(bare(&["doctor"]));
    assert_eq!(people.code, answer.code);
    assert!(people.stdout.contains("Microsoft's library"), "{people:?}");
    assert_eq!(
        people.stdout.contains("No sensor can be used yet"),
        people.code == Some(1)
    );
    assert_eq!(people.stderr, "");
}

#[test]
fn the_doctor_finds_the_vendors_real_libraries() {
    if k4a_judge::judge().is_none() {
        return;
    }
    let folder = k4a_judge::library_folder();
    let mut command = bare(&["doctor", "--json", "--ask-sensors"]);
    command.env(k4a::LIBRARY_VARIABLE, &folder);
    let answer = run(command);
    let report = json(&answer);
    let library = findings(&report, "microsoft_library")[0];
    assert_eq!(library["status"], "found", "{library}");
    let what = library["what"].as_str().unwrap();
    assert!(what.contains("1.4.2"), "{what}");
    assert!(
        what.contains(folder.file_name().unwrap().to_str().unwrap()),
        "{what}"
    );
    for check in ["depth_engine", "record_library"] {
        assert_eq!(findings(&report, check)[0]["status"], "found", "{report:#}");
    }
    // Orbbec's environment variable does not make this library Orbbec's.
    assert_ne!(findings(&report, "orbbec_library")[0]["status"], "found");
    // The real library reports no sensor, unless one is connected to this machine.
    let sensors = findings(&report, "library_sensors");
    assert!(
        ["missing", "found"].contains(&sensors[0]["status"].as_str().unwrap()),
        "{sensors:?}"
    );
    assert_eq!(answer.stderr, "");

    // The library writes errors to the standard output if the command does not prevent it.
    let mut command = bare(&["list", "--json", "--library"]);
    command.arg(&folder);
    let answer = run(command);
    assert_eq!(
        json(&answer)["libraries"][0]["version"],
        "1.4.2",
        "{answer:?}"
    );
}

#[test]
fn the_doctor_asks_sensors_only_when_told_to() {
    let sensors = Sensors::new(&Script::healthy(1));
    let silent = json(&sensors.run(&["doctor", "--json"]));
    assert!(findings(&silent, "library_sensors").is_empty());
    let report = json(&sensors.run(&["doctor", "--json", "--ask-sensors"]));
    let found = findings(&report, "library_sensors");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["status"], "found");
    assert!(found[0]["what"].as_str().unwrap().contains("000000000001"));
}

#[test]
fn a_variable_that_leads_nowhere_is_wrong() {
    let folder = Folder::new("doctor-nowhere");
    let text = folder.file("libk4a.so", b"no library");
    let mut command = bare(&["doctor", "--json"]);
    command.env(k4a::LIBRARY_VARIABLE, &text);
    let report = json(&run(command));
    let finding = findings(&report, "microsoft_library")[0];
    assert_eq!(finding["status"], "wrong", "{finding}");
    assert!(
        finding["what"].as_str().unwrap().contains("libk4a.so"),
        "{finding}"
    );
}

#[test]
fn two_sensors_are_listed_with_what_is_known_of_them() {
    let sensors = Sensors::new(&Script::healthy(2));
    let answer = sensors.run(&["list", "--json"]);
    assert!(answer.ok(), "{answer:?}");
    let list = json(&answer);
    let library = &list["libraries"][0];
    assert_eq!(library["vendor"], "Microsoft");
    assert_eq!(library["problem"], Value::Null);
    let found = library["sensors"].as_array().unwrap();
    assert_eq!(found.len(), 2);
    for (index, serial) in ["000000000001", "000000000002"].iter().enumerate() {
        assert_eq!(found[index]["index"], index);
        assert_eq!(found[index]["serial"], *serial);
        assert!(
            found[index]["color_firmware"]
                .as_str()
                .unwrap()
                .contains('.')
        );
        assert_eq!(found[index]["problem"], Value::Null);
    }
    let people = sensors.run(&["list"]);
    assert!(people.stdout.contains("000000000002"), "{people:?}");
    assert_eq!(people.stderr, "");

    let one = Sensors::new(&Script::healthy(1)).run(&["list", "--json"]);
    assert_eq!(
        json(&one)["libraries"][0]["sensors"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn no_sensor_is_no_error() {
    let sensors = Sensors::new(&Script::healthy(0));
    let answer = sensors.run(&["list"]);
    assert!(answer.ok(), "{answer:?}");
    assert!(
        answer.stdout.contains("no sensor is connected"),
        "{answer:?}"
    );
}

#[test]
fn a_femto_is_listed_by_orbbecs_library() {
    let sensors = Sensors::orbbec(&Script::healthy(1));
    let answer = sensors.run(&["list", "--json"]);
    assert!(answer.ok(), "{answer:?}");
    let library = &json(&answer)["libraries"][0];
    assert_eq!(library["vendor"], "Orbbec");
    let sensor = &library["sensors"][0];
    assert_eq!(sensor["serial"], "000000000001");
    // Orbbec's library reports only the depth camera.
    assert_eq!(sensor["color_firmware"], Value::Null);
    assert!(sensor["depth_firmware"].is_string());
    let refused = sensors.run(&["list", "--vendor", "microsoft"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
}

#[test]
fn a_sensor_that_hangs_does_not_hang_the_list() {
    let mut script = Script::healthy(3);
    script.devices[1].open_ms = 30_000;
    let sensors = Sensors::new(&script);
    let start = Instant::now();
    let answer = sensors.run(&["list", "--json", "--patience", "0.5"]);
    assert!(
        start.elapsed() < Duration::from_secs(10),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(answer.code, Some(1));
    let list = json(&answer);
    let found = list["libraries"][0]["sensors"].as_array().unwrap();
    assert_eq!(found[0]["serial"], "000000000001");
    let problem = |index: usize| found[index]["problem"].as_str().unwrap().to_owned();
    assert!(problem(1).contains("did not open within 0.5 s"), "{list}");
    assert!(problem(2).contains("not asked"), "{list}");

    // A slow sensor gets enough time.
    script.devices[1].open_ms = 700;
    let answer = Sensors::new(&script).run(&["list", "--json"]);
    assert!(answer.ok(), "{answer:?}");
}

#[test]
fn a_sensor_that_does_not_open_is_listed_with_the_reason() {
    let mut script = Script::healthy(2);
    script.devices[0].open_fails = Fails::Always;
    script.devices[1].serial_fault = Some(SerialFault::Missing);
    let answer = Sensors::new(&script).run(&["list", "--json"]);
    assert_eq!(answer.code, Some(1), "{answer:?}");
    let list = json(&answer);
    let found = list["libraries"][0]["sensors"].as_array().unwrap();
    assert!(
        found[0]["problem"]
            .as_str()
            .unwrap()
            .contains("k4a_device_open")
    );
    assert!(
        found[1]["problem"]
            .as_str()
            .unwrap()
            .contains("k4a_device_get_serialnum")
    );
    assert!(found[1]["depth_firmware"].is_string());
}

#[test]
fn without_a_library_the_list_points_to_the_doctor() {
    if k4a::search(None).iter().any(|candidate| candidate.exists) {
        return;
    }
    let answer = run(bare(&["list"]));
    assert_eq!(answer.code, Some(1), "{answer:?}");
    assert!(answer.stderr.contains("kinect doctor"), "{answer:?}");
    let answer = run(bare(&["list", "--library", "/nowhere"]));
    assert_eq!(answer.code, Some(1), "{answer:?}");
    assert!(answer.stderr.contains("/nowhere"), "{answer:?}");
}

/// Reads a whole recording. Returns the numbers of captures, of captures with all images, and of inertial samples.
fn read(path: &Path) -> (usize, usize, usize) {
    let mut recording = Recording::open(path).unwrap();
    assert!(!recording.info().unfinished);
    let (mut captures, mut whole, mut samples) = (0, 0, 0);
    while let Some(capture) = recording.next_capture().unwrap() {
        captures += 1;
        whole += usize::from(capture.images().count() == 3);
    }
    while recording.next_imu_sample().unwrap().is_some() {
        samples += 1;
    }
    (captures, whole, samples)
}

#[test]
fn a_sensor_is_recorded_for_some_seconds() {
    let sensors = Sensors::new(&Script::healthy(2));
    let folder = Folder::new("record");
    folder.file("x", b"");
    let out = folder.path().join("a.mkv");
    let args = [
        "record",
        "--out",
        out.to_str().unwrap(),
        "--serial",
        "000000000002",
        "--seconds",
        "1",
        "--fps",
        "15",
        "--depth-mode",
        "nfov_2x2binned",
    ];
    let answer = sensors.run(&args);
    assert!(answer.ok(), "{answer:?}");
    assert!(answer.stdout.contains("15 captures"), "{answer:?}");
    let (captures, whole, samples) = read(&out);
    assert_eq!(captures, 15);
    assert!(whole >= 14, "{whole} of {captures} have all images");
    assert!(samples > 1000, "{samples} inertial samples");
    let recording = Recording::open(&out).unwrap();
    let info = recording.info();
    assert_eq!(info.sensor.serial.as_deref(), Some("000000000002"));
    assert_eq!(
        info.sensor.depth_mode,
        kinect_azure::DepthMode::Nfov2x2Binned
    );
    assert!(info.date_unix_sec.is_some());
    assert!(recording.calibration().is_some());

    // The file is not overwritten without the option.
    let again = sensors.run(&args);
    assert_eq!(again.code, Some(1));
    assert!(again.stderr.contains("--overwrite"), "{again:?}");
    let mut args = args.to_vec();
    args.extend(["--overwrite", "--no-imu"]);
    let again = sensors.run(&args);
    assert!(again.ok(), "{again:?}");
    assert_eq!(read(&out).2, 0);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_recording_whole() {
    let sensors = Sensors::new(&Script::healthy(1));
    let folder = Folder::new("record-stop");
    folder.file("x", b"");
    let out = folder.path().join("a.mkv");
    let mut command = sensors.command(&["record", "--out", out.to_str().unwrap()]);
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while fs::metadata(&out).map_or(0, |file| file.len()) < 1_000_000 {
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "nothing is recorded"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    let killed = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let (captures, whole, _) = read(&out);
    assert!(
        captures > 5 && whole > 4,
        "{captures} captures, {whole} whole"
    );
}

#[test]
fn a_sensor_that_is_unplugged_leaves_a_whole_file_and_an_error() {
    let device = DeviceScript::new("000000000001").fault(
        When::At(20),
        Fault::Unplug {
            back_after_ms: None,
            times: None,
            silent: false,
        },
    );
    let sensors = Sensors::new(&Script::of([device]));
    let folder = Folder::new("record-lost");
    folder.file("x", b"");
    let out = folder.path().join("a.mkv");
    let answer = sensors.run(&["record", "--out", out.to_str().unwrap(), "--seconds", "60"]);
    assert_eq!(answer.code, Some(1), "{answer:?}");
    assert!(answer.stderr.starts_with("error: "), "{answer:?}");
    let (captures, _, _) = read(&out);
    assert!((10..=20).contains(&captures), "{captures}");
}

#[test]
fn what_cannot_be_recorded_is_refused_before_the_sensor_is_touched() {
    let sensors = Sensors::new(&Script::healthy(1));
    let folder = Folder::new("record-refused");
    folder.file("x", b"");
    let out = folder.path().join("a.mkv");
    let out = out.to_str().unwrap();
    for (more, word) in [
        (&["--color-resolution", "3072P"][..], "15"),
        (
            &["--color-resolution", "off", "--depth-mode", "off"],
            "both cameras are off",
        ),
        (
            &["--color-format", "nv12", "--color-resolution", "1080p"],
            "720P",
        ),
        (&["--serial", "42"], "42"),
        (&["--index", "7"], "7"),
        (&["--library", "/nowhere"], "/nowhere"),
        (&["--vendor", "orbbec"], "Orbbec"),
    ] {
        let mut args = vec!["record", "--out", out, "--seconds", "1"];
        args.extend(more);
        let answer = sensors.run(&args);
        assert_eq!(answer.code, Some(1), "{more:?}: {answer:?}");
        assert!(answer.stderr.contains(word), "{more:?}: {answer:?}");
        assert!(!Path::new(out).exists(), "{more:?}");
    }
    for more in [
        &["--seconds", "0"][..],
        &["--fps", "31"],
        &["--serial", "1", "--index", "1"],
    ] {
        let mut args = vec!["record", "--out", out];
        args.extend(more);
        assert_eq!(sensors.run(&args).code, Some(2), "{more:?}");
    }
    let nowhere = sensors.run(&["record", "--out", "/proc/nowhere/a.mkv", "--seconds", "1"]);
    assert_eq!(nowhere.code, Some(1), "{nowhere:?}");
    assert!(nowhere.stderr.contains("/proc/nowhere"), "{nowhere:?}");
}
