//! Opens a writer of any format.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use kinect_azure::body::BodyFrame;

use super::error::BodyFileError;
use super::folder::{BodyFolder, io_error_at};
use super::format::BodyFormat;
use super::json::JsonWriter;
use super::per_body::PerBodyFiles;
use super::writer::BodyWriter;

/// Opens a writer for all bodies of a sensor, which creates its files in a folder: `bodies.json`, or `bodies-ID.csv`
/// and so on for each body.
///
/// # Errors
/// Fails if the file cannot be created.
pub fn create(format: BodyFormat, folder: &Path) -> Result<Box<dyn BodyWriter>, BodyFileError> {
    create_in(format, Box::new(PathBuf::from(folder)))
}

/// Like [`create`], in a folder with rules of its own.
///
/// # Errors
/// Fails if the file cannot be created.
pub fn create_in(
    format: BodyFormat,
    folder: Box<dyn BodyFolder>,
) -> Result<Box<dyn BodyWriter>, BodyFileError> {
    match format {
        BodyFormat::Json => Ok(Box::new(JsonFile::create(folder)?)),
        BodyFormat::Csv | BodyFormat::Bvh | BodyFormat::Gltf => {
            Ok(Box::new(PerBodyFiles::within(format, folder)))
        }
    }
}

/// The one file of all bodies.
struct JsonFile {
    // Dropped before the folder, which may remove a file that is not complete.
    writer: JsonWriter<BufWriter<File>>,
    folder: Box<dyn BodyFolder>,
}

impl JsonFile {
    const NAME: &str = "bodies.json";

    fn create(mut folder: Box<dyn BodyFolder>) -> Result<Self, BodyFileError> {
        let file = folder.begin(Self::NAME);
        let file = file.map_err(|error| io_error_at(&*folder, Self::NAME, error))?;
        Ok(Self {
            writer: JsonWriter::new(BufWriter::new(file)),
            folder,
        })
    }
}

impl BodyWriter for JsonFile {
    fn write(&mut self, frame: &BodyFrame) -> Result<(), BodyFileError> {
        let written = self.writer.write(frame);
        written.map_err(|error| error.at(&self.folder.path().join(Self::NAME)))
    }

    fn finish(self: Box<Self>) -> Result<(), BodyFileError> {
        let Self { writer, mut folder } = *self;
        let ended = writer.into_inner().map(drop);
        ended.map_err(|error| error.at(&folder.path().join(Self::NAME)))?;
        let kept = folder.end(Self::NAME);
        kept.map_err(|error| io_error_at(&*folder, Self::NAME, error))
    }
}
