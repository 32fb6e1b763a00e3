//! A disk that keeps a recording that is to be replaced until the new one is complete.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use kinect_azure::recording::{LocalDisk, RecordingDisk, RecordingFile, numbered_path};

/// The most names that are tried for the new recording: a folder with more of these files is a mistake.
const MOST_NUMBERS: u32 = 100_000;

/// The computer's own files, where the new recording is called `visitors-2.mkv` while there is a `visitors.mkv`.
#[derive(Debug, Default)]
pub(super) struct CarefulDisk {
    disk: LocalDisk,
    beside: Beside,
}

/// The name under which the new recording is written, set once it begins, if its own name is taken.
#[derive(Clone, Debug, Default)]
pub(super) struct Beside(Arc<OnceLock<(PathBuf, PathBuf)>>);

impl Beside {
    /// The wanted name of the recording, and its present name.
    pub(super) fn names(&self) -> Option<&(PathBuf, PathBuf)> {
        self.0.get()
    }

    fn of<'a>(&'a self, path: &'a Path) -> &'a Path {
        match self.0.get() {
            Some((name, beside)) if name == path => beside,
            _ => path,
        }
    }
}

impl CarefulDisk {
    /// The names can be asked for while the disk is used.
    pub(super) fn new() -> (Self, Beside) {
        let disk = Self::default();
        let beside = disk.beside.clone();
        (disk, beside)
    }
}

impl RecordingDisk for CarefulDisk {
    fn create(&mut self, path: &Path, replace: bool) -> io::Result<Box<dyn RecordingFile>> {
        if !replace || std::fs::symlink_metadata(path).is_err() {
            return self.disk.create(path, false);
        }
        for number in 2..MOST_NUMBERS {
            let beside = numbered_path(path, number);
            match self.disk.create(&beside, false) {
                Ok(file) => {
                    // Only the first file of a recording can replace one.
                    let _ = self.beside.0.set((path.to_owned(), beside));
                    return Ok(file);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    fn free_bytes(&mut self, path: &Path) -> Option<u64> {
        self.disk.free_bytes(path)
    }

    fn is_there(&mut self, path: &Path) -> bool {
        self.disk.is_there(self.beside.of(path))
    }

    fn remove(&mut self, path: &Path) {
        self.disk.remove(self.beside.of(path));
    }
}
