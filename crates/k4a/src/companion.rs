//! Libraries that build on `libk4a` and exchange its handles: `libk4arecord` and `libk4abt`.
//!
//! The system's loader links them by name to the first `libk4a` in the process. With two vendors' libraries loaded,
//! that can be the wrong one, whose handles are other objects. So the origin of their functions is checked, and a
//! companion is not used if it is linked to another `libk4a` than the one for which it was loaded.

use std::path::{Path, PathBuf};

use crate::library::Library;
use crate::load_error::{Attempt, LoadError, Refusal};
use crate::loader;
use crate::search::{Candidate, Origin, Part, Surroundings};

/// Looks for the file of `libk4abt` without loading a library. The places are those that
/// [`Library::tracker_library`](crate::Library::tracker_library) searches, for the `libk4a` at that path; with `None`,
/// for every installed `libk4a`. A file that only the system's loader knows, by its name, is not found.
///
/// # Errors
/// Fails if there is no such file. The error lists every place, and says what to install.
pub fn find_tracker_library(libk4a: Option<&Path>) -> Result<PathBuf, LoadError> {
    find(&Surroundings::of_this_process(), libk4a)
}

fn find(surroundings: &Surroundings, libk4a: Option<&Path>) -> Result<PathBuf, LoadError> {
    let installed = match libk4a {
        Some(path) => vec![path.to_owned()],
        None => surroundings
            .candidates(Part::K4a, None, None)
            .into_iter()
            .filter(|candidate| candidate.exists)
            .map(|candidate| candidate.path)
            .collect(),
    };
    let mut attempts: Vec<Attempt> = Vec::new();
    let beside = installed.iter().map(|path| Some(path.as_path()));
    for beside in beside.chain([None]) {
        for candidate in surroundings.candidates(Part::Tracker, None, beside) {
            if candidate.exists {
                return Ok(candidate.path);
            }
            let known = |attempt: &Attempt| attempt.path == candidate.path;
            if candidate.origin != Origin::Loader && !attempts.iter().any(known) {
                attempts.push(Attempt {
                    path: candidate.path,
                    origin: candidate.origin,
                    reason: Refusal::NotThere,
                });
            }
        }
    }
    Err(LoadError::new(Part::Tracker, None, attempts))
}

/// Loads the first companion that is linked to `library` and has all functions of `table`; returns it with its path.
pub(crate) fn load<T>(
    library: &Library,
    part: Part,
    table: impl Fn(&libloading::Library) -> Result<T, Refusal>,
) -> Result<(T, PathBuf), LoadError> {
    let mut attempts = Vec::new();
    for candidate in Surroundings::of_this_process().candidates(part, None, Some(library.path())) {
        match load_candidate(library, part, &candidate, &table) {
            Ok(loaded) => return Ok(loaded),
            Err(reason) => attempts.push(Attempt {
                path: candidate.path,
                origin: candidate.origin,
                reason,
            }),
        }
    }
    Err(LoadError::new(part, Some(library.vendor()), attempts))
}

fn load_candidate<T>(
    library: &Library,
    part: Part,
    candidate: &Candidate,
    table: impl Fn(&libloading::Library) -> Result<T, Refusal>,
) -> Result<(T, PathBuf), Refusal> {
    if candidate.origin != Origin::Loader && !candidate.exists {
        return Err(Refusal::NotThere);
    }
    let file = if candidate.exists {
        loader::whole_path(&candidate.path)
            .map_err(|error| Refusal::DoesNotLoad(error.to_string()))?
    } else {
        candidate.path.clone()
    };
    let companion = loader::open(&file).map_err(Refusal::DoesNotLoad)?;
    let bound = loader::is_bound_to(
        &companion,
        library.path(),
        library.functions().capture_release as usize,
    );
    let outcome = if bound {
        table(&companion)
    } else {
        Err(Refusal::OtherLibk4a(format!(
            "it uses another libk4a than {}; if two vendors' libraries are loaded, lib{} works only with the one that \
             was loaded first, so load this vendor's library first or do not load the other's",
            library.path().display(),
            part.stem()
        )))
    };
    // The companion stays loaded in both cases, because it may keep threads, and unloading it was never tested by its
    // vendor.
    std::mem::forget(companion);
    outcome.map(|functions| (functions, file))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::search::Os;

    #[test]
    fn a_body_tracker_is_found_beside_an_installed_libk4a_without_loading_either() {
        let root = std::env::temp_dir().join(format!("k4a-companion-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&root);
        let folder = root.join("opt/kinect/lib");
        std::fs::create_dir_all(&folder).unwrap();
        let surroundings = Surroundings {
            os: Os::Unix,
            variable: Box::new(|_| None),
            program: Some(root.join("app")),
            program_files: Vec::new(),
            root: root.clone(),
        };
        let elsewhere = root.join("elsewhere/libk4a.so.1.4");
        let error = find(&surroundings, Some(&elsewhere)).unwrap_err();
        assert!(error.found_nothing());
        assert_eq!(error.attempts[0].origin, Origin::BesideLibrary);
        let text = error.to_string();
        assert!(
            text.starts_with("libk4abt could not be loaded; install"),
            "{text}"
        );
        assert!(text.contains("elsewhere/libk4abt.so.1.1"), "{text}");
        assert!(find(&surroundings, None).is_err());

        let file = folder.join("libk4abt.so.1.0");
        std::fs::write(&file, b"no library at all").unwrap();
        assert_eq!(find(&surroundings, None).unwrap(), file);
        std::fs::remove_dir_all(&root).unwrap();
    }
}
