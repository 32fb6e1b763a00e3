//! How a live recording is made.

use std::path::PathBuf;

/// How a [`LiveRecorder`](super::LiveRecorder) records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveSettings {
    /// Where to. In the file's name, `{date}` and `{time}` become the UTC date and time of the start (`2026-05-17`,
    /// `16-04-59`) and `{number}` the first number of three digits or more, from `001`, that no file has yet.
    pub path: PathBuf,
    /// What to do with a file that is there already: without, the recording fails and says so; with, the file is
    /// replaced. Names with `{number}` and further files of the same recording (`visitors-2.mkv`) never replace any.
    pub overwrite: bool,
    /// Memory for what the disk has not taken yet, in bytes; 512 MiB are some ten seconds of 720p MJPG and
    /// `NFOV_UNBINNED` at 30 captures a second. One capture is always taken, however large. The writer itself needs
    /// some six captures more, and up to 2 s of captures while inertial samples come late.
    pub most_queued_bytes: usize,
    /// Tags of the application's own: names of A–Z, 0–9, `-` and `_` that do not begin with `K4A_`, and values.
    pub tags: Vec<(String, String)>,
    /// Files that travel inside the recording: names and content.
    pub attachments: Vec<(String, Vec<u8>)>,
}

impl LiveSettings {
    /// Memory for what the disk has not taken yet, unless another value is set: 512 MiB.
    pub const MOST_QUEUED_BYTES: usize = 512 << 20;

    /// A recording to that path.
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
