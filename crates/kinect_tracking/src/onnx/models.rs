//! The model folder, in which models are looked for if no file is given.
//!
//! It is the folder that the environment variable `KINECT_MODELS` names; without the variable,
//! `bevy_kinect_azure/models` in the user's data folder: `$XDG_DATA_HOME` or `~/.local/share` on Linux,
//! `~/Library/Application Support` on macOS, `%LOCALAPPDATA%` on Windows. `cargo xtask models` fills it.
//!
//! Of the models in it, these are preferred, in this order:
//!
//! - for joints: `blazepose-full`, `blazepose-lite`, `blazepose-heavy`, then `rtmpose…`, `rtmw…`, `vitpose…`, `movenet-thunder`,
//!   `movenet-lightning`; then, for all people at once, `rtmo…`, `movenet-multipose…`, `yolo…`;
//! - for finding people: `movenet-multipose-288x320`, other `movenet-multipose…`, `rtmo…`, `yolo…`.
//!
//! A name with … stands for all names that begin with it; of several such files, the first by name is used. Files with
//! other names must be given as [`OnnxSettings::model`](super::OnnxSettings::model).

use std::env;
use std::path::{Path, PathBuf};

/// The variable that names the folder.
const VARIABLE: &str = "KINECT_MODELS";

/// The beginnings of the names of models for joints, the best first.
const JOINTS: [&str; 11] = [
    "blazepose-full",
    "blazepose-lite",
    "blazepose-heavy",
    "rtmpose",
    "rtmw",
    "vitpose",
    "movenet-thunder",
    "movenet-lightning",
    "rtmo",
    "movenet-multipose",
    "yolo",
];

/// The beginnings of the names of models that find people, the best first.
const PEOPLE: [&str; 4] = [
    "movenet-multipose-288x320",
    "movenet-multipose",
    "rtmo",
    "yolo",
];

/// The model folder, whether it exists or not; `None` if the user has no data folder.
pub fn folder() -> Option<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    if let Some(folder) = set(VARIABLE) {
        return Some(PathBuf::from(folder));
    }
    let data = if cfg!(windows) {
        PathBuf::from(set("LOCALAPPDATA")?)
    } else if cfg!(target_os = "macos") {
        PathBuf::from(set("HOME")?).join("Library/Application Support")
    } else {
        match set("XDG_DATA_HOME") {
            Some(data) => PathBuf::from(data),
            None => PathBuf::from(set("HOME")?).join(".local/share"),
        }
    };
    Some(data.join("bevy_kinect_azure").join("models"))
}

/// The best model for joints in a folder.
pub fn best(folder: &Path) -> Option<PathBuf> {
    first(folder, &JOINTS)
}

/// The best model for finding people in a folder.
pub fn best_detector(folder: &Path) -> Option<PathBuf> {
    first(folder, &PEOPLE)
}

fn first(folder: &Path, beginnings: &[&str]) -> Option<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension.eq_ignore_ascii_case("onnx"))
        })
        .collect();
    files.sort();
    let begins = |path: &Path, beginning: &str| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().to_lowercase().starts_with(beginning))
    };
    beginnings
        .iter()
        .find_map(|beginning| files.iter().find(|path| begins(path, beginning)).cloned())
}
