//! The errors of reading a recording, with advice on what to do.

use std::io;
use std::path::{Path, PathBuf};

use crate::source::{SourceError, SourceErrorKind};

/// Why a recording cannot be opened, or why one piece of it cannot be read.
///
/// [`is_local`](Self::is_local) distinguishes the two: after a local error the next call goes on behind the damage.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordingError {
    /// The file does not exist.
    #[error("{}: there is no such file; check the path", .0.display())]
    NotFound(PathBuf),
    /// The user has no permission to read the file.
    #[error("{}: no permission to read this file; change its access rights or copy it", .0.display())]
    Permission(PathBuf),
    /// The operating system could not read the file.
    #[error("{}: cannot be read at byte {offset}: {source}; check the disk or the connection to it", path.display())]
    Io {
        /// The recording.
        path: PathBuf,
        /// Where in the file reading failed.
        offset: u64,
        /// The operating system's error.
        source: io::Error,
    },
    /// The file became shorter after it was opened.
    #[error(
        "{}: was cut to {found} of {expected} bytes while it was open; restore the file and open it again",
        path.display()
    )]
    Truncated {
        /// The recording.
        path: PathBuf,
        /// Length in bytes when it was opened.
        expected: u64,
        /// Length in bytes now.
        found: u64,
    },
    /// The file is not a Matroska file, or ends before its first track.
    #[error("{}: is not a Matroska (.mkv) recording: {reason}", path.display())]
    NotMatroska {
        /// The file.
        path: PathBuf,
        /// How the file differs from a Matroska file.
        reason: String,
    },
    /// The file is a Matroska file, but not of an Azure Kinect.
    #[error(
        "{}: is a Matroska file but not an Azure Kinect recording: {reason}; record with k4arecorder or convert it \
         without dropping its tracks and tags",
        path.display()
    )]
    NotKinect {
        /// The file.
        path: PathBuf,
        /// The missing tracks or tags.
        reason: String,
    },
    /// A track contradicts the recording's tags.
    #[error("{}: track {track}: {found}, expected {expected}; {advice}", path.display())]
    Track {
        /// The recording.
        path: PathBuf,
        /// Name of the track.
        track: String,
        /// The value in the file.
        found: String,
        /// The value that was expected.
        expected: String,
        /// What to do.
        advice: &'static str,
    },
    /// Nothing in the recording can be played: other tools changed its tracks.
    #[error("{}: nothing in this recording can be played: {reason}; use the original recording", path.display())]
    NothingPlayable {
        /// The recording.
        path: PathBuf,
        /// Why each track cannot be played.
        reason: String,
    },
    /// One frame cannot be used; the next call goes on after it.
    #[error("{}: the {track} frame at {time_usec} µs (byte {offset}) {problem}; skipped", path.display())]
    BadFrame {
        /// The recording.
        path: PathBuf,
        /// Name of the track.
        track: String,
        /// Time of the frame since the start of the recording in µs.
        time_usec: u64,
        /// Where the frame's bytes begin.
        offset: u64,
        /// The problem of the frame.
        problem: String,
    },
    /// A stretch of the file holds no readable data; the next call goes on after it.
    #[error("{}: damaged from byte {offset} ({problem}); continuing behind it", path.display())]
    Damaged {
        /// The recording.
        path: PathBuf,
        /// Where the damage begins.
        offset: u64,
        /// The kind of damage.
        problem: &'static str,
    },
    /// The recording has no track of that name that can be read this way.
    #[error("{}: has no custom track named \"{track}\"; its tracks are: {available}", path.display())]
    NoSuchTrack {
        /// The recording.
        path: PathBuf,
        /// The requested name.
        track: String,
        /// The names that exist.
        available: String,
    },
    /// The recording has no attachment of that name.
    #[error("{}: has no attachment named \"{name}\"; its attachments are: {available}", path.display())]
    NoSuchAttachment {
        /// The recording.
        path: PathBuf,
        /// The requested name.
        name: String,
        /// The names that exist.
        available: String,
    },
    /// An attachment is larger than the limit.
    #[error("{}: the attachment \"{name}\" has {size} bytes, more than the limit of {limit}", path.display())]
    AttachmentTooLarge {
        /// The recording.
        path: PathBuf,
        /// The attachment.
        name: String,
        /// Its size in bytes.
        size: u64,
        /// The largest size that is read, in bytes.
        limit: u64,
    },
}

impl RecordingError {
    /// Whether only one capture, sample or part of the file is lost, so that the next call continues after it.
    pub const fn is_local(&self) -> bool {
        matches!(self, Self::BadFrame { .. } | Self::Damaged { .. })
    }

    /// The error of opening or examining `path`.
    pub(super) fn open(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                Self::NotFound(path.to_owned())
            }
            io::ErrorKind::PermissionDenied => Self::Permission(path.to_owned()),
            _ => Self::Io {
                path: path.to_owned(),
                offset: 0,
                source,
            },
        }
    }
}

impl From<RecordingError> for SourceError {
    fn from(error: RecordingError) -> Self {
        let kind = match &error {
            RecordingError::BadFrame { .. } | RecordingError::Damaged { .. } => {
                SourceErrorKind::BadCapture
            }
            RecordingError::Truncated { .. } => SourceErrorKind::Lost,
            RecordingError::NotFound(_) => SourceErrorKind::FileMissing,
            RecordingError::Permission(_) => SourceErrorKind::NotPermitted,
            RecordingError::Io { source, .. } => match source.kind() {
                io::ErrorKind::OutOfMemory => SourceErrorKind::OutOfMemory,
                _ => SourceErrorKind::FileUnreadable,
            },
            RecordingError::NotMatroska { .. } | RecordingError::NotKinect { .. } => {
                SourceErrorKind::NotARecording
            }
            RecordingError::NothingPlayable { .. } => SourceErrorKind::NothingPlayable,
            RecordingError::Track { .. } => SourceErrorKind::BadFile,
            RecordingError::NoSuchTrack { .. }
            | RecordingError::NoSuchAttachment { .. }
            | RecordingError::AttachmentTooLarge { .. } => SourceErrorKind::Other,
        };
        Self::new(kind, error.to_string())
    }
}
