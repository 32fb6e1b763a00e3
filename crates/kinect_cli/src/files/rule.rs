//! The rule for writing files.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::error::WriteError;
use super::identity::same;

/// Which files a command may write: existing files only with `--overwrite`, and never the files that it reads.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rule {
    overwrite: bool,
    inputs: Vec<PathBuf>,
}

impl Rule {
    /// The rule of a command that was given `--overwrite` or not, and reads these files.
    pub(crate) fn new<'a>(overwrite: bool, inputs: impl IntoIterator<Item = &'a Path>) -> Self {
        Self {
            overwrite,
            inputs: inputs.into_iter().map(Path::to_owned).collect(),
        }
    }

    /// Whether existing files may be replaced.
    pub(super) const fn overwrites(&self) -> bool {
        self.overwrite
    }

    /// Returns an error for a file that must not be written. Commands check before they begin to work;
    /// [`PartFile`](super::PartFile) checks again.
    pub(crate) fn check(&self, path: &Path) -> Result<(), WriteError> {
        match fs::symlink_metadata(path) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(WriteError::new(path, error)),
        }
        self.check_inputs(path)?;
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => {
                return Err(WriteError::new(path, ErrorKind::IsADirectory.into()));
            }
            Ok(found) if !found.is_file() => {
                return Err(WriteError::NotAFile {
                    path: path.to_owned(),
                });
            }
            // A broken link counts as existing, too.
            _ => {}
        }
        if self.overwrite {
            return Ok(());
        }
        Err(WriteError::Exists {
            path: path.to_owned(),
            others: 0,
        })
    }

    /// Refuses a name that leads to something the command reads.
    pub(super) fn check_inputs(&self, path: &Path) -> Result<(), WriteError> {
        match self.inputs.iter().find(|input| same(input, path)) {
            None => Ok(()),
            Some(input) => Err(WriteError::Input {
                path: path.to_owned(),
                input: input.clone(),
            }),
        }
    }

    /// Refuses two outputs of one command that are one file.
    pub(crate) fn check_distinct(&self, one: &Path, other: &Path) -> Result<(), WriteError> {
        if !same(one, other) {
            return Ok(());
        }
        Err(WriteError::Name {
            path: one.to_owned(),
            problem: format!(
                "{} is the same file, and both would be written; give them different names",
                other.display()
            ),
        })
    }
}
