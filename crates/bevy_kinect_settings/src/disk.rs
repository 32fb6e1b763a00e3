//! The file of the settings: it is read, replaced in one step, and kept aside when it cannot be used.
//!
//! A new file is written under a temporary name in the same folder, made durable, and renamed, so that a program that is killed, or a
//! computer that loses its power, leaves the old file or the new one. One program at a time saves into a file: it holds a lock on a
//! file beside it until it ends.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// A larger file is damaged: settings have some kilobytes.
const MOST_BYTES: u64 = 16 << 20;
/// The most files that are kept aside for one reason.
const MOST_ASIDE: usize = 100;

/// Why a file could not be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ReadError {
    /// The system refused.
    Unreadable(String),
    /// The file holds no settings.
    Damaged(String),
}

/// The file of the settings.
#[derive(Debug)]
pub(crate) struct SettingsFile {
    path: PathBuf,
    lock: Option<File>,
}

impl SettingsFile {
    /// The file at a path. If the path is a link, the file that it leads to is replaced, not the link.
    pub(crate) fn new(path: &Path) -> Self {
        Self {
            path: path.canonicalize().unwrap_or_else(|_| path.to_owned()),
            lock: None,
        }
    }

    /// The text of the file; `None` if there is no file.
    pub(crate) fn read(&self) -> Result<Option<String>, ReadError> {
        read(&self.path)
    }

    /// Replaces the file. On an error the old file is as it was.
    pub(crate) fn write(&mut self, text: &str) -> Result<(), String> {
        let told = |error: io::Error| {
            format!(
                "the settings could not be saved to {}: {error}. Mend this, or choose another file; the settings are saved as soon as it works",
                self.path.display()
            )
        };
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder).map_err(told)?;
        }
        if !own(&self.path, &mut self.lock).map_err(told)? {
            return Err(format!(
                "the settings are not saved to {}, because another program that runs has this file: close that program, or give each program a file of its own",
                self.path.display()
            ));
        }
        replace(&self.path, text).map_err(told)
    }

    /// Renames the file, so that it is not overwritten: `settings.ron` becomes `settings.REASON.ron`. Returns the new path.
    pub(crate) fn move_aside(&mut self, reason: &str) -> Result<PathBuf, String> {
        self.aside(reason, |from, to| fs::rename(from, to))
    }

    /// Copies the file to a name that has the reason in it. Returns the path of the copy.
    pub(crate) fn copy_aside(&mut self, reason: &str) -> Result<PathBuf, String> {
        self.aside(reason, |from, to| fs::copy(from, to).map(drop))
    }

    fn aside(
        &mut self,
        reason: &str,
        act: impl Fn(&Path, &Path) -> io::Result<()>,
    ) -> Result<PathBuf, String> {
        let told = |error: io::Error| {
            format!(
                "{} could not be kept under another name: {error}. Move it away, so that settings can be saved",
                self.path.display()
            )
        };
        if !own(&self.path, &mut self.lock).map_err(told)? {
            return Err(format!(
                "{} is left where it is, because another program that runs has this file",
                self.path.display()
            ));
        }
        let free = (1..=MOST_ASIDE)
            .map(|number| with_reason(&self.path, reason, number))
            .find(|path| !path.exists())
            .ok_or_else(|| told(io::Error::other("there are a hundred files of that name")))?;
        act(&self.path, &free).map_err(told)?;
        Ok(free)
    }
}

/// Locks a file for this program, until the program ends. `false` if another program holds the lock.
fn own(path: &Path, lock: &mut Option<File>) -> io::Result<bool> {
    let beside = beside(path, ".lock");
    // Whoever removes the folder removes the lock, too.
    if lock.is_some() && beside.exists() {
        return Ok(true);
    }
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(beside)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(false),
        // Some network drives have no locks: then the newest settings count.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
        Err(TryLockError::Error(error)) => return Err(error),
    }
    *lock = Some(file);
    Ok(true)
}

/// The text of a file; `None` if there is no file.
pub(crate) fn read(path: &Path) -> Result<Option<String>, ReadError> {
    let told = |error: io::Error| {
        ReadError::Unreadable(format!("{} could not be read: {error}", path.display()))
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(told(error)),
    };
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(told)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(ReadError::Damaged(format!(
            "{} has more than {} MiB: it holds no settings",
            path.display(),
            MOST_BYTES >> 20
        )));
    }
    String::from_utf8(bytes).map(Some).map_err(|_| {
        ReadError::Damaged(format!(
            "{} holds no text, so it holds no settings",
            path.display()
        ))
    })
}

/// Replaces a file in one step: whoever reads it finds the old text or the new one.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let temporary = beside(path, ".new");
    let written = write_whole(&temporary, text).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // A half file must not fill the disk. If it cannot be removed, the next attempt overwrites it.
        let _ = fs::remove_file(&temporary);
    }
    written?;
    if let Some(folder) = path.parent() {
        sync_folder(folder);
    }
    Ok(())
}

fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Makes a renaming durable. Some file systems refuse this; the file is whole in any case, but a loss of power right now may bring back
/// the old one.
#[cfg(unix)]
fn sync_folder(folder: &Path) {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

/// Other systems have no such call: their renaming is durable by itself, or not at all.
#[cfg(not(unix))]
fn sync_folder(_: &Path) {}

/// The path with something added to its end: `settings.ron.new`.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// `settings.damaged.ron`, `settings.damaged-2.ron`.
fn with_reason(path: &Path, reason: &str, number: usize) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!(".{reason}"));
    if number > 1 {
        name.push(format!("-{number}"));
    }
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
pub(crate) mod tests;
