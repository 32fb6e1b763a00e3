//! The facts about a machine from which the doctor makes its findings. Tests make up machines: a folder stands for
//! `/`, and functions stand for the system.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The kind of operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Os {
    Linux,
    Windows,
    /// Neither vendor has libraries for it.
    Other,
}

/// Looks up a variable of the environment.
type Variable = Box<dyn Fn(&str) -> Option<OsString>>;
/// Whether this user may use a device file.
type MayOpen = Box<dyn Fn(&Path) -> io::Result<()>>;

/// A machine.
pub(super) struct Facts {
    pub(super) os: Os,
    /// `/`.
    pub(super) root: PathBuf,
    pub(super) variable: Variable,
    /// The folder of the program.
    pub(super) program: Option<PathBuf>,
    /// The folder the program was started in.
    pub(super) working: Option<PathBuf>,
    /// Whether the user may read and write a device file.
    pub(super) may_open: MayOpen,
}

/// Larger files are not configuration files and are not read.
const LARGEST_TEXT: u64 = 4 << 20;

impl Facts {
    pub(super) fn of_this_machine() -> Self {
        Self {
            os: if cfg!(target_os = "linux") {
                Os::Linux
            } else if cfg!(windows) {
                Os::Windows
            } else {
                Os::Other
            },
            root: PathBuf::from("/"),
            variable: Box::new(|name| std::env::var_os(name)),
            program: std::env::current_exe()
                .ok()
                .and_then(|file| Some(file.parent()?.to_owned())),
            working: std::env::current_dir().ok(),
            may_open: Box::new(|path| {
                fs::OpenOptions::new()
                    .read(true)
                    .write(true)
                    .open(path)
                    .map(drop)
            }),
        }
    }

    /// A variable that has a value.
    pub(super) fn variable(&self, name: &str) -> Option<OsString> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    /// A variable's value as text, for messages.
    pub(super) fn text_of(&self, name: &str) -> Option<String> {
        Some(self.variable(name)?.to_string_lossy().into_owned())
    }

    /// A path below `/`.
    pub(super) fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    /// A short text file.
    pub(super) fn text(&self, below: &str) -> Option<String> {
        read_text(&self.path(below))
    }

    /// Whether the program runs as root, on Linux.
    pub(super) fn is_root(&self) -> bool {
        let Some(status) = self.text("proc/self/status") else {
            return false;
        };
        let ids = status.lines().find_map(|line| line.strip_prefix("Uid:"));
        // The four numbers are the real, effective, saved and file system user ids.
        ids.and_then(|ids| ids.split_whitespace().nth(1)) == Some("0")
    }

    /// Folders in which the system's loader looks for libraries.
    pub(super) fn loader_folders(&self) -> Vec<PathBuf> {
        let mut folders = Vec::new();
        match self.os {
            Os::Windows => {
                folders.extend(self.program.clone());
                if let Some(system) = self.variable("SystemRoot") {
                    folders.push(PathBuf::from(system).join("System32"));
                }
                folders.extend(self.working.clone());
                if let Some(path) = self.variable("PATH") {
                    folders.extend(std::env::split_paths(&path));
                }
            }
            Os::Linux | Os::Other => {
                if let Some(path) = self.variable("LD_LIBRARY_PATH") {
                    folders.extend(std::env::split_paths(&path));
                }
                let triple = format!("{}-linux-gnu", std::env::consts::ARCH);
                for below in [
                    "usr/local/lib",
                    &format!("usr/lib/{triple}"),
                    &format!("lib/{triple}"),
                    "usr/lib64",
                    "lib64",
                    "usr/lib",
                    "lib",
                ] {
                    folders.push(self.path(below));
                }
            }
        }
        folders
    }

    /// A library that the system's loader would find by that name.
    pub(super) fn loadable(&self, file_name: &str) -> Option<PathBuf> {
        let in_folder = self
            .loader_folders()
            .into_iter()
            .map(|folder| folder.join(file_name))
            .find(|file| file.is_file());
        in_folder.or_else(|| self.in_loader_cache(file_name))
    }

    /// The path that the loader's cache has for a library: in it, names and paths end with a NUL.
    fn in_loader_cache(&self, file_name: &str) -> Option<PathBuf> {
        if self.os != Os::Linux {
            return None;
        }
        let cache = self.path("etc/ld.so.cache");
        if fs::metadata(&cache).ok()?.len() > LARGEST_TEXT {
            return None;
        }
        let cache = fs::read(cache).ok()?;
        let ending = format!("/{file_name}");
        cache
            .split(|&byte| byte == 0)
            .filter_map(|text| std::str::from_utf8(text).ok())
            .filter(|text| text.starts_with('/') && text.ends_with(&ending))
            .map(|text| self.path(text.trim_start_matches('/')))
            .find(|file| file.is_file())
    }
}

/// A short text file; bytes that are not UTF-8 are replaced.
pub(super) fn read_text(path: &Path) -> Option<String> {
    let metadata = fs::metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > LARGEST_TEXT {
        return None;
    }
    let bytes = fs::read(path).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The names of a folder's entries, sorted.
pub(super) fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}
