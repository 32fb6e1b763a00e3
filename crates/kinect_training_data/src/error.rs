//! The errors of the program.

use std::path::PathBuf;

use kinect_azure::SourceError;
use kinect_azure::recording::RecordingError;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{}: {error}", path.display())]
    File {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("{}: {error}", path.display())]
    Json {
        path: PathBuf,
        error: serde_json::Error,
    },
    #[error("the simulation: {0}")]
    Simulation(#[from] SourceError),
    #[error("the recording: {0}")]
    Recording(#[from] RecordingError),
    #[error("{}: the recording has no calibration", .0.display())]
    NoCalibration(PathBuf),
    #[error("threads cannot be started: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}
