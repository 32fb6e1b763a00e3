//! The folder that a writer fills with files.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::error::BodyFileError;

/// The folder that a writer fills with files. A [`PathBuf`] is one; a program with rules of its own for files, such as
/// temporary names until a file is complete, implements this trait.
pub trait BodyFolder: Send {
    /// The folder's path, for error messages.
    fn path(&self) -> &Path;

    /// Creates a file; an existing one loses its content.
    ///
    /// # Errors
    /// Fails if the file cannot be created.
    fn begin(&mut self, name: &str) -> io::Result<File>;

    /// Called when a file is complete and the writer has closed it.
    ///
    /// # Errors
    /// Fails if the file cannot be kept.
    fn end(&mut self, name: &str) -> io::Result<()>;
}

impl BodyFolder for PathBuf {
    fn path(&self) -> &Path {
        self
    }

    fn begin(&mut self, name: &str) -> io::Result<File> {
        File::create(self.join(name))
    }

    fn end(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }
}

/// Adds a file's path to the system's error.
pub(super) fn io_error_at(folder: &dyn BodyFolder, name: &str, error: io::Error) -> BodyFileError {
    BodyFileError::Io {
        path: folder.path().join(name).display().to_string(),
        error,
    }
}
