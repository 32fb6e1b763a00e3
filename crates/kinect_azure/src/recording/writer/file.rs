//! The output of a recording: a file, or a substitute for one.

use std::fmt;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

/// The size of the buffer that collects small writes, in bytes.
const CAPACITY: usize = 64 * 1024;

/// The output of a recording: a file, or a substitute for one.
pub trait RecordingFile: Write + Seek + Send {
    /// Cuts the file to that length.
    ///
    /// # Errors
    /// Fails if the file cannot be shortened.
    fn set_len(&mut self, len: u64) -> io::Result<()>;

    /// Returns once the written data would survive a power cut.
    ///
    /// # Errors
    /// Fails if some of the data could not be written to the disk.
    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl RecordingFile for File {
    fn set_len(&mut self, len: u64) -> io::Result<()> {
        File::set_len(self, len)
    }

    fn sync(&mut self) -> io::Result<()> {
        match self.sync_data() {
            // Pipes and some devices have nothing to synchronise.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            result => result,
        }
    }
}

impl RecordingFile for io::Cursor<Vec<u8>> {
    fn set_len(&mut self, len: u64) -> io::Result<()> {
        let len = usize::try_from(len).map_err(io::Error::other)?;
        self.get_mut().resize(len, 0);
        Ok(())
    }
}

/// A buffer in front of a file. Unlike the standard library's buffer, it can discard its content, and it does not
/// write when it is dropped: after an error, buffered bytes must not be written.
pub(super) struct Buffered {
    file: Box<dyn RecordingFile>,
    buffer: Vec<u8>,
}

impl fmt::Debug for Buffered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffered").finish_non_exhaustive()
    }
}

impl Buffered {
    pub(super) fn new(file: Box<dyn RecordingFile>) -> Self {
        Self {
            file,
            buffer: Vec::with_capacity(CAPACITY),
        }
    }

    pub(super) fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.buffer.len() + bytes.len() > CAPACITY {
            self.flush()?;
        }
        if bytes.len() >= CAPACITY {
            return self.file.write_all(bytes);
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.file.write_all(&self.buffer)?;
        self.buffer.clear();
        self.file.flush()
    }

    pub(super) fn seek(&mut self, position: u64) -> io::Result<()> {
        self.flush()?;
        self.file.seek(SeekFrom::Start(position)).map(drop)
    }

    /// Cuts the file, discards the buffered bytes and continues behind the cut.
    pub(super) fn cut(&mut self, len: u64) -> io::Result<()> {
        self.buffer.clear();
        self.file.set_len(len)?;
        self.file.seek(SeekFrom::Start(len)).map(drop)
    }

    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.flush()?;
        self.file.sync()
    }
}
