//! The errors of single files of a capture.

use kinect_azure::transform::SizeMismatch;

use crate::files::WriteError;

/// The reason that one file of a capture is not written.
pub(crate) enum Broken {
    /// The image is broken; the export goes on without it.
    Image(String),
    /// The file cannot be written; the export ends.
    File(WriteError),
}

impl From<WriteError> for Broken {
    fn from(error: WriteError) -> Self {
        Self::File(error)
    }
}

impl From<SizeMismatch> for Broken {
    fn from(error: SizeMismatch) -> Self {
        Self::Image(error.to_string())
    }
}
