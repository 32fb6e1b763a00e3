//! Positioned reads from a file or from memory.
//!
//! Recordings are read with `pread`-like calls rather than memory-mapped: if another program cuts a mapped file
//! short, the process is killed, while a short read is an ordinary error.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::RecordingError;

/// The bytes of a recording, in a file or in memory.
#[derive(Debug)]
pub(super) struct Storage {
    path: PathBuf,
    data: Data,
    len: u64,
}

#[derive(Debug)]
enum Data {
    File(File),
    Memory(Arc<[u8]>),
}

impl Storage {
    /// Opens a file.
    pub(super) fn open(path: &Path) -> Result<Self, RecordingError> {
        let fail = |source| RecordingError::open(path, source);
        // Checked before opening, because opening a pipe waits until another program writes into it.
        let metadata = std::fs::metadata(path).map_err(fail)?;
        if !metadata.is_file() {
            return Err(RecordingError::NotMatroska {
                path: path.to_owned(),
                reason: "it is a folder or a device; give the path of a file".to_owned(),
            });
        }
        let file = File::open(path).map_err(fail)?;
        let metadata = file.metadata().map_err(fail)?;
        Ok(Self {
            path: path.to_owned(),
            data: Data::File(file),
            len: metadata.len(),
        })
    }

    /// Bytes in memory under a name.
    pub(super) fn from_bytes(name: &Path, bytes: Arc<[u8]>) -> Self {
        Self {
            path: name.to_owned(),
            len: bytes.len() as u64,
            data: Data::Memory(bytes),
        }
    }

    /// The path the file was opened with.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Length in bytes when it was opened.
    pub(super) const fn len(&self) -> u64 {
        self.len
    }

    /// Length in bytes now.
    pub(super) fn current_len(&self) -> io::Result<u64> {
        match &self.data {
            Data::File(file) => Ok(file.metadata()?.len()),
            Data::Memory(bytes) => Ok(bytes.len() as u64),
        }
    }

    /// The open file's own metadata; `None` for bytes in memory.
    pub(super) fn file(&self) -> Option<&File> {
        match &self.data {
            Data::File(file) => Some(file),
            Data::Memory(_) => None,
        }
    }

    /// Fills `buffer` from `offset`. Callers never ask for more than [`len`](Self::len), so a short read means that the
    /// file has become shorter.
    pub(super) fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<(), RecordingError> {
        let mut done = 0;
        while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
            match self.read_some(offset + done as u64, rest) {
                Ok(0) => {
                    return Err(RecordingError::Truncated {
                        path: self.path.clone(),
                        expected: self.len,
                        found: self.current_len().unwrap_or(0),
                    });
                }
                Ok(count) => done += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => {
                    return Err(RecordingError::Io {
                        path: self.path.clone(),
                        offset: offset + done as u64,
                        source,
                    });
                }
            }
        }
        Ok(())
    }

    fn read_some(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match &self.data {
            Data::File(file) => read_file(file, offset, buffer),
            Data::Memory(bytes) => {
                let rest = usize::try_from(offset)
                    .ok()
                    .and_then(|start| bytes.get(start..))
                    .unwrap_or_default();
                let count = rest.len().min(buffer.len());
                buffer[..count].copy_from_slice(&rest[..count]);
                Ok(count)
            }
        }
    }
}

#[cfg(unix)]
fn read_file(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_file(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

/// On other systems the standard library has no positioned reads; only recordings in memory work there.
#[cfg(not(any(unix, windows)))]
fn read_file(_: &File, _: u64, _: &mut [u8]) -> io::Result<usize> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Whether two metadata are of the same file.
#[cfg(unix)]
pub(super) fn same_file(a: &std::fs::Metadata, b: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

/// Whether two metadata are of the same file, as far as this system's metadata can tell.
#[cfg(not(unix))]
pub(super) fn same_file(a: &std::fs::Metadata, b: &std::fs::Metadata) -> bool {
    a.len() == b.len()
}
