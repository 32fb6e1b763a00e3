//! Fake microphone arrays: ALSA devices of a configuration that the test writes. They read their sound from a file or
//! from the standard input. ALSA reads its configuration once in a process; an environment variable names it. So a test
//! that listens to fake arrays starts its program again as a child process.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

/// The name that ALSA gives the card of the array.
pub const NAME: &str = "Azure Kinect Microphone Array, USB Audio";
/// The variable that is set in a child process.
const MARK: &str = "KINECT_FAKE_ARRAY";

/// A sample whose value encodes its frame and its channel.
pub fn sample(frame: usize, channel: usize) -> i16 {
    (frame % 4000 * 8 + channel) as i16
}

/// `count` frames of seven channels from the frame `from` on, as the device sends them.
pub fn frames(from: usize, count: usize) -> Vec<u8> {
    (from..from + count)
        .flat_map(|frame| (0..7).flat_map(move |channel| sample(frame, channel).to_le_bytes()))
        .collect()
}

/// The folder of an ALSA configuration with fake arrays. Each array has a description and a source of its sound.
pub struct FakeArrays {
    folder: PathBuf,
}

impl FakeArrays {
    pub fn new(test: &str, devices: &[(&str, &Path)]) -> Self {
        let folder =
            std::env::temp_dir().join(format!("kinect-mics-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let arrays = Self { folder };
        let mut text = String::new();
        for (index, (description, sound)) in devices.iter().enumerate() {
            write!(
                text,
                "pcm.array{index} {{\n type file\n slave.pcm {{ type null }}\n file /dev/null\n infile \"{}\"\n \
                 format raw\n hint {{ show on description \"{description}\" }}\n}}\n",
                sound.display()
            )
            .unwrap();
        }
        std::fs::write(arrays.configuration(), text).unwrap();
        arrays
    }

    fn configuration(&self) -> PathBuf {
        self.folder.join("asound.conf")
    }

    /// Writes a file with sound beside the configuration.
    pub fn file(name: &str, sound: &[u8]) -> PathBuf {
        let path =
            std::env::temp_dir().join(format!("kinect-mics-{name}-{}.raw", std::process::id()));
        std::fs::write(&path, sound).unwrap();
        path
    }

    /// Starts one test of this program in a child process that has the fake arrays.
    pub fn run(&self, test: &str) -> Listener {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                test,
                "--ignored",
                "--nocapture",
                "--test-threads=1",
            ])
            .env("ALSA_CONFIG_PATH", self.configuration())
            .env(MARK, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let sound = child.stdin.take();
        Listener { child, sound }
    }
}

impl Drop for FakeArrays {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The number of frames that ALSA requests from the fake array at a time. If the source has fewer frames, ALSA does not
/// wait for the rest. So this number of frames is written at once, and it must fit into a pipe.
const PERIOD: usize = 960;
const IN_THE_PIPE: u64 = 3 * 14 * PERIOD as u64;

/// The child process that listens. Its standard input stays open until the process ends, because the end of the input
/// would be the end of the device.
pub struct Listener {
    child: Child,
    sound: Option<ChildStdin>,
}

impl Listener {
    /// Sends sound at the rate of a real array, from the frame `from` on, until `seconds` have passed or the child has
    /// ended. If the child reads late, this waits for it.
    pub fn play(&mut self, mut from: usize, seconds: f32) {
        let sound = self.sound.as_mut().unwrap();
        let end = Instant::now() + Duration::from_secs_f32(seconds);
        let mut next = Instant::now();
        while Instant::now() < end {
            if rustix::io::ioctl_fionread(&*sound).unwrap() > IN_THE_PIPE {
                if self.child.try_wait().unwrap().is_some() {
                    return;
                }
                std::thread::sleep(Duration::from_millis(2));
                next = Instant::now();
                continue;
            }
            if sound.write_all(&frames(from, PERIOD)).is_err() {
                return;
            }
            from += PERIOD;
            next += Duration::from_millis(20);
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
        }
    }

    /// Waits for the end of the child process, prints its output, and panics if the child has failed.
    pub fn finish(self) {
        let output = self.child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}\n{complained}");
        assert!(said.contains("1 passed"), "no such test: {said}");
        if let Some(why) = said.lines().find(|line| line.starts_with("skipped:")) {
            println!("{why}");
        }
    }
}

/// Whether this process has the fake arrays; if not, prints a message.
pub fn is_listener() -> bool {
    let is = std::env::var_os(MARK).is_some();
    if !is {
        println!("skipped: this test is started by another one");
    }
    is
}
