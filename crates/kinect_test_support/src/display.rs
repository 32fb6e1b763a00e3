//! An X display for what needs OpenGL, without anybody having to provide one.
//!
//! The variables that choose a display and a driver must be there before libraries are loaded, so the test's body runs in a
//! child process: the same test binary, asked for that test only.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// Says to the child that it is one.
const MARK: &str = "KINECT_TEST_ON_DISPLAY";

/// Runs `body` with a display: at once in the child, otherwise in a child process that runs the test `name` (its whole path,
/// for example `transform::sample`). Skips with a word where there is neither a display nor Xvfb.
pub fn on_display(name: &str, body: impl FnOnce()) {
    if std::env::var_os(MARK).is_some() {
        body();
        return;
    }
    let server = match std::env::var("DISPLAY") {
        Ok(display) if !display.is_empty() => Server {
            display,
            child: None,
        },
        _ => match Server::start() {
            Ok(server) => server,
            Err(why) => {
                k4a_judge::skip(&format!("there is no display, and {why}"));
                return;
            }
        },
    };
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--include-ignored", "--nocapture"])
        .env(MARK, "1")
        .env("DISPLAY", &server.display)
        // Mesa draws in software, and says that it can do the version that the depth engine asks for.
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env("MESA_GL_VERSION_OVERRIDE", "4.5")
        .status()
        .unwrap();
    assert!(status.success(), "{name} failed on the display: {status}");
}

/// An X server that goes when it is dropped.
struct Server {
    display: String,
    child: Option<Child>,
}

impl Server {
    /// Starts one on a number that is free.
    fn start() -> Result<Self, String> {
        let mut child = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "640x480x24"])
            .args(["-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| {
                format!("Xvfb does not start: {error} (Debian, Ubuntu: apt-get install xvfb)")
            })?;
        // It writes its number once it is ready, and closes its output if it cannot be.
        let mut number = String::new();
        let output = child.stdout.take();
        let read = output.map(|output| BufReader::new(output).read_line(&mut number));
        let server = Self {
            display: format!(":{}", number.trim()),
            child: Some(child),
        };
        match read {
            Some(Ok(length)) if length > 0 => Ok(server),
            _ => Err("Xvfb ended before it was ready".to_owned()),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
