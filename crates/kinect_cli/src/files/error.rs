//! The errors of writing files.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// The error of a file or folder that cannot be written: what happened, to which path, and what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    /// The operating system refused.
    #[error("cannot write {}: {source}{}", path.display(), advice(source))]
    Io { path: PathBuf, source: io::Error },
    /// The file exists, and `--overwrite` was not given.
    #[error(
        "{} is there already{}: choose another name, or replace it with --overwrite",
        path.display(),
        and_others(*others)
    )]
    Exists {
        path: PathBuf,
        /// How many other files of the same command exist as well.
        others: usize,
    },
    /// The command reads it.
    #[error(
        "cannot write {}: it is the file that this command reads ({}); choose another name",
        path.display(),
        input.display()
    )]
    Input { path: PathBuf, input: PathBuf },
    /// A device, a pipe or a socket has that name.
    #[error("cannot write {}: it is a device or a pipe, not a file; choose another name", path.display())]
    NotAFile { path: PathBuf },
    /// Another program writes it.
    #[error(
        "cannot write {}: another program is writing it; wait until that has ended, or choose another name",
        path.display()
    )]
    Busy { path: PathBuf },
    /// A file cannot or must not have that name.
    #[error("cannot write {}: {problem}", path.display())]
    Name { path: PathBuf, problem: String },
}

impl WriteError {
    pub(crate) fn new(path: &Path, source: io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}

fn and_others(others: usize) -> String {
    match others {
        0 => String::new(),
        1 => " (and one more file)".to_owned(),
        others => format!(" (and {others} more files)"),
    }
}

fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "; the disk is full: free some space or choose another --out, then run the command again with --overwrite"
        }
        ErrorKind::FileTooLarge => {
            "; the file system or a limit of this session allows no larger file: choose another --out"
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "; you may not write there: choose another --out or change its access rights"
        }
        ErrorKind::NotFound => {
            "; its folder is not there, or was removed: make the folder, then run the command again"
        }
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
            "; something on that path is a file: choose another --out"
        }
        ErrorKind::IsADirectory => "; a folder has that name: remove it or choose another --out",
        ErrorKind::InvalidFilename => {
            "; the name is too long or has characters that the file system refuses: choose another --out"
        }
        _ => "",
    }
}
