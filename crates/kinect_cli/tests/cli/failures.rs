//! Random failures of disk and memory in every command that writes files, twenty of each. No command hangs or loses
//! files that existed before, and each command reports the failure. Each command runs in its own process.

use std::fs;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use k4a_standin::Script;
use kinect_azure::recording::Recording;
use kinect_tracking::files::BodyClip;

use crate::data::{Folder, kinect};
use crate::live::Sensors;

/// The number of failures of each command.
const ROUNDS: u64 = 20;

/// The longest time that a run may take, also on a busy machine.
const LIMIT: Duration = Duration::from_secs(30);

/// A name that the command never writes.
const MINE: &str = "mine.txt";

/// The output of a run, and the files that it left.
struct Outcome {
    code: Option<i32>,
    /// The signal that ended the process.
    signal: Option<i32>,
    stderr: String,
}

/// A command that writes.
struct Writer<'a> {
    name: &'static str,
    /// Its arguments for a folder to write to.
    arguments: &'a dyn Fn(&Path) -> Vec<String>,
    /// The files of a run without failures.
    old: &'a [(String, Vec<u8>)],
    /// The environment variables of the command.
    environment: &'a dyn Fn(&mut Command),
    /// Whether the command writes this file in a run without failures.
    is_whole: &'a dyn Fn(&Path) -> bool,
    /// Whether these are all files of a run without failures.
    is_all: &'a dyn Fn(&[String]) -> bool,
}

/// xorshift64*: the same failures in every run.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % end
    }

    fn milliseconds(&mut self, end: u64) -> Duration {
        Duration::from_millis(self.below(end))
    }
}

/// The failure of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Failure {
    /// The largest size of a file, in units of 512 bytes.
    SmallFiles,
    /// A disk of the test that is soon full.
    Full,
    /// A disk of the test that cannot be written.
    ReadOnly,
    /// The folder is removed while it is written to.
    Removed,
    /// The process is stopped for a while, as with a disk that hangs.
    Slow,
    /// Little memory.
    Memory,
    /// Two failures at once.
    Two,
    /// Ctrl-C or SIGTERM.
    Signal,
    /// Ctrl-C twice.
    Signals,
}

const FAILURES: [Failure; 9] = [
    Failure::SmallFiles,
    Failure::Full,
    Failure::ReadOnly,
    Failure::Removed,
    Failure::Slow,
    Failure::Memory,
    Failure::Two,
    Failure::Signal,
    Failure::Signals,
];

/// Whether the test can mount disks in its own namespace.
fn can_mount() -> bool {
    static CAN: OnceLock<bool> = OnceLock::new();
    *CAN.get_or_init(|| {
        let script = "mount -t tmpfs -o size=64k none /tmp";
        let tried = Command::new("unshare")
            .args(["-rm", "sh", "-c", script])
            .output();
        let can = tried.is_ok_and(|output| output.status.success());
        if !can {
            println!("no disks can be mounted here: full ones are played by limits of file sizes");
        }
        can
    })
}

impl Writer<'_> {
    fn command(&self, script: &str, folder: &Path) -> Command {
        let mut command = Command::new("sh");
        command
            .args(["-c", script, "sh", env!("CARGO_BIN_EXE_kinect")])
            .args((self.arguments)(folder));
        self.prepare(&mut command);
        command
    }

    fn mounted(&self, script: &str, folder: &Path, variables: &[(&str, String)]) -> Command {
        let mut command = Command::new("unshare");
        command
            .args([
                "-rm",
                "sh",
                "-c",
                script,
                "sh",
                env!("CARGO_BIN_EXE_kinect"),
            ])
            .args((self.arguments)(folder))
            .envs(variables.iter().map(|(name, value)| (*name, value)));
        self.prepare(&mut command);
        command
    }

    fn prepare(&self, command: &mut Command) {
        (self.environment)(command);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .process_group(0);
    }

    fn round(&self, seed: u64, folder: &Folder) {
        let random = &mut Random::new(seed);
        let failure = FAILURES[(seed as usize + random.below(2) as usize) % FAILURES.len()];
        let told = format!("{}, round {seed}, {failure:?}", self.name);
        let place = folder.path().join("place");
        let _ = fs::remove_dir_all(&place);
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join(MINE), b"mine").unwrap();
        // In some runs a file exists that may be replaced.
        let old = seed % 3 == 1;
        if old {
            for (name, bytes) in self.old {
                let path = place.join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, bytes).unwrap();
            }
        }
        let before = files(&place);
        let plain = "exec \"$@\"";
        let mut runs = Vec::new();
        let mut looked_at = place.clone();
        let mut removed = false;
        match failure {
            Failure::Full | Failure::ReadOnly if can_mount() => {
                // The disk disappears with the namespace, so its files are copied at the end.
                looked_at = folder.path().join("after");
                let _ = fs::remove_dir_all(&looked_at);
                fs::create_dir_all(&looked_at).unwrap();
                let size: u64 = before
                    .iter()
                    .map(|(_, bytes)| bytes.len() as u64 + 4096)
                    .sum();
                let (size, last) = if failure == Failure::Full {
                    (size + 4096 * (2 + random.below(200)), "true")
                } else {
                    (size + (1 << 22), "mount -o remount,ro \"$PLACE\"")
                };
                let script = format!(
                    "mkdir \"$COPY\" && cp -a \"$PLACE/.\" \"$COPY\" && mount -t tmpfs -o size={size} none \"$PLACE\" \
                     && cp -a \"$COPY/.\" \"$PLACE\" && {last} && {{ \"$@\"; code=$?; cp -a \"$PLACE/.\" \"$AFTER\"; exit $code; }}"
                );
                let copy = folder.path().join("copy");
                let _ = fs::remove_dir_all(&copy);
                let text = |path: &Path| path.to_str().unwrap().to_owned();
                let variables = [
                    ("PLACE", text(&place)),
                    ("COPY", text(&copy)),
                    ("AFTER", text(&looked_at)),
                ];
                runs.push(self.mounted(&script, &place, &variables).spawn().unwrap());
            }
            Failure::SmallFiles | Failure::Full | Failure::ReadOnly => {
                let units = random.below(120);
                let script = format!("trap '' XFSZ; ulimit -f {units}; exec \"$@\"");
                runs.push(self.command(&script, &place).spawn().unwrap());
            }
            Failure::Memory => {
                let kilobytes = 20_000 + random.below(400_000);
                let script = format!("ulimit -c 0; ulimit -v {kilobytes}; exec \"$@\"");
                runs.push(self.command(&script, &place).spawn().unwrap());
            }
            Failure::Removed => {
                let run = self.command(plain, &place).spawn().unwrap();
                std::thread::sleep(random.milliseconds(400));
                // The removal is repeated, because a folder cannot be removed if a file was created in it meanwhile.
                for _ in 0..100 {
                    if fs::remove_dir_all(&place).is_ok() {
                        break;
                    }
                }
                removed = true;
                runs.push(run);
            }
            Failure::Slow => {
                let run = self.command(plain, &place).spawn().unwrap();
                for _ in 0..3 {
                    std::thread::sleep(random.milliseconds(100));
                    signal("STOP", &run);
                    std::thread::sleep(random.milliseconds(200));
                    signal("CONT", &run);
                }
                runs.push(run);
            }
            Failure::Two => {
                runs.push(self.command(plain, &place).spawn().unwrap());
                std::thread::sleep(random.milliseconds(60));
                runs.push(self.command(plain, &place).spawn().unwrap());
            }
            Failure::Signal | Failure::Signals => {
                let run = self.command(plain, &place).spawn().unwrap();
                std::thread::sleep(random.milliseconds(500));
                signal(["INT", "TERM"][random.below(2) as usize], &run);
                if failure == Failure::Signals {
                    std::thread::sleep(random.milliseconds(30));
                    signal("INT", &run);
                }
                runs.push(run);
            }
        }
        let mut killed = false;
        let mut whole = 0;
        for run in runs {
            let outcome = wait(run, &told);
            let said = &outcome.stderr;
            killed |= outcome.signal.is_some();
            whole += u32::from(outcome.code == Some(0));
            assert!(!said.contains("panicked"), "{told}: {said}");
            match (outcome.code, outcome.signal) {
                (Some(0 | 130), _) => {}
                // The signal arrived before the process handled signals.
                (None, Some(2 | 15)) => assert!(
                    matches!(failure, Failure::Signal | Failure::Signals),
                    "{told}: {said}"
                ),
                _ => assert!(
                    said.contains("error: ")
                        || said.contains("memory allocation of")
                        || said.contains("error while loading"),
                    "{told}: {:?} {:?}: {said}",
                    outcome.code,
                    outcome.signal
                ),
            }
        }
        if removed {
            return;
        }
        let after = files(&looked_at);
        for (name, bytes) in &before {
            let now = after.iter().find(|(other, _)| other == name);
            let (_, now) = now.unwrap_or_else(|| panic!("{told}: {name} is lost"));
            assert!(
                now == bytes || (name != MINE && (self.is_whole)(&looked_at.join(name))),
                "{told}: {name} is neither what it was nor whole"
            );
        }
        let names: Vec<String> = after.iter().map(|(name, _)| name.clone()).collect();
        for name in &names {
            let is_part = name.ends_with(".part");
            // A process that was killed cannot remove its files.
            assert!(!is_part || killed, "{told}: {names:?}");
            assert!(
                is_part || name == MINE || (self.is_whole)(&looked_at.join(name)),
                "{told}: {name} is not whole"
            );
        }
        if whole > 0 {
            assert!((self.is_all)(&names), "{told}: {names:?}");
        }
        if killed {
            // The files that were left do not disturb the next run.
            let run = self.command(plain, &looked_at).spawn().unwrap();
            let outcome = wait(run, &told);
            assert_eq!(outcome.code, Some(0), "{told}: {}", outcome.stderr);
            let names: Vec<String> = files(&looked_at)
                .into_iter()
                .map(|(name, _)| name)
                .collect();
            assert!((self.is_all)(&names), "{told}: {names:?}");
        }
    }
}

fn signal(name: &str, run: &Child) {
    // The process may have ended.
    let _ = Command::new("kill")
        .args([&format!("-{name}"), &run.id().to_string()])
        .stderr(Stdio::null())
        .status();
}

/// Waits for the end of a run; one that does not end is killed, and the test fails.
fn wait(mut run: Child, told: &str) -> Outcome {
    let start = Instant::now();
    while run.try_wait().unwrap().is_none() {
        if start.elapsed() > LIMIT {
            let group = format!("-{}", run.id());
            let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
            panic!("{told}: hangs");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = run.wait_with_output().unwrap();
    Outcome {
        code: output.status.code(),
        signal: output.status.signal(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The files of a folder and of those in it, by name.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(&at).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path
                    .strip_prefix(folder)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                all.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    all.sort();
    all
}

fn strings(args: &[&str]) -> Vec<String> {
    args.iter().map(|&arg| arg.to_owned()).collect()
}

fn same(reference: &[(String, Vec<u8>)], path: &Path) -> bool {
    let bytes = fs::read(path).unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    let found = reference
        .iter()
        .find(|(other, _)| Path::new(other).file_name() == Path::new(name).file_name());
    found.is_some_and(|(_, expected)| *expected == bytes)
}

fn is_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(bytes).is_ok()
}

/// Whether a BVH file has as many lines of motion as it announces, and ends with a line.
fn has_all_frames(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines().skip_while(|line| *line != "MOTION").skip(1);
    let announced = lines.next().and_then(|line| line.strip_prefix("Frames:"));
    let announced = announced.and_then(|number| number.trim().parse().ok());
    text.ends_with('\n') && announced == Some(lines.skip(1).count())
}

/// Whether a binary glTF file is as long as it says, with a first chunk of JSON.
fn has_all_chunks(bytes: &[u8]) -> bool {
    let number = |at: usize| {
        let four = bytes.get(at..at + 4)?.try_into().ok()?;
        usize::try_from(u32::from_le_bytes(four)).ok()
    };
    let json = number(12).and_then(|length| bytes.get(20..20 + length));
    bytes.starts_with(b"glTF") && number(8) == Some(bytes.len()) && json.is_some_and(is_json)
}

/// The files of a run without failures.
fn whole_run(
    folder: &Folder,
    arguments: &dyn Fn(&Path) -> Vec<String>,
    environment: &dyn Fn(&mut Command),
) -> Vec<(String, Vec<u8>)> {
    let place = folder.path().join("whole");
    fs::create_dir_all(&place).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinect"));
    environment(&mut command);
    let output = command.args(arguments(&place)).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    files(&place)
}

/// Whether a recording can be read to its end.
fn plays(path: &Path) -> bool {
    let Ok(mut recording) = Recording::open(path) else {
        return false;
    };
    let mut something = false;
    loop {
        match recording.next_capture() {
            Ok(Some(_)) => something = true,
            Ok(None) => break,
            Err(_) => return false,
        }
    }
    // If the disk was full at once, the recording has only inertial samples.
    something || matches!(recording.next_imu_sample(), Ok(Some(_)))
}

#[test]
fn an_export_survives_whatever_happens_to_its_disk() {
    export_survives(
        "failures-export",
        &["--seconds", "1.5", "--color-resolution", "OFF"],
        "depth,ir,points,imu,calibration",
        45,
    );
}

#[test]
fn an_export_with_colour_and_aligned_images_survives_whatever_happens_to_its_disk() {
    export_survives(
        "failures-export-colour",
        &["--seconds", "0.2"],
        "color,points,color-aligned,depth-aligned,ir-aligned,points-aligned",
        6,
    );
}

/// Exports these streams of a simulated recording of so many captures, with every failure.
fn export_survives(name: &'static str, simulation: &[&str], only: &str, captures: usize) {
    let folder = Folder::new(name);
    fs::create_dir_all(folder.path()).unwrap();
    let file = folder.path().join("recording.mkv");
    let file = file.to_str().unwrap();
    let simulate = ["simulate", "--out", file, "--people", "0"];
    let modes = ["--depth-mode", "NFOV_2X2BINNED"];
    let run = kinect(&[&simulate[..], &modes, simulation].concat());
    assert!(run.ok(), "{run:?}");
    let arguments = |place: &Path| {
        let out = place.join("out");
        strings(&[
            "export",
            file,
            "--out",
            out.to_str().unwrap(),
            "--overwrite",
            "--only",
            only,
        ])
    };
    let reference = folder.path().join("reference");
    let run = kinect(
        &arguments(&reference)
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>(),
    );
    let told = format!("{captures} captures");
    assert!(run.ok() && run.stdout.contains(&told), "{run:?}");
    let reference = files(&reference);
    let writer = Writer {
        name,
        arguments: &arguments,
        old: &reference,
        environment: &|_| {},
        // If the export was stopped early, the tables are shorter.
        is_whole: &|path| {
            let table = path.extension().is_some_and(|end| end == "csv");
            table || same(&reference, path)
        },
        is_all: &|names| names.len() == reference.len() + 1,
    };
    for seed in 0..ROUNDS {
        writer.round(seed, &folder);
    }
}

#[test]
fn an_export_of_bodies_survives_whatever_happens_to_its_disk() {
    let folder = Folder::new("failures-bodies");
    fs::create_dir_all(folder.path()).unwrap();
    let file = folder.path().join("recording.mkv");
    let file = file.to_str().unwrap();
    let run = kinect(&[
        "simulate",
        "--out",
        file,
        "--seconds",
        "1.5",
        "--depth-mode",
        "NFOV_2X2BINNED",
        "--color-resolution",
        "OFF",
    ]);
    assert!(run.ok(), "{run:?}");
    for format in ["json", "csv", "bvh", "gltf"] {
        let arguments = |place: &Path| {
            strings(&[
                "export",
                file,
                "--out",
                place.to_str().unwrap(),
                "--overwrite",
                "--only",
                "bodies",
                "--tracker",
                "truth",
                "--bodies-format",
                format,
            ])
        };
        let old = whole_run(&folder, &arguments, &|_| {});
        assert!(!old.is_empty());
        let writer = Writer {
            name: format,
            arguments: &arguments,
            old: &old,
            environment: &|_| {},
            // If the export was stopped early, the file is shorter; if it was stopped before the first capture, the
            // file has no frames.
            is_whole: &|path| {
                let bytes = fs::read(path).unwrap();
                match format {
                    "csv" => BodyClip::from_csv(&bytes).is_ok(),
                    "bvh" => has_all_frames(&bytes),
                    "gltf" => has_all_chunks(&bytes),
                    _ => is_json(&bytes),
                }
            },
            is_all: &|names| names.len() == old.len() + 1,
        };
        let _ = fs::remove_dir_all(folder.path().join("whole"));
        for seed in 0..ROUNDS {
            writer.round(seed, &folder);
        }
    }
}

#[test]
fn a_simulation_survives_whatever_happens_to_its_disk() {
    let folder = Folder::new("failures-simulate");
    fs::create_dir_all(folder.path()).unwrap();
    let arguments = |place: &Path| {
        let out = place.join("a.mkv");
        strings(&[
            "simulate",
            "--out",
            out.to_str().unwrap(),
            "--overwrite",
            "--seconds",
            "0.5",
            "--people",
            "0",
            "--depth-mode",
            "NFOV_2X2BINNED",
            "--color-resolution",
            "OFF",
        ])
    };
    let writer = Writer {
        name: "simulate",
        arguments: &arguments,
        old: &whole_run(&folder, &arguments, &|_| {}),
        environment: &|_| {},
        is_whole: &|path| {
            if path.extension().is_some_and(|end| end == "mkv") {
                return plays(path) && !Recording::open(path).unwrap().info().unfinished;
            }
            is_json(&fs::read(path).unwrap())
        },
        is_all: &|names| names == ["a.mkv", "a.truth.json", MINE],
    };
    for seed in 0..ROUNDS {
        writer.round(seed, &folder);
    }
}

#[test]
fn a_live_recording_survives_whatever_happens_to_its_disk() {
    let folder = Folder::new("failures-record");
    fs::create_dir_all(folder.path()).unwrap();
    let sensors = Sensors::new(&Script::healthy(2));
    let environment = |command: &mut Command| sensors.prepare(command);
    let arguments = |place: &Path| {
        let out = place.join("a.mkv");
        strings(&[
            "record",
            "--out",
            out.to_str().unwrap(),
            "--overwrite",
            "--seconds",
            "0.4",
            "--depth-mode",
            "NFOV_2X2BINNED",
            "--color-resolution",
            "OFF",
        ])
    };
    let writer = Writer {
        name: "record",
        arguments: &arguments,
        old: &whole_run(&folder, &arguments, &environment),
        environment: &environment,
        // After an error, the part that was recorded before can be played, whether the file was finished or not.
        is_whole: &|path| path.extension().is_some_and(|end| end == "mkv") && plays(path),
        is_all: &|names| names.iter().any(|name| name == "a.mkv"),
    };
    for seed in 0..ROUNDS {
        writer.round(seed, &folder);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_printed_onto_a_full_disk_is_an_error() {
    let folder = Folder::new("failures-print");
    fs::create_dir_all(folder.path()).unwrap();
    let file = folder.path().join("recording.mkv");
    let file = file.to_str().unwrap();
    let simulate = ["simulate", "--out", file, "--people", "0"];
    let small = ["--seconds", "0.1", "--color-resolution", "OFF"];
    let run = kinect(&[&simulate[..], &small].concat());
    assert!(run.ok(), "{run:?}");
    let sensors = Sensors::new(&Script::healthy(1));
    for arguments in [
        &["completions", "bash"][..],
        &["man"],
        &["man", "export"],
        &["info", file],
        &["info", file, "--json"],
        &["info", file, "--calibration", "--json"],
        &["doctor"],
        &["doctor", "--json"],
        &["list"],
        &["list", "--json"],
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kinect"));
        sensors.prepare(&mut command);
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let run = command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(full)
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn();
        let outcome = wait(run.unwrap(), &arguments.join(" "));
        assert_eq!(outcome.code, Some(1), "{arguments:?}: {}", outcome.stderr);
        let said = outcome.stderr.contains("cannot write to standard output");
        assert!(said, "{arguments:?}: {}", outcome.stderr);
    }
}
