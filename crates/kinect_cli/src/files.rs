//! Files that appear under their name only when they are whole: written beside it as `NAME.part`, then renamed.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A file or folder that could not be written, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {source}{}", path.display(), advice(source))]
pub(crate) struct WriteError {
    path: PathBuf,
    source: io::Error,
}

impl WriteError {
    pub(crate) fn new(path: &Path, source: io::Error) -> Self {
        Self {
            path: path.to_owned(),
            source,
        }
    }
}

fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "; the disk is full: free some space or choose another --out, then run the same command again"
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "; you may not write there: choose another --out or change its access rights"
        }
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
            "; something on that path is a file: choose another --out"
        }
        ErrorKind::IsADirectory => "; a folder has that name: remove it or choose another --out",
        _ => "",
    }
}

/// Writes a whole file at once.
pub(crate) fn write_whole(path: PathBuf, bytes: &[u8]) -> Result<(), WriteError> {
    let mut file = PartFile::create(path)?;
    file.write(bytes)?;
    file.finish()
}

/// A file on its way.
#[derive(Debug)]
pub(crate) struct PartFile {
    path: PathBuf,
    part: PathBuf,
    file: Option<BufWriter<File>>,
}

impl PartFile {
    /// Begins a file.
    pub(crate) fn create(path: PathBuf) -> Result<Self, WriteError> {
        let mut part = path.clone().into_os_string();
        part.push(".part");
        let part = PathBuf::from(part);
        let file = File::create(&part).map_err(|e| WriteError::new(&part, e))?;
        Ok(Self {
            path,
            part,
            file: Some(BufWriter::new(file)),
        })
    }

    /// Appends.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.file
            .as_mut()
            .map_or(Ok(()), |file| file.write_all(bytes))
            .map_err(|e| WriteError::new(&self.path, e))
    }

    /// Gives the file its name.
    pub(crate) fn finish(mut self) -> Result<(), WriteError> {
        let named = self
            .file
            .take()
            .map_or(Ok(()), |mut file| file.flush())
            .and_then(|()| fs::rename(&self.part, &self.path));
        named.map_err(|e| {
            let _ = fs::remove_file(&self.part);
            WriteError::new(&self.path, e)
        })
    }
}

impl Drop for PartFile {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // Given up on the way; there is nothing more to do if even that fails.
            let _ = fs::remove_file(&self.part);
        }
    }
}
