//! What a recording is written into: usually a file, and whatever stands for one.

use std::fmt;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

/// Small writes are put together to that many bytes.
const CAPACITY: usize = 64 * 1024;

/// What a recording can be written into: a file, or what stands for one.
pub trait RecordingFile: Write + Seek + Send {
    /// Cuts it to that length.
    ///
    /// # Errors
    /// When it cannot be cut.
    fn set_len(&mut self, len: u64) -> io::Result<()>;

    /// Returns once what was written would outlast a power cut.
    ///
    /// # Errors
    /// When something of it did not arrive.
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

/// A buffer in front of a file. Unlike the standard library's it can forget what it holds, and does not write when it
/// is dropped: after an error, bytes that were on their way must not follow.
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

    /// Cuts the file, forgets what was not written yet and goes on behind the cut.
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
