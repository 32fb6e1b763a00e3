//! A folder that a command fills with files.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::WriteError;
use super::part::PartFile;
use super::rule::Rule;

/// A folder to write files to.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    rule: Rule,
}

impl Folder {
    /// Creates the folder if it does not exist. If it has files that the command would write (`ours` returns `true`),
    /// this is an error unless they may be replaced.
    pub(crate) fn open(
        path: &Path,
        rule: Rule,
        ours: impl Fn(&str) -> bool,
    ) -> Result<Self, WriteError> {
        if path == Path::new("-") {
            return Err(WriteError::Name {
                path: path.to_owned(),
                problem:
                    "a pipe cannot take several files; name a folder (./- for a folder with the name -)"
                        .to_owned(),
            });
        }
        fs::create_dir_all(path).map_err(|source| WriteError::new(path, source))?;
        if !rule.overwrites() {
            let mut found: Vec<PathBuf> = fs::read_dir(path)
                .map_err(|source| WriteError::new(path, source))?
                .flatten()
                .filter(|entry| entry.file_name().to_str().is_some_and(&ours))
                .map(|entry| entry.path())
                .collect();
            found.sort();
            if let Some(first) = found.first() {
                // A folder or a device of that name gives another error.
                rule.check(first).map_err(|error| match error {
                    WriteError::Exists { path, .. } => WriteError::Exists {
                        path,
                        others: found.len() - 1,
                    },
                    other => other,
                })?;
            }
        }
        Ok(Self {
            path: path.to_owned(),
            rule,
        })
    }

    /// The folder's path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Begins a file.
    pub(crate) fn begin(&self, name: &str) -> Result<PartFile, WriteError> {
        PartFile::create(&self.rule, self.path.join(name))
    }

    /// Writes a whole file.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), WriteError> {
        let mut file = self.begin(name)?;
        file.write(bytes)?;
        file.finish()
    }
}
