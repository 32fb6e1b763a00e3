//! The files that the commands may replace, and the files that they leave when they are stopped.

use std::fs;
use std::path::Path;

use crate::data::{Folder, Run, kinect};

/// The shortest simulation.
const SHORT: [&str; 10] = [
    "--seconds",
    "0.1",
    "--people",
    "0",
    "--depth-mode",
    "NFOV_2X2BINNED",
    "--color-resolution",
    "OFF",
    "--no-imu",
    "--no-noise",
];

fn simulate(out: &Path, more: &[&str]) -> Run {
    let mut args = vec!["simulate", "--out", out.to_str().unwrap()];
    args.extend(SHORT);
    args.extend(more);
    kinect(&args)
}

#[test]
fn the_truth_does_not_replace_the_calibration_of_the_same_name() {
    let folder = Folder::new("outputs-truth");
    let out = folder.path().join("mysensor.mkv");
    let calibration = folder.file("mysensor.json", b"not read before the names are checked");
    let given = calibration.to_str().unwrap();
    // If the file of the truth would be the file of the calibration, the command is refused.
    for overwrite in [&[][..], &["--overwrite"]] {
        let mut more = vec!["--calibration", given, "--truth", given];
        more.extend(overwrite);
        let run = simulate(&out, &more);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(run.stderr.contains("that this command reads"), "{run:?}");
    }
    let run = simulate(&out, &[]);
    assert!(run.ok(), "{run:?}");
    assert_eq!(
        folder.names(),
        ["mysensor.json", "mysensor.mkv", "mysensor.truth.json"]
    );
    assert!(folder.read("mysensor.json").starts_with(b"not read"));

    // No file is replaced without the option.
    let before = folder.read("mysensor.mkv");
    let run = simulate(&out, &["--seed", "7"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("--overwrite"), "{run:?}");
    assert!(folder.read("mysensor.mkv") == before);
    let run = simulate(&out, &["--seed", "7", "--overwrite"]);
    assert!(run.ok(), "{run:?}");
    assert!(folder.read("mysensor.mkv") != before);
    // The file of the truth is not replaced either, if only that exists.
    fs::remove_file(&out).unwrap();
    let run = simulate(&out, &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("mysensor.truth.json"), "{run:?}");
    assert!(!out.exists());
}

#[cfg(unix)]
#[test]
fn what_is_read_is_never_written_onto_through_any_name() {
    let folder = Folder::new("outputs-input");
    fs::create_dir_all(folder.path().join("sub")).unwrap();
    let input = folder.file("in.csv", b"a clip");
    let at = |name: &str| folder.path().join(name);
    std::os::unix::fs::symlink(&input, at("symbolic.mkv")).unwrap();
    std::os::unix::fs::symlink("in.csv", at("relative.mkv")).unwrap();
    fs::hard_link(&input, at("hard.mkv")).unwrap();
    for name in [
        "symbolic.mkv",
        "relative.mkv",
        "hard.mkv",
        "sub/../hard.mkv",
    ] {
        let clip = input.to_str().unwrap();
        let run = simulate(&at(name), &["--clip", clip, "--overwrite"]);
        assert_eq!(run.code, Some(1), "{name}: {run:?}");
        assert!(
            run.stderr.contains("that this command reads"),
            "{name}: {run:?}"
        );
        assert_eq!(folder.read("in.csv"), b"a clip");
    }
    // An export into the folder of its recording; the recording has a name that the export uses.
    let recording = at("000000-depth.png");
    let run = simulate(&at("a.mkv"), &[]);
    assert!(run.ok(), "{run:?}");
    fs::rename(at("a.mkv"), &recording).unwrap();
    let before = fs::read(&recording).unwrap();
    let out = folder.path().to_str().unwrap();
    let recording = recording.to_str().unwrap();
    let args = [
        "export",
        recording,
        "--out",
        out,
        "--only",
        "depth",
        "--overwrite",
    ];
    let run = kinect(&args);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("that this command reads"), "{run:?}");
    assert!(folder.read("000000-depth.png") == before);
    assert!(folder.names().iter().all(|name| !name.ends_with(".part")));
}

#[cfg(unix)]
#[test]
fn a_link_stays_and_what_it_leads_to_is_replaced() {
    let folder = Folder::new("outputs-link");
    let real = folder.file("real", b"old");
    let link = folder.path().join("a.mkv");
    std::os::unix::fs::symlink("real", &link).unwrap();
    let run = simulate(&link, &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let run = simulate(&link, &["--overwrite"]);
    assert!(run.ok(), "{run:?}");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::metadata(&real).unwrap().len() > 1000);
    // If the target of a link does not exist, no file is created at the target.
    let nowhere = folder.path().join("b.mkv");
    std::os::unix::fs::symlink("none/b.mkv", &nowhere).unwrap();
    let run = simulate(&nowhere, &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("is there already"), "{run:?}");
}

#[test]
fn names_that_are_no_recording_are_refused_and_an_extension_is_added() {
    let folder = Folder::new("outputs-names");
    folder.file("x", b"");
    let at = |name: &str| folder.path().join(name);
    for (name, word) in [
        ("a.json", ".mkv"),
        ("none/a.mkv", "folder does not exist"),
        ("", "it is a folder"),
    ] {
        let run = simulate(&at(name), &["--overwrite"]);
        assert_eq!(run.code, Some(1), "{name}: {run:?}");
        assert!(run.stderr.contains(word), "{name}: {run:?}");
        assert_eq!(folder.names(), ["x"]);
    }
    for (out, word) in [("-", "cannot go into a pipe"), ("/dev/null", "device")] {
        let run = simulate(Path::new(out), &["--overwrite"]);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(cfg!(windows) || run.stderr.contains(word), "{run:?}");
    }
    let run = simulate(&at("Besucher ü"), &[]);
    assert!(run.ok() && run.stdout.contains("Besucher ü.mkv"), "{run:?}");
    assert_eq!(
        folder.names(),
        ["Besucher ü.mkv", "Besucher ü.truth.json", "x"]
    );
    let same = at("b.mkv");
    let run = simulate(&same, &["--truth", at("./b.mkv").to_str().unwrap()]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("same file"), "{run:?}");

    let recording = at("Besucher ü.mkv");
    let run = kinect(&["export", recording.to_str().unwrap(), "--out", "-"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("name a folder"), "{run:?}");
}

#[test]
fn what_a_killed_run_left_is_used_again_and_what_is_no_file_is_not() {
    let folder = Folder::new("outputs-left");
    folder.file("a.mkv.kinect.part", b"half of something");
    let out = folder.path().join("a.mkv");
    let run = simulate(&out, &[]);
    assert!(run.ok(), "{run:?}");
    assert_eq!(folder.names(), ["a.mkv", "a.truth.json"]);
    #[cfg(unix)]
    {
        let mine = folder.file("mine", b"mine");
        let part = folder.path().join("b.mkv.kinect.part");
        std::os::unix::fs::symlink(&mine, part).unwrap();
        let run = simulate(&folder.path().join("b.mkv"), &[]);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(run.stderr.contains("b.mkv.kinect.part"), "{run:?}");
        assert_eq!(folder.read("mine"), b"mine");
    }
}

#[cfg(unix)]
mod stopped {
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command, Output, Stdio};
    use std::time::{Duration, Instant};

    use k4a_standin::Script;
    use kinect_azure::recording::Recording;

    use super::*;
    use crate::data::kinect_command;
    use crate::live::Sensors;

    /// The longest time that a run may take, also on a busy machine.
    const LIMIT: Duration = Duration::from_secs(30);

    fn start(mut command: Command) -> Child {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        command.spawn().unwrap()
    }

    fn signal(name: &str, run: &Child) {
        let args = [&format!("-{name}"), &run.id().to_string()];
        assert!(Command::new("kill").args(args).status().unwrap().success());
    }

    /// Waits for the end of the process, and kills it if it does not end.
    fn end(mut run: Child) -> Output {
        let start = Instant::now();
        while run.try_wait().unwrap().is_none() {
            if start.elapsed() > LIMIT {
                signal("KILL", &run);
                panic!("it does not end");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        run.wait_with_output().unwrap()
    }

    fn wait_for(path: &Path, bytes: u64) {
        let start = Instant::now();
        while fs::metadata(path).map_or(0, |file| file.len()) < bytes {
            assert!(
                start.elapsed() < LIMIT,
                "nothing is written to {}",
                path.display()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn stderr(output: &Output) -> String {
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    #[test]
    fn an_export_of_which_every_worker_fails_ends() {
        let folder = Folder::new("stopped-full");
        folder.file("x", b"");
        let file = folder.path().join("a.mkv");
        let mut args = vec![
            "simulate",
            "--out",
            file.to_str().unwrap(),
            "--seconds",
            "1.5",
        ];
        args.extend(&SHORT[2..]);
        let run = kinect(&args);
        assert!(run.ok() && run.stdout.contains("45 captures"), "{run:?}");
        let out = folder.path().join("out");
        let out = out.to_str().unwrap();
        // No process may write a file that is longer than 5 KiB.
        let script = "trap '' XFSZ; ulimit -f 10; exec \"$@\"";
        let mut command = Command::new("sh");
        command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_kinect"), "export"]);
        command.args([file.to_str().unwrap(), "--out", out]);
        let output = end(start(command));
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let said = stderr(&output);
        assert!(
            said.starts_with("error: cannot write ") && said.contains("too large"),
            "{said}"
        );
        assert_eq!(said.lines().count(), 1, "{said}");
        let left = fs::read_dir(out).unwrap().count();
        assert_eq!(left, 0, "{left} files are left");
    }

    #[test]
    fn a_pipe_in_the_place_of_a_recording_is_not_waited_for() {
        let folder = Folder::new("stopped-pipe");
        folder.file("x", b"");
        let pipe = folder.path().join("pipe.mkv");
        let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        let (pipe, out) = (pipe.to_str().unwrap(), folder.path().join("out"));
        for args in [
            &["info", pipe][..],
            &["export", pipe, "--out", out.to_str().unwrap()],
        ] {
            let output = end(start(kinect_command(args)));
            assert_eq!(output.status.code(), Some(1), "{output:?}");
            assert!(stderr(&output).contains("a device"), "{output:?}");
        }
    }

    #[test]
    fn ctrl_c_finishes_a_simulation_and_a_second_one_removes_it() {
        let folder = Folder::new("stopped-simulation");
        folder.file("x", b"");
        let out = folder.path().join("a.mkv");
        let mut args = vec![
            "simulate",
            "--out",
            out.to_str().unwrap(),
            "--seconds",
            "3600",
        ];
        args.extend(&SHORT[2..]);
        let part = folder.path().join("a.mkv.kinect.part");
        for name in ["INT", "TERM"] {
            let run = start(kinect_command(&args));
            wait_for(&part, 500_000);
            // A second command at the same time is refused.
            let run_too = kinect(&args);
            assert_eq!(run_too.code, Some(1), "{run_too:?}");
            assert!(
                run_too.stderr.contains("another program is writing"),
                "{run_too:?}"
            );
            signal(name, &run);
            let output = end(run);
            assert_eq!(output.status.code(), Some(130), "{output:?}");
            assert!(String::from_utf8_lossy(&output.stdout).contains("stopped early"));
            assert_eq!(folder.names(), ["a.mkv", "a.truth.json", "x"]);
            let recording = Recording::open(&out).unwrap();
            assert!(!recording.info().unfinished);
            let truth: serde_json::Value =
                serde_json::from_slice(&folder.read("a.truth.json")).unwrap();
            let captures = recording.count(|_| {}).unwrap().captures;
            assert_eq!(truth["captures"].as_array().unwrap().len() as u64, captures);
            fs::remove_file(&out).unwrap();
            fs::remove_file(folder.path().join("a.truth.json")).unwrap();
        }
        let run = start(kinect_command(&args));
        wait_for(&part, 500_000);
        // The process is stopped, so that it does not handle the first signal before the second arrives.
        signal("STOP", &run);
        signal("INT", &run);
        signal("CONT", &run);
        std::thread::sleep(Duration::from_millis(1));
        let _ = Command::new("kill")
            .args(["-TERM", &run.id().to_string()])
            .status();
        assert_eq!(end(run).status.code(), Some(130));
        assert!(folder.names().iter().all(|name| !name.ends_with(".part")));
    }

    #[test]
    fn a_recording_that_fails_does_not_take_the_old_one_with_it() {
        let sensors = Sensors::new(&Script::healthy(1));
        let folder = Folder::new("stopped-recording");
        folder.file("a.mkv", b"the old recording");
        let out = folder.path().join("a.mkv");
        let record = |limit: &str, seconds: &str| {
            let script = format!("trap '' XFSZ; {limit} exec \"$@\"");
            let mut command = Command::new("sh");
            command.args([
                "-c",
                &script,
                "sh",
                env!("CARGO_BIN_EXE_kinect"),
                "record",
                "--out",
            ]);
            command.args([out.to_str().unwrap(), "--overwrite", "--seconds", seconds]);
            sensors.prepare(&mut command);
            end(start(command))
        };
        // 2 MiB hold some captures.
        let output = record("ulimit -f 4096;", "60");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let said = stderr(&output);
        assert!(
            said.contains("the old recording stays") && said.contains("a-2.mkv"),
            "{said}"
        );
        assert_eq!(folder.read("a.mkv"), b"the old recording");
        assert_eq!(folder.names(), ["a-2.mkv", "a.mkv"]);
        let mut beside = Recording::open(folder.path().join("a-2.mkv")).unwrap();
        assert!(beside.next_capture().unwrap().is_some());
        // If the disk takes no bytes, no file is left.
        let output = record("ulimit -f 0;", "60");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert_eq!(folder.names(), ["a-2.mkv", "a.mkv"]);

        let output = record("", "0.3");
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(folder.names(), ["a-2.mkv", "a.mkv"]);
        let replaced = Recording::open(&out).unwrap();
        assert!(!replaced.info().unfinished);
        assert!(
            String::from_utf8_lossy(&output.stdout).contains("a.mkv: "),
            "{output:?}"
        );
    }
}
