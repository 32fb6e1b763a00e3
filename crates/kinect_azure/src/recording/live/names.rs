//! The names of a live recording's files.

use std::io;
use std::path::{Path, PathBuf};

use super::disk::RecordingDisk;
use crate::calendar::UtcTime;
use crate::recording::writer::RecordingFile;

/// The most numbers that are tried before creating a file fails.
const MOST_NUMBERS: u32 = 100_000;

/// The names of one recording's files, one after the other.
#[derive(Debug)]
pub(super) struct Names {
    /// The path with `{date}` and `{time}` filled in.
    path: PathBuf,
    /// The number of the last file.
    number: u32,
}

impl Names {
    /// The names for a recording that starts at `unix_sec`, in seconds since 1970-01-01 00:00:00 UTC.
    pub(super) fn new(pattern: &Path, unix_sec: i64) -> Self {
        let name = pattern.file_name().and_then(|name| name.to_str());
        let path = name.map_or_else(
            || pattern.to_owned(),
            |name| {
                let start = UtcTime::from_unix_sec(unix_sec);
                let time = format!("{:02}-{:02}-{:02}", start.hour, start.minute, start.second);
                pattern.with_file_name(
                    name.replace("{date}", &start.date())
                        .replace("{time}", &time),
                )
            },
        );
        Self { path, number: 0 }
    }

    /// Creates the next file. Only the first file can replace an existing one, and only if its name has no
    /// `{number}`.
    pub(super) fn create(
        &mut self,
        disk: &mut dyn RecordingDisk,
        overwrite: bool,
    ) -> Result<(PathBuf, Box<dyn RecordingFile>), (PathBuf, io::Error)> {
        if self.number == 0 && self.numbered(1).is_none() {
            self.number = 1;
            let path = self.path.clone();
            return match disk.create(&path, overwrite) {
                Ok(file) => Ok((path, file)),
                Err(error) => Err((path, error)),
            };
        }
        loop {
            self.number += 1;
            let number = self.number;
            let path = self
                .numbered(number)
                .unwrap_or_else(|| numbered_path(&self.path, number));
            match disk.create(&path, false) {
                Ok(file) => return Ok((path, file)),
                Err(error)
                    if error.kind() == io::ErrorKind::AlreadyExists && number < MOST_NUMBERS => {}
                Err(error) => return Err((path, error)),
            }
        }
    }

    /// Makes the name of the last file free again, after that file was removed.
    pub(super) fn give_back(&mut self) {
        self.number = self.number.saturating_sub(1);
    }

    /// The name with that number in it; `None` if the name has no `{number}`.
    fn numbered(&self, number: u32) -> Option<PathBuf> {
        let name = self.path.file_name()?.to_str()?;
        name.contains("{number}").then(|| {
            self.path
                .with_file_name(name.replace("{number}", &format!("{number:03}")))
        })
    }
}

/// The path of a further file of a recording: `visitors.mkv` and 2 give `visitors-2.mkv`.
pub fn numbered_path(path: &Path, number: u32) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{number}"));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_name_is_filled_in() {
        let names = Names::new(Path::new("{date}/a-{date}-{time}.mkv"), 3661);
        assert_eq!(names.path, Path::new("{date}/a-1970-01-01-01-01-01.mkv"));
        assert_eq!(
            numbered_path(Path::new("b/a.x.mkv"), 2),
            Path::new("b/a.x-2.mkv")
        );
        assert_eq!(numbered_path(Path::new("a"), 3), Path::new("a-3"));
    }
}
