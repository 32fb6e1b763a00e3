//! The errors of body files.

use std::io;
use std::path::Path;

/// Why bodies could not be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BodyFileError {
    /// The file could not be written or read.
    #[error("{path}: {error}; check the path, the access rights and the free space")]
    Io {
        /// The path of the file, or the kind of file if the path is not known.
        path: String,
        /// The operating system's error.
        error: io::Error,
    },
    /// The text is not JSON of body frames.
    #[error("the file is not JSON of bodies: {0}")]
    Json(#[from] serde_json::Error),
    /// A body does not have 32 joints.
    #[error("body {body} of frame {frame} has {found} joints instead of 32")]
    Joints {
        /// Counted from 1.
        frame: usize,
        /// The body's id.
        body: u32,
        /// Joints in the file.
        found: usize,
    },
    /// A line of a CSV file does not have 225 values.
    #[error("line {line} has {found} values instead of 225: a time, and 7 for each of 32 joints")]
    Width {
        /// Counted from 1.
        line: usize,
        /// Values in it.
        found: usize,
    },
    /// A value of a CSV file is not a finite number.
    #[error(
        "value {value} of line {line} is not a finite number: the file must have neither a heading nor gaps"
    )]
    Number {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        value: usize,
    },
    /// Times do not rise.
    #[error("frame {frame} is not later than the one before it: sort the frames by time")]
    Order {
        /// Counted from 1.
        frame: usize,
    },
    /// The file holds no frames.
    #[error("the file holds no frames: record some first")]
    Empty,
    /// The animation is larger than a GLB file can be.
    #[error(
        "the animation has more than 4 GB, which is the most that a GLB file holds: write shorter parts"
    )]
    TooLarge,
}

impl BodyFileError {
    /// The same error with the file's path, for writers that do not know it.
    pub(super) fn at(self, file: &Path) -> Self {
        match self {
            Self::Io { error, .. } => Self::Io {
                path: file.display().to_string(),
                error,
            },
            other => other,
        }
    }
}

/// The error of a writer that does not know the path of its file.
pub(super) fn io_error(what: &str) -> impl Fn(io::Error) -> BodyFileError + '_ {
    move |error| BodyFileError::Io {
        path: what.into(),
        error,
    }
}
