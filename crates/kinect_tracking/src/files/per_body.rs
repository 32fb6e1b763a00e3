//! A file for each body.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use kinect_azure::body::BodyFrame;

use super::bvh::BvhWriter;
use super::csv::CsvWriter;
use super::error::BodyFileError;
use super::folder::{BodyFolder, io_error_at};
use super::format::BodyFormat;
use super::gltf::GltfWriter;
use super::writer::{BodyWriter, OneBodyWriter};

/// Writes a file for each body: `bodies-ID.csv` and so on. If a body is not seen for a minute, its file is completed
/// and closed, so that a day of visitors does not keep a thousand files open. If the body is seen again later, it gets
/// a second file, `bodies-ID-2.csv`.
pub struct PerBodyFiles {
    format: BodyFormat,
    // Dropped before the folder, which may remove files that are not complete.
    open: Vec<OpenFile>,
    folder: Box<dyn BodyFolder>,
    /// Ids whose file was completed, with the number of files that each id has had.
    ended: Vec<(u32, u32)>,
}

struct OpenFile {
    id: u32,
    name: String,
    last_usec: u64,
    writer: Box<dyn OneBodyWriter>,
}

/// A file is completed when its body has not been seen for this time, in µs.
const END_AFTER_USEC: u64 = 60_000_000;

impl PerBodyFiles {
    /// Writes files of one format into a folder. [`BodyFormat::Json`] gives CSV files, because a JSON file holds all
    /// bodies.
    pub fn new(format: BodyFormat, folder: &Path) -> Self {
        Self::within(format, Box::new(PathBuf::from(folder)))
    }

    /// Like [`new`](Self::new), in a folder with rules of its own.
    pub fn within(format: BodyFormat, folder: Box<dyn BodyFolder>) -> Self {
        Self {
            format,
            open: Vec::new(),
            folder,
            ended: Vec::new(),
        }
    }

    fn start(&mut self, id: u32, last_usec: u64) -> Result<OpenFile, BodyFileError> {
        let part = self
            .ended
            .iter()
            .find(|(ended, _)| *ended == id)
            .map_or(String::new(), |(_, files)| format!("-{}", files + 1));
        let name = format!("bodies-{id}{part}.{}", self.format.extension());
        let file = self.folder.begin(&name);
        let file = file.map_err(|error| io_error_at(&*self.folder, &name, error))?;
        let file = BufWriter::new(file);
        let writer: Box<dyn OneBodyWriter> = match self.format {
            BodyFormat::Json | BodyFormat::Csv => Box::new(CsvWriter::new(file)),
            BodyFormat::Bvh => Box::new(BvhWriter::new(file, BvhWriter::<File>::FRAMES_PER_SECOND)),
            BodyFormat::Gltf => Box::new(GltfWriter::new(file)),
        };
        Ok(OpenFile {
            id,
            name,
            last_usec,
            writer,
        })
    }
}

impl OpenFile {
    fn path(&self, folder: &dyn BodyFolder) -> PathBuf {
        folder.path().join(&self.name)
    }

    fn end(self, folder: &mut dyn BodyFolder) -> Result<(), BodyFileError> {
        let path = self.path(folder);
        let ended = self.writer.finish();
        ended.map_err(|error| error.at(&path))?;
        let kept = folder.end(&self.name);
        kept.map_err(|error| io_error_at(folder, &self.name, error))
    }
}

impl BodyWriter for PerBodyFiles {
    fn write(&mut self, frame: &BodyFrame) -> Result<(), BodyFileError> {
        let now = frame.device_timestamp_usec;
        for body in &frame.bodies {
            let at = match self.open.iter().position(|file| file.id == body.id) {
                Some(at) => at,
                None => {
                    let file = self.start(body.id, now)?;
                    self.open.push(file);
                    self.open.len() - 1
                }
            };
            let file = &mut self.open[at];
            file.last_usec = now;
            let written = file.writer.write(body, now);
            written.map_err(|error| error.at(&file.path(&*self.folder)))?;
        }
        let mut index = 0;
        while let Some(file) = self.open.get(index) {
            if now.saturating_sub(file.last_usec) <= END_AFTER_USEC {
                index += 1;
                continue;
            }
            let file = self.open.swap_remove(index);
            match self.ended.iter_mut().find(|(id, _)| *id == file.id) {
                Some((_, files)) => *files += 1,
                None => self.ended.push((file.id, 1)),
            }
            file.end(&mut *self.folder)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), BodyFileError> {
        // All files are completed, even if completing one of them fails.
        let mut result = Ok(());
        for file in core::mem::take(&mut self.open) {
            let ended = file.end(&mut *self.folder);
            if result.is_ok() {
                result = ended;
            }
        }
        result
    }
}
