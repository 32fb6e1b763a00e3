//! Starts an X display for tests that need OpenGL, so that no display must exist.
//!
//! The environment variables that choose a display and a driver must be set before libraries are loaded. So the body of
//! the test runs in a child process: the same test binary, which runs only that test.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// The variable that is set in the child process.
const MARK: &str = "KINECT_TEST_ON_DISPLAY";

/// Runs `body` with a display. In the child process it calls `body`; otherwise it starts a child process that runs the
/// test `name` (its whole path, for example `transform::sample`). Without a display and without Xvfb it prints a
/// message and skips the test.
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
        // Mesa renders in software, and reports the OpenGL version that the depth engine needs.
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env("MESA_GL_VERSION_OVERRIDE", "4.5")
        .status()
        .unwrap();
    assert!(status.success(), "{name} failed on the display: {status}");
}

/// An X server that is stopped when this is dropped.
struct Server {
    display: String,
    child: Option<Child>,
}

impl Server {
    /// Starts an X server with a free display number.
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
        // The server writes its display number when it is ready, and closes its output if it cannot start.
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
