//! Real data, and tests that go without.

use std::path::{Path, PathBuf};

/// A file or folder of the real data, for example `recordings/mug-720p-nfov.mkv`: under `KINECT_TEST_DATA`, by default
/// beside the project. `None`, with a printed word, where it is not there.
///
/// # Panics
///
/// When it is missing although the environment says `KINECT_REQUIRE_REAL=1`.
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

/// Says that a test is skipped.
///
/// # Panics
///
/// When no test may be: the environment says `KINECT_REQUIRE_REAL=1`.
pub fn skip(reason: &str) {
    let required = std::env::var("KINECT_REQUIRE_REAL").is_ok_and(|value| value == "1");
    assert!(!required, "KINECT_REQUIRE_REAL=1, but {reason}");
    eprintln!("SKIPPED: {reason}");
}
