//! Where a live recording's files go.

#[cfg(not(windows))]
use std::fs::TryLockError;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use crate::recording::storage::same_file;
use crate::recording::writer::RecordingFile;

/// Where a [`LiveRecorder`](super::LiveRecorder)'s files go: a disk, or what stands for one. It is used by the
/// recorder's thread alone, which may wait for it, and holds one file at a time.
pub trait RecordingDisk: Send {
    /// Creates a file; one that is there is replaced where `replace` says so.
    ///
    /// # Errors
    /// When it cannot be created; [`io::ErrorKind::AlreadyExists`] when there is one and it must not be replaced.
    fn create(&mut self, path: &Path, replace: bool) -> io::Result<Box<dyn RecordingFile>>;

    /// Bytes that files at that path may still grow by; `None` = not known.
    fn free_bytes(&mut self, path: &Path) -> Option<u64> {
        let _ = path;
        None
    }

    /// Whether the path still leads to the file that was created last.
    fn is_there(&mut self, path: &Path) -> bool {
        let _ = path;
        true
    }

    /// Removes the file that was created last: nothing was recorded.
    fn remove(&mut self, path: &Path) {
        let _ = path;
    }
}

/// The computer's own files.
#[derive(Debug, Default)]
pub struct LocalDisk {
    /// A second handle of the file that was created last.
    file: Option<File>,
}

impl RecordingDisk for LocalDisk {
    fn create(&mut self, path: &Path, replace: bool) -> io::Result<Box<dyn RecordingFile>> {
        let mut options = OpenOptions::new();
        options.write(true);
        if replace {
            options.create(true);
        } else {
            options.create_new(true);
        }
        // On Windows others may read it meanwhile, but neither write nor delete it; elsewhere a lock says as much.
        #[cfg(windows)]
        std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 1);
        let file = options.open(path)?;
        #[cfg(not(windows))]
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Err(io::ErrorKind::ResourceBusy.into());
        }
        if replace && file.metadata()?.is_file() {
            file.set_len(0)?;
        }
        self.file = file.try_clone().ok();
        Ok(Box::new(file))
    }

    fn free_bytes(&mut self, path: &Path) -> Option<u64> {
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        fs4::available_space(folder.unwrap_or(Path::new("."))).ok()
    }

    fn is_there(&mut self, path: &Path) -> bool {
        let Some(open) = self.file.as_ref().and_then(|file| file.metadata().ok()) else {
            return true;
        };
        match std::fs::metadata(path) {
            Ok(found) => same_file(&found, &open),
            // Anything else does not say that the open file is gone.
            Err(error) => error.kind() != io::ErrorKind::NotFound,
        }
    }

    fn remove(&mut self, path: &Path) {
        let regular = self
            .file
            .as_ref()
            .and_then(|file| file.metadata().ok())
            .is_some_and(|file| file.is_file());
        if regular && self.is_there(path) {
            // An empty file that stays does no harm.
            let _ = std::fs::remove_file(path);
        }
        self.file = None;
    }
}
