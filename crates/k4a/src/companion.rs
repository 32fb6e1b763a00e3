//! Libraries that build on `libk4a` and exchange its handles: `libk4arecord` and `libk4abt`.
//!
//! The system's loader gives them a `libk4a` by its name, the first of that name in the process. With two vendors' loaded,
//! that can be the wrong one, whose handles are other objects. So each is asked where its functions came from, and is not
//! used when they are not those of the `libk4a` it was loaded for.

use std::path::PathBuf;

use crate::library::Library;
use crate::load_error::{Attempt, LoadError, Refusal};
use crate::loader;
use crate::search::{Candidate, Origin, Part, Surroundings};

/// Loads the first that is bound to `library` and whose functions `table` finds; with its file.
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
        Err(Refusal::Unfit(format!(
            "it uses another libk4a than {}; where two vendors' are loaded, only the first of them can have a lib{}, so \
             load this one first, or keep the other out of the process",
            library.path().display(),
            part.stem()
        )))
    };
    // Either way it stays: it may keep threads, and unloading runs code that nobody has tried.
    std::mem::forget(companion);
    outcome.map(|functions| (functions, file))
}
