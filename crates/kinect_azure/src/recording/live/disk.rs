//! The disk to which a live recording's files are written.

#[cfg(not(windows))]
use std::fs::TryLockError;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use crate::recording::storage::same_file;
use crate::recording::writer::RecordingFile;

/// The disk, or a substitute for it, to which a [`LiveRecorder`](super::LiveRecorder) writes its files. Only the
/// recorder's thread calls it, so its methods may block. The recorder has one file open at a time.
pub trait RecordingDisk: Send {
    /// Creates a file. An existing file is replaced if `replace` is `true`.
    ///
    /// # Errors
    /// Fails if the file cannot be created; with [`io::ErrorKind::AlreadyExists`] if the file exists and `replace` is
    /// `false`.
    fn create(&mut self, path: &Path, replace: bool) -> io::Result<Box<dyn RecordingFile>>;

    /// Free space for files at that path, in bytes; `None` = not known.
    fn free_bytes(&mut self, path: &Path) -> Option<u64> {
        let _ = path;
        None
    }

    /// Whether the path still names the file that was created last.
    fn is_there(&mut self, path: &Path) -> bool {
        let _ = path;
        true
    }

    /// Removes the file that was created last, because nothing was recorded into it.
    fn remove(&mut self, path: &Path) {
        let _ = path;
    }
}

/// The computer's own file system.
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
        // On Windows other programs may read the file meanwhile, but neither write nor delete it; on other systems a
        // lock asks them not to.
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
            // Other errors do not prove that the open file is gone.
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
            // If removing fails, an empty file remains, which does no harm.
            let _ = std::fs::remove_file(path);
        }
        self.file = None;
    }
}
