//! Finds real data, and skips tests without it.

use std::path::{Path, PathBuf};

/// A file or folder of the real data, for example `recordings/mug-720p-nfov.mkv`: under `KINECT_TEST_DATA`, by default
/// beside the project. If it does not exist, prints a message and returns `None`.
///
/// # Panics
///
/// Panics if the data is missing and the environment has `KINECT_REQUIRE_REAL=1`.
pub fn real_data(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("KINECT_TEST_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let found = root.join(path);
    if found.exists() {
        return Some(found);
    }
    skip(&format!("there is no {}", found.display()));
    None
}

/// Prints that a test is skipped.
///
/// # Panics
///
/// Panics if the environment has `KINECT_REQUIRE_REAL=1`, so that no test may be skipped.
pub fn skip(reason: &str) {
    let required = std::env::var("KINECT_REQUIRE_REAL").is_ok_and(|value| value == "1");
    assert!(!required, "KINECT_REQUIRE_REAL=1, but {reason}");
    eprintln!("SKIPPED: {reason}");
}
