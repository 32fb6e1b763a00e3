//! The errors of writing a recording.

use std::io;
use std::path::PathBuf;

use crate::source::SourceError;

/// An error of writing a recording: what happened, to which file or track, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// No recording can be made with the settings.
    #[error("cannot record with these settings: {0}")]
    Settings(String),
    /// The operating system could not create or write the file. The part that was written before can be played.
    #[error(
        "{}: cannot be written: {source}; check the folder, its access rights and the free space",
        path.display()
    )]
    Io {
        /// The recording.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// An image does not fit the recording's modes; nothing of its capture was written.
    #[error(
        "{track}: {found} does not fit the recording's {expected}; begin a new file when modes change"
    )]
    OtherModes {
        /// Name of the track.
        track: String,
        /// Format and size of the image.
        found: String,
        /// Format and size in the recording's settings.
        expected: String,
    },
    /// An image, sample or block does not belong in this recording; nothing of its capture was written.
    #[error("{track}: {problem}")]
    Unfit {
        /// Name of the track.
        track: String,
        /// The problem, and what to do.
        problem: String,
    },
    /// The data is older than data that is already in the file; it was left out.
    #[error(
        "{track}: {time_usec} µs is earlier than {written_usec} µs, which is already written; write in the order of \
         device times, at most 2 s late, and begin a new file when a sensor restarts"
    )]
    OutOfOrder {
        /// Name of the track.
        track: String,
        /// Device time of the refused data, in µs.
        time_usec: u64,
        /// Device time of the last frame in the file, in µs.
        written_usec: u64,
    },
    /// An earlier error stopped the recording.
    #[error("{}: recording stopped at an earlier error; begin a new file", .0.display())]
    Stopped(PathBuf),
    /// The source that is recorded failed.
    #[error(transparent)]
    Source(#[from] SourceError),
}
