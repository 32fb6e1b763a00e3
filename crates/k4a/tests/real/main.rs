//! The crate against the vendor's real libraries, without a device: `libk4a` and `libk4arecord` 1.4.
//!
//! They are looked for in the folder `KINECT_VENDOR_LIBS`, by default `target/vendor/k4a` of the workspace, and real data in
//! `KINECT_TEST_DATA`, by default beside the project. What is not there is skipped with a word; under
//! `KINECT_REQUIRE_REAL=1` it is a failure.

#![allow(clippy::unwrap_used, clippy::panic)]

mod images;
mod library;
mod recording;
mod side_by_side;
#[cfg(target_os = "linux")]
mod valgrind;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use k4a::Library;

/// The folder that the real libraries lie in.
fn folder() -> PathBuf {
    std::env::var_os("KINECT_VENDOR_LIBS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/vendor/k4a"),
        PathBuf::from,
    )
}

/// The real `libk4a`.
fn real_library() -> Option<Library> {
    static QUIET: OnceLock<()> = OnceLock::new();
    QUIET.get_or_init(|| {
        if std::env::var_os("K4A_ENABLE_LOG_TO_STDOUT").is_none() {
            // Tests provoke errors on purpose; libk4arecord would print them.
            // SAFETY: no library that reads the environment without the standard library's lock is loaded yet.
            unsafe { std::env::set_var("K4A_ENABLE_LOG_TO_STDOUT", "0") };
        }
    });
    match Library::load_from(folder()) {
        Ok(library) => Some(library),
        Err(error) => {
            skip(&error.to_string());
            None
        }
    }
}

/// A file or folder of the real data.
fn real_data(path: &str) -> Option<PathBuf> {
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

fn skip(reason: &str) {
    let required = std::env::var("KINECT_REQUIRE_REAL").is_ok_and(|value| value == "1");
    assert!(!required, "KINECT_REQUIRE_REAL=1, but {reason}");
    eprintln!("SKIPPED: {reason}");
}
