//! Files that get their name once they are complete.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::error::WriteError;
use super::identity::leads_to;
use super::rule::Rule;
use super::writing;

/// How often opening is tried while another program takes and gives up the same name.
const ATTEMPTS: u32 = 16;

/// A file that is being written. If it is dropped before it is [finished](Self::finish), it is removed.
#[derive(Debug)]
pub(crate) struct PartFile {
    /// The name as the user wrote it, for messages.
    name: PathBuf,
    path: PathBuf,
    part: PathBuf,
    replace: bool,
    file: Option<BufWriter<File>>,
}

impl PartFile {
    /// Begins a file that the rule allows.
    pub(crate) fn create(rule: &Rule, name: PathBuf) -> Result<Self, WriteError> {
        rule.check(&name)?;
        // A link is kept, and the file that it leads to is replaced.
        let is_link = fs::symlink_metadata(&name).is_ok_and(|found| found.is_symlink());
        let target = is_link.then(|| fs::canonicalize(&name).ok()).flatten();
        let path = target.unwrap_or_else(|| name.clone());
        let mut part = path.clone().into_os_string();
        part.push(".kinect.part");
        let part = PathBuf::from(part);
        let making = writing::making();
        let file = open(rule, &part, &name)?;
        writing::begun(&part);
        drop(making);
        Ok(Self {
            name,
            path,
            part,
            replace: rule.overwrites(),
            file: Some(BufWriter::new(file)),
        })
    }

    /// Appends bytes.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        let written = self
            .file
            .as_mut()
            .map_or(Ok(()), |file| file.write_all(bytes));
        written.map_err(|error| self.failed(error))
    }

    /// A second handle of the file, for a writer that needs a `File`. It must be dropped before the file is finished.
    pub(crate) fn handle(&self) -> Result<File, WriteError> {
        let handle = self.file.as_ref().map(|file| file.get_ref().try_clone());
        handle
            .unwrap_or_else(|| Err(ErrorKind::NotFound.into()))
            .map_err(|error| self.failed(error))
    }

    /// Writes everything to the operating system, so that only the name is missing.
    pub(crate) fn flush(&mut self) -> Result<(), WriteError> {
        let flushed = self.file.as_mut().map_or(Ok(()), BufWriter::flush);
        flushed.map_err(|error| self.failed(error))
    }

    /// Gives the file its name.
    pub(crate) fn finish(mut self) -> Result<(), WriteError> {
        self.flush()?;
        // Windows cannot rename an open file; on other systems the file's lock keeps other programs away until it has
        // its name.
        #[cfg(windows)]
        drop(self.file.take());
        let named = if self.replace {
            fs::rename(&self.part, &self.path)
        } else {
            name_new(&self.part, &self.path)
        };
        match named {
            Ok(()) => {
                writing::ended(&self.part);
                drop(self.file.take());
                self.part.clear();
                Ok(())
            }
            Err(error) if !self.replace && error.kind() == ErrorKind::AlreadyExists => {
                Err(WriteError::Exists {
                    path: self.name.clone(),
                    others: 0,
                })
            }
            Err(error) => Err(self.failed(error)),
        }
    }

    fn failed(&self, error: io::Error) -> WriteError {
        WriteError::new(&self.name, error)
    }
}

impl Drop for PartFile {
    fn drop(&mut self) {
        // Discards the buffer: writing it could fail again, and the file is removed anyway.
        if let Some(file) = self.file.take() {
            drop(file.into_parts());
        }
        if !self.part.as_os_str().is_empty() {
            // If removing fails, too, nothing more can be done.
            let _ = fs::remove_file(&self.part);
            writing::ended(&self.part);
        }
    }
}

/// Opens the unfinished file: a new one, or one that a killed program left. `name` is the final name, for messages.
fn open(rule: &Rule, part: &Path, name: &Path) -> Result<File, WriteError> {
    let failed = |error| Err(WriteError::new(name, error));
    let busy = || {
        Err(WriteError::Busy {
            path: name.to_owned(),
        })
    };
    for _ in 0..ATTEMPTS {
        let file = match options().create_new(true).open(part) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                match fs::symlink_metadata(part) {
                    Ok(found) if found.is_file() => {}
                    Ok(_) => {
                        return Err(WriteError::NotAFile {
                            path: part.to_owned(),
                        });
                    }
                    Err(error) if error.kind() == ErrorKind::NotFound => continue,
                    Err(error) => return failed(error),
                }
                rule.check_inputs(part)?;
                match options().open(part) {
                    Ok(file) => file,
                    Err(error) if error.kind() == ErrorKind::NotFound => continue,
                    Err(error) => return failed(error),
                }
            }
            Err(error) => return failed(error),
        };
        // Where the file system has no locks, two programs at once are not noticed.
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return busy();
        }
        // Between opening and locking, another program may have renamed the file to its final name: then it belongs
        // to that program.
        if leads_to(part, &file) {
            return match file.set_len(0) {
                Ok(()) => Ok(file),
                Err(error) => failed(error),
            };
        }
    }
    busy()
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    // Until the handle is closed, other programs may read the file, but neither write nor delete it.
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 1);
    options
}

/// Gives a file a name that is not in use; fails with `AlreadyExists` if another file has got the name.
fn name_new(part: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(part, path) {
        Ok(()) => fs::remove_file(part),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
        // File systems without hard links (FAT): not quite as safe against another program at the same moment.
        Err(_) => match fs::symlink_metadata(path) {
            Ok(_) => Err(ErrorKind::AlreadyExists.into()),
            Err(_) => fs::rename(part, path),
        },
    }
}
