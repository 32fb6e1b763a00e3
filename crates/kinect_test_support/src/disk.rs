//! Disks that are slow, full or both.

use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use kinect_azure::recording::{LocalDisk, RecordingDisk, RecordingFile};

/// A real file's disk that can be filled up and slowed down.
#[derive(Default)]
pub struct TestDisk {
    local: LocalDisk,
    faults: Arc<Faults>,
}

/// The faults of a disk, which can be changed while it is used.
pub struct Faults {
    /// Bytes that fit into a file.
    pub capacity: AtomicU64,
    /// Microseconds that writing takes for each MiB.
    pub usec_per_mib: AtomicU64,
    /// The free space that the disk reports.
    pub free: AtomicU64,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            capacity: AtomicU64::new(u64::MAX),
            usec_per_mib: AtomicU64::new(0),
            free: AtomicU64::new(u64::MAX),
        }
    }
}

impl TestDisk {
    pub fn new() -> (Box<Self>, Arc<Faults>) {
        let disk = Self::default();
        let faults = Arc::clone(&disk.faults);
        (Box::new(disk), faults)
    }
}

impl RecordingDisk for TestDisk {
    fn create(&mut self, path: &Path, replace: bool) -> io::Result<Box<dyn RecordingFile>> {
        Ok(Box::new(TestFile {
            file: self.local.create(path, replace)?,
            faults: Arc::clone(&self.faults),
        }))
    }

    fn free_bytes(&mut self, _: &Path) -> Option<u64> {
        Some(self.faults.free.load(Ordering::Relaxed))
    }

    fn is_there(&mut self, path: &Path) -> bool {
        self.local.is_there(path)
    }

    fn remove(&mut self, path: &Path) {
        self.local.remove(path);
    }
}

struct TestFile {
    file: Box<dyn RecordingFile>,
    faults: Arc<Faults>,
}

impl Write for TestFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let slow = self.faults.usec_per_mib.load(Ordering::Relaxed);
        std::thread::sleep(Duration::from_micros((bytes.len() as u64 * slow) >> 20));
        let capacity = self.faults.capacity.load(Ordering::Relaxed);
        let left = capacity.saturating_sub(self.file.stream_position()?);
        if left == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let fits = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        self.file.write(&bytes[..fits])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for TestFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

impl RecordingFile for TestFile {
    fn set_len(&mut self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync()
    }
}
