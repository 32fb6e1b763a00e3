//! Finds the vendor's library. Results are cached, because trackers are opened again and again, and a search reads
//! folders and whole files.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use k4a::{Library, LoadError, TrackerLibrary, Vendor};

use super::setup::VendorSetup;
use crate::tracker::TrackerError;

/// The cached result of a failed search is used for this long. So a library that is installed while the app runs is
/// found after this time at the latest.
const REMEMBERED: Duration = Duration::from_secs(30);

/// The library that a search was for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    libk4a: Option<PathBuf>,
    load_anyway: bool,
}

/// The answer to a question, and when it was found.
#[derive(Debug)]
struct Answer<T> {
    wanted: Wanted,
    at: Instant,
    found: Result<T, TrackerError>,
}

/// The results of searches for files.
static SEEN: Mutex<Vec<Answer<()>>> = Mutex::new(Vec::new());
/// Libraries that were loaded (and stay loaded), or could not be loaded.
static LOADED: Mutex<Vec<Answer<TrackerLibrary>>> = Mutex::new(Vec::new());

/// Whether a `libk4abt` is installed for the `libk4a` at that path, or with `None`, for any `libk4a`. No library is
/// loaded. The answer is cached: `true` for the life of the process, `false` for half a minute.
pub fn may_be_installed(libk4a: Option<&Path>) -> bool {
    seen(libk4a).is_ok()
}

fn seen(libk4a: Option<&Path>) -> Result<(), TrackerError> {
    let wanted = Wanted {
        libk4a: libk4a.map(Path::to_owned),
        load_anyway: false,
    };
    remembering(&SEEN, wanted, || {
        k4a::find_tracker_library(libk4a)
            .map(drop)
            .map_err(|error| unusable(&error))
    })
}

/// Loads the `libk4abt` of the sensor's `libk4a`.
pub(super) fn tracker_library(setup: &VendorSetup) -> Result<TrackerLibrary, TrackerError> {
    let wanted = Wanted {
        libk4a: setup.libk4a.clone(),
        load_anyway: setup.load_anyway,
    };
    remembering(&LOADED, wanted, || match &setup.libk4a {
        Some(path) => Library::load_from(path)
            .and_then(|library| library.tracker_library())
            .map_err(|error| unusable(&error)),
        None => of_any_vendor(setup.load_anyway),
    })
}

/// The cached answer, or a new one.
fn remembering<T: Clone>(
    answers: &Mutex<Vec<Answer<T>>>,
    wanted: Wanted,
    find: impl FnOnce() -> Result<T, TrackerError>,
) -> Result<T, TrackerError> {
    let lock = || answers.lock().unwrap_or_else(PoisonError::into_inner);
    let known = {
        let mut answers = lock();
        answers.retain(|answer| answer.found.is_ok() || answer.at.elapsed() < REMEMBERED);
        let known = answers.iter().find(|answer| answer.wanted == wanted);
        known.map(|answer| answer.found.clone())
    };
    // Without the lock: loading can take seconds.
    known.unwrap_or_else(|| {
        let found = find();
        lock().push(Answer {
            wanted,
            at: Instant::now(),
            found: found.clone(),
        });
        found
    })
}

/// The first vendor's library that can be used. A `libk4a` without a body tracker is not loaded, because only the first
/// `libk4a` of a process can have one.
fn of_any_vendor(load_anyway: bool) -> Result<TrackerLibrary, TrackerError> {
    if !load_anyway {
        seen(None)?;
    }
    let mut first = None;
    for vendor in [Vendor::Microsoft, Vendor::Orbbec] {
        match Library::load_vendor(vendor).and_then(|library| library.tracker_library()) {
            Ok(library) => return Ok(library),
            Err(error) => {
                first.get_or_insert(error);
            }
        }
    }
    Err(first.map_or_else(
        || TrackerError::unusable("neither vendor's libk4a could be loaded"),
        |error| unusable(&error),
    ))
}

fn unusable(error: &LoadError) -> TrackerError {
    if error.uses_other_libk4a() {
        return TrackerError::unusable(format!(
            "the vendor's body tracker works for the sensors of one vendor at a time, and another vendor's libk4a was \
             loaded first in this process; choose another body tracker for this sensor, or run it in a process of its \
             own\n{error}"
        ));
    }
    TrackerError::unusable(format!("the vendor's body tracker cannot be used: {error}"))
}
