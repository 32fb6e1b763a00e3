//! Finds the `cdylib` that cargo built for a crate: the stand-ins of the vendors' libraries.
//!
//! A dependency's `cdylib` lies in the folder `deps`, as does the program of a test; an example's and a benchmark's
//! program lies near it. Today its name has no hash for crates of a workspace; a library with a hash in its name is
//! found as well, and the newest of several is used. A package's own tests find the library one folder higher, too.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The newest built library of a crate.
///
/// # Errors
/// Fails if there is no library beside the test program; the message says what to do.
pub fn built_library(krate: &str) -> Result<PathBuf, String> {
    let program = std::env::current_exe()
        .map_err(|error| format!("the test program's own place is not known: {error}"))?;
    let folders: Vec<PathBuf> = program
        .ancestors()
        .skip(1)
        .take(3)
        .flat_map(|folder| [folder.to_path_buf(), folder.join("deps")])
        .collect();
    folders
        .iter()
        .flat_map(|folder| libraries(folder, krate))
        .max_by_key(|(changed, _)| *changed)
        .map(|(_, path)| path)
        .ok_or_else(|| {
            let name = format!("{DLL_PREFIX}{krate}{DLL_SUFFIX}");
            format!(
                "there is no {name} beside {}: make {krate} a dev-dependency of the package under test",
                program.display()
            )
        })
}

/// The files in a folder that are the crate's library, with or without a hash in their names.
fn libraries(folder: &Path, krate: &str) -> Vec<(SystemTime, PathBuf)> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name();
            is_library(name.to_str()?, krate).then_some(())?;
            Some((entry.metadata().ok()?.modified().ok()?, entry.path()))
        })
        .collect()
}

fn is_library(name: &str, krate: &str) -> bool {
    let rest = name
        .strip_prefix(DLL_PREFIX)
        .and_then(|name| name.strip_suffix(DLL_SUFFIX))
        .and_then(|name| name.strip_prefix(krate));
    rest.is_some_and(|hash| {
        hash.is_empty()
            || hash
                .strip_prefix('-')
                .is_some_and(|hash| hash.len() == 16 && hash.chars().all(|c| c.is_ascii_hexdigit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_and_without_a_hash_are_the_librarys() {
        let name = |middle: &str| format!("{DLL_PREFIX}{middle}{DLL_SUFFIX}");
        assert!(is_library(&name("k4a_standin"), "k4a_standin"));
        assert!(is_library(
            &name("k4a_standin-0123456789abcdef"),
            "k4a_standin"
        ));
        assert!(!is_library(&name("k4a_standin_orbbec"), "k4a_standin"));
        assert!(!is_library(&name("k4a_standin-x"), "k4a_standin"));
        assert!(!is_library("k4a_standin.d", "k4a_standin"));
    }
}
