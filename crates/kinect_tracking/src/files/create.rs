//! Opens a writer of any format.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use super::error::BodyFileError;
use super::format::BodyFormat;
use super::json::JsonWriter;
use super::per_body::PerBodyFiles;
use super::writer::BodyWriter;

/// Opens a writer for all bodies of a sensor, which makes its files in a folder: `bodies.json`, or `bodies-ID.csv`
/// and so on for each body.
///
/// # Errors
/// The file cannot be created.
pub fn create(format: BodyFormat, folder: &Path) -> Result<Box<dyn BodyWriter>, BodyFileError> {
    match format {
        BodyFormat::Json => {
            let path = folder.join("bodies.json");
            let file = File::create(&path).map_err(|error| BodyFileError::Io {
                path: path.display().to_string(),
                error,
            })?;
            Ok(Box::new(JsonWriter::new(BufWriter::new(file))))
        }
        BodyFormat::Csv | BodyFormat::Bvh | BodyFormat::Gltf => {
            Ok(Box::new(PerBodyFiles::new(format, folder)))
        }
    }
}
