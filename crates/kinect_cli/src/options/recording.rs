//! Where a recording is written to.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::files::{Rule, WriteError, recording_name};

/// The recording to write.
#[derive(Debug, Args)]
pub(crate) struct RecordingOptions {
    /// The recording to write; .mkv is added if the name has no extension
    #[arg(long, value_name = "FILE.mkv")]
    out: PathBuf,
    /// Replaces existing files
    #[arg(long)]
    pub(crate) overwrite: bool,
}

impl RecordingOptions {
    /// The recording's name.
    pub(crate) fn name(&self) -> Result<PathBuf, WriteError> {
        recording_name(&self.out)
    }

    /// The rule for the files of a command that reads these files.
    pub(crate) fn rule<'a>(&self, inputs: impl IntoIterator<Item = &'a Path>) -> Rule {
        Rule::new(self.overwrite, inputs)
    }
}
