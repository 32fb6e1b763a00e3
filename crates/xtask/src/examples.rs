//! Runs every example for some frames: those that can draw off-screen write a picture, which a test compares with a reference; the
//! smallest app opens its window on a display of its own; the server without a window runs for a simulated hour.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::server;
use crate::steps::Steps;
use crate::system;
use crate::workspace::{Workspace, cargo};

/// How long the smallest app may take to show something.
const PATIENCE: Duration = Duration::from_secs(90);

/// Runs the programs that `cargo test` has built.
pub(crate) fn run(workspace: &Workspace, steps: &mut Steps) -> Result<(), String> {
    let pictures = workspace.target.join("pictures");
    fs::create_dir_all(&pictures).map_err(|error| format!("{}: {error}", pictures.display()))?;
    let names = names(&workspace.root)?;
    for name in &names {
        let _ = fs::remove_file(pictures.join(format!("{name}.png")));
    }
    for name in &names {
        let mut command = Command::new(program(workspace, name));
        command
            .current_dir(&workspace.root)
            // The folder with `assets/`: cargo sets this variable for programs that it starts, but here the programs
            // are started directly.
            .env("BEVY_ASSET_ROOT", &workspace.root)
            .envs(system::software_vulkan());
        let step = format!("example {name}");
        match name.as_str() {
            "minimal" => {
                steps.check(&step, || in_a_window(&mut command, &workspace.target))?;
                continue;
            }
            "headless" => {
                steps.check(&step, || server::check(command))?;
                continue;
            }
            // This example opens no window, and prints the GPU's times.
            "gpu_bench" => command.args(["--frames", "1", "--warm-up", "0"]),
            _ => command
                .args(arguments(name))
                .args(["--size", "640x360", "--screenshot"])
                .arg(pictures.join(format!("{name}.png"))),
        };
        if name == "recorder" {
            command.arg("--folder").arg(&pictures);
        }
        steps.run(&step, &mut command, "Its own message is above.")?;
    }
    steps.run(
        "pictures of examples",
        cargo()
            .current_dir(&workspace.root)
            .args(["test", "--workspace", "--all-features", "--test", "app"])
            .args(["--", "pictures"])
            .env("KINECT_PICTURES", &pictures),
        "The test says which picture differs from its reference, and how to write the references anew.",
    )
}

/// The moment at which an example's picture says most, with the exact bodies of the simulation where they are needed soon.
fn arguments(name: &str) -> &'static [&'static str] {
    match name {
        "avatar" | "gestures" | "hands" | "magic_mirror" | "silhouettes" | "skeleton" | "zones" => {
            &["--frame", "45", "--tracker", "truth"]
        }
        // Particles condense in about two seconds.
        "exhibit" => &["--frame", "75", "--particles", "60000"],
        "recorder" => &["--frame", "30", "--record"],
        "two_sensors" => &["--frame", "24", "--tracker", "truth"],
        _ => &["--frame", "2"],
    }
}

/// The names of all examples.
fn names(root: &Path) -> Result<Vec<String>, String> {
    let folder = root.join("examples");
    let entries =
        fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut names: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension().is_some_and(|e| e == "rs") || path.join("main.rs").is_file()
        })
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    Ok(names)
}

fn program(workspace: &Workspace, name: &str) -> PathBuf {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    workspace.target.join("debug/examples").join(file)
}

/// A program that is ended when this is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs an app with a window until its image is on the screen; an error in its log is one here.
fn in_a_window(app: &mut Command, target: &Path) -> Result<(), String> {
    let missing = system::missing_for_a_window();
    if !missing.is_empty() {
        println!("skipped: there is no {}", missing.join(", no "));
        return Ok(());
    }
    let folder = target.join("screen");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let server = Command::new("Xvfb")
        .args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1280x720x24",
            "-nolisten",
            "tcp",
            "-fbdir",
        ])
        .arg(&folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("Xvfb cannot be started: {error}"))?;
    let mut server = Running(server);
    let mut number = String::new();
    if let Some(said) = server.0.stdout.take() {
        BufReader::new(said)
            .read_line(&mut number)
            .map_err(|error| format!("Xvfb does not say its display: {error}"))?;
    }
    if number.trim().is_empty() {
        return Err("Xvfb gave no display".to_owned());
    }
    let log = folder.join("app.log");
    let (out, err) = fs::File::create(&log)
        .and_then(|file| Ok((file.try_clone()?, file)))
        .map_err(|error| format!("{}: {error}", log.display()))?;
    app.env("DISPLAY", format!(":{}", number.trim()))
        .env_remove("WAYLAND_DISPLAY")
        .stdout(out)
        .stderr(err);
    let app = app
        .spawn()
        .map_err(|error| format!("it cannot be started: {error}"))?;
    let mut app = Running(app);
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        if let Ok(Some(status)) = app.0.try_wait() {
            return Err(format!("the app ended by itself ({status})"));
        }
        let said = fs::read_to_string(&log).unwrap_or_default();
        if let Some(error) = said.lines().find(|line| line.contains("ERROR")) {
            return Err(format!("the app logs an error: {error}"));
        }
        let screen = fs::read(folder.join("Xvfb_screen0")).unwrap_or_default();
        if colors(&screen).is_some_and(|colors| colors >= COLORS) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(250));
    }
    Err(format!(
        "nothing was seen in its window for {} s",
        PATIENCE.as_secs()
    ))
}

/// The number of colours on the screen from which a point cloud counts as shown.
const COLORS: usize = 100;

/// How many colours are on a screen, counted up to [`COLORS`]. Xvfb writes it as an XWD file: a head of 32-bit big-endian numbers, a
/// colour table, and the pixels.
fn colors(screen: &[u8]) -> Option<usize> {
    let number = |index: usize| {
        let bytes = screen.get(index * 4..index * 4 + 4)?;
        Some(u32::from_be_bytes(bytes.try_into().ok()?) as usize)
    };
    let (head, table) = (number(0)?, number(19)?);
    let pixels = screen.get(head + table * 12..)?;
    let mut seen = std::collections::BTreeSet::new();
    for pixel in pixels.chunks_exact(4) {
        seen.insert(pixel);
        if seen.len() >= COLORS {
            break;
        }
    }
    Some(seen.len())
}

#[cfg(test)]
mod tests {
    use super::colors;

    #[test]
    fn colours_on_a_screen_are_counted() {
        let mut screen: Vec<u8> = Vec::new();
        for index in 0..25u32 {
            let number = [100, 2][usize::from(index == 19)];
            screen.extend(
                if index == 0 || index == 19 {
                    number
                } else {
                    0u32
                }
                .to_be_bytes(),
            );
        }
        screen.extend([0; 2 * 12]);
        assert_eq!(colors(&screen), Some(0));
        screen.extend([1, 2, 3, 4, 1, 2, 3, 4, 9, 9, 9, 9]);
        assert_eq!(colors(&screen), Some(2));
        assert_eq!(colors(&screen[..50]), None);
    }
}
