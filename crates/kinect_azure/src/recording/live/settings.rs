//! The settings of a live recording.

use std::path::PathBuf;

/// The settings of a [`LiveRecorder`](super::LiveRecorder).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveSettings {
    /// The path of the file. In the file's name, `{date}` and `{time}` become the UTC date and time of the start
    /// (`2026-05-17`, `16-04-59`) and `{number}` the first number of three digits or more, from `001`, that no file
    /// of that name has yet.
    pub path: PathBuf,
    /// Whether an existing file is replaced; if `false`, the recording fails with an error that says so. Names with
    /// `{number}` and further files of the same recording (`visitors-2.mkv`) never replace a file.
    pub overwrite: bool,
    /// Memory for data that the disk has not taken yet, in bytes; 512 MiB hold some ten seconds of 720p MJPG and
    /// `NFOV_UNBINNED` at 30 captures a second. An empty queue takes a capture of any size. The writer keeps about six
    /// more captures in memory, or up to 2 s of captures while inertial samples come late.
    pub most_queued_bytes: usize,
    /// The application's own tags, each a name and a value. A name consists of A–Z, 0–9, `-` and `_`, and does not
    /// begin with `K4A_`.
    pub tags: Vec<(String, String)>,
    /// Files that are stored in the recording, each with its name and content.
    pub attachments: Vec<(String, Vec<u8>)>,
}

impl LiveSettings {
    /// The default of [`most_queued_bytes`](Self::most_queued_bytes): 512 MiB.
    pub const MOST_QUEUED_BYTES: usize = 512 << 20;

    /// Default settings for a recording to that path.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            overwrite: false,
            most_queued_bytes: Self::MOST_QUEUED_BYTES,
            tags: Vec::new(),
            attachments: Vec::new(),
        }
    }
}
