//! Recognises two names of one file.

use std::fs;
use std::path::{Path, PathBuf};

/// The identity of a file, which is the same for all its symbolic and hard links.
#[cfg(unix)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity(u64, u64);

/// The identity of a file; hard links are not recognised on this system. Replacing a hard link leaves the file's
/// other names as they are.
#[cfg(not(unix))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity(PathBuf);

/// The file that a name leads to; `None` if the file does not exist.
#[cfg(unix)]
pub(super) fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    let found = fs::metadata(path).ok()?;
    Some(Identity(found.dev(), found.ino()))
}

/// The file that a name leads to; `None` if the file does not exist.
#[cfg(not(unix))]
pub(super) fn identity(path: &Path) -> Option<Identity> {
    fs::canonicalize(path).ok().map(Identity)
}

/// Whether a name still leads to a file that is open.
#[cfg(unix)]
pub(super) fn leads_to(path: &Path, file: &fs::File) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (Ok(found), Ok(open)) = (fs::metadata(path), file.metadata()) else {
        return false;
    };
    (found.dev(), found.ino()) == (open.dev(), open.ino())
}

/// Whether a name still leads to a file that is open: elsewhere an open file keeps its name.
#[cfg(not(unix))]
pub(super) fn leads_to(path: &Path, _: &fs::File) -> bool {
    path.exists()
}

/// Whether two names lead to one file, or would if it existed.
pub(super) fn same(a: &Path, b: &Path) -> bool {
    match (identity(a), identity(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => place(a) == place(b),
        _ => false,
    }
}

/// The folder's real path, and the name in it.
fn place(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let folder = fs::canonicalize(folder.unwrap_or(Path::new("."))).ok();
    match (folder, path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}
