//! The folder of the command as the folder of body files.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use kinect_tracking::files::{BodyFileError, BodyFolder};

use crate::export::error::ExportError;
use crate::files::{Folder, PartFile, WriteError};

/// Body files that get their names once they are complete. Files that are not complete are removed with this folder.
pub(super) struct BodyFiles {
    folder: Folder,
    begun: Vec<(String, PartFile)>,
}

impl BodyFiles {
    pub(super) fn new(folder: &Folder) -> Self {
        Self {
            folder: folder.clone(),
            begun: Vec::new(),
        }
    }
}

impl BodyFolder for BodyFiles {
    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn begin(&mut self, name: &str) -> io::Result<File> {
        let part = self.folder.begin(name).map_err(io::Error::other)?;
        let handle = part.handle().map_err(io::Error::other)?;
        self.begun.push((name.to_owned(), part));
        Ok(handle)
    }

    fn end(&mut self, name: &str) -> io::Result<()> {
        match self.begun.iter().position(|(begun, _)| begun == name) {
            Some(index) => {
                let (_, part) = self.begun.swap_remove(index);
                part.finish().map_err(io::Error::other)
            }
            None => Ok(()),
        }
    }
}

/// Converts a writer's error to the command's own error, which gives the reason and advice.
pub(super) fn export_error(error: BodyFileError) -> ExportError {
    match error {
        BodyFileError::Io { path, error } => match error.downcast::<WriteError>() {
            Ok(error) => error.into(),
            Err(error) => WriteError::new(&PathBuf::from(path), error).into(),
        },
        other => ExportError::Bodies(other),
    }
}
