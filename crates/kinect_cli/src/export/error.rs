//! The errors that end an export early.

use std::io;
use std::path::PathBuf;

use kinect_azure::recording::RecordingError;
use kinect_tracking::files::BodyFileError;
use kinect_tracking::tracker::TrackerError;

use crate::files::WriteError;

/// The errors that end an export early.
#[derive(Debug, thiserror::Error)]
pub(super) enum ExportError {
    #[error(transparent)]
    Recording(#[from] RecordingError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("{}: has no {what}, but --only asks for it; `kinect info` says what the recording has", file.display())]
    NotInRecording { file: PathBuf, what: &'static str },
    #[error(
        "{}: {what} need {missing}; export other streams with --only color,depth,ir,imu",
        file.display()
    )]
    Missing {
        file: PathBuf,
        what: &'static str,
        missing: String,
    },
    #[error(
        "{}: the recording has nothing that can be exported{}",
        file.display(),
        because(warnings)
    )]
    Nothing {
        file: PathBuf,
        /// The recording's warnings.
        warnings: Vec<String>,
    },
    #[error(
        "{}: --from {} s is beyond the end: the recording is {} s long",
        file.display(),
        *from as f64 / 1e6,
        *length as f64 / 1e6
    )]
    BeyondTheEnd {
        file: PathBuf,
        from: u64,
        length: u64,
    },
    #[error(
        "no thread could be started: {0}; close programs or raise the limit of threads, then run the command again"
    )]
    NoThread(io::Error),
    #[error("{0}")]
    Json(String),
    #[error(
        "no bodies can be exported: {0} (`kinect export --help` describes --tracker and --model)"
    )]
    Tracker(String),
    #[error("the bodies cannot be written: {0}")]
    Bodies(BodyFileError),
}

impl From<TrackerError> for ExportError {
    fn from(error: TrackerError) -> Self {
        Self::Tracker(error.message)
    }
}

fn because(warnings: &[String]) -> String {
    if warnings.is_empty() {
        ": it holds no images and no inertial samples".to_owned()
    } else {
        format!(": {}", warnings.join("; "))
    }
}
