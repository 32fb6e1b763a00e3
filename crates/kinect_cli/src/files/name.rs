//! Checks the name of a recording's file.

use std::path::{Path, PathBuf};

use super::error::WriteError;

/// The name of a recording to write: `.mkv` is added if there is no extension, because players and tools need it.
///
/// These names are refused: `-`, because a recording cannot be written to a pipe; a folder; a name with another
/// extension, which is most likely another file's name; a device; and a name in a folder that does not exist.
pub(crate) fn recording_name(given: &Path) -> Result<PathBuf, WriteError> {
    let refuse = |problem: &str| {
        Err(WriteError::Name {
            path: given.to_owned(),
            problem: problem.to_owned(),
        })
    };
    if given == Path::new("-") {
        return refuse(
            "a recording is not written from beginning to end, so it cannot go into a pipe; name a file, like --out visitors.mkv",
        );
    }
    let text = given.as_os_str().to_string_lossy();
    if given.as_os_str().is_empty() {
        return refuse("the name is empty; name a file, like --out visitors.mkv");
    }
    if given.is_dir() || text.ends_with(std::path::is_separator) || given.file_name().is_none() {
        return refuse("it is a folder; name a file in it, like --out FOLDER/visitors.mkv");
    }
    if std::fs::metadata(given).is_ok_and(|found| !found.is_file()) {
        return refuse("it is a device or a pipe; name a file, like --out visitors.mkv");
    }
    let path = match given.extension() {
        None => {
            let mut name = given.as_os_str().to_owned();
            name.push(".mkv");
            PathBuf::from(name)
        }
        Some(extension) if extension.eq_ignore_ascii_case("mkv") => given.to_owned(),
        Some(_) => return refuse("a recording's name ends in .mkv; choose another --out"),
    };
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    match folder {
        Some(folder) if !folder.is_dir() => {
            refuse("its folder does not exist; make the folder first")
        }
        _ => Ok(path),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn recordings_are_called_mkv() {
        let name = |given: &str| recording_name(Path::new(given));
        assert_eq!(name("a.mkv").unwrap(), Path::new("a.mkv"));
        assert_eq!(name("a.MKV").unwrap(), Path::new("a.MKV"));
        assert_eq!(
            name("visitors-{number}").unwrap(),
            Path::new("visitors-{number}.mkv")
        );
        assert_eq!(name("Besucher ü").unwrap(), Path::new("Besucher ü.mkv"));
        for wrong in ["-", "", ".", "..", "a/", "a.json", "none/a.mkv", "/"] {
            let problem = name(wrong).unwrap_err().to_string();
            assert!(
                problem.contains("name") || problem.contains("folder"),
                "{wrong}: {problem}"
            );
        }
    }
}
