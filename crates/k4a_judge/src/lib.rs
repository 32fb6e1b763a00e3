//! The vendor's real libraries as the judge of our tests and benchmarks.
//!
//! Loads `libk4a` and `libk4arecord` through the crate `k4a` from [`library_folder`], and has a shorter interface than that
//! crate: modes and formats are C's numbers, and it panics where the libraries return what they never should. Only tests and
//! benchmarks depend on it. Start at [`judge`]:
//!
//! ```no_run
//! let Some(judge) = k4a_judge::judge() else { return };
//! let playback = judge.open("recording.mkv").unwrap();
//! ```
//!
//! The libraries are loaded once and stay for the life of the process. [`CountingAllocator`] lives here too, because it
//! needs unsafe code for tests as well.

mod allocator;
mod calibration;
mod image;
mod playback;
mod record;

/// The C structures that tests fill in and read.
pub mod abi {
    pub use k4a::abi::{
        Calibration, Camera, DeviceConfiguration, Extrinsics, ImuSample, SubtitleSettings,
        VideoSettings,
    };
}

pub use allocator::{
    CountingAllocator, allocations, allocations_of_all_threads, allocations_so_far, held_bytes,
};
pub use calibration::Transformation;
pub use image::{Capture, FORMAT_CUSTOM, FORMAT_DEPTH16, FORMAT_MJPG, Image, ImageInfo};
pub use k4a::{Error, ImuSample, SeekOrigin, VideoSettings};
pub use playback::Playback;
pub use record::Recorder;

use std::path::{Path, PathBuf};
use std::sync::{Once, OnceLock};

/// The loaded libraries.
pub struct Judge {
    library: k4a::Library,
    record: k4a::RecordLibrary,
}

/// The vendor's libraries; `None`, with a printed word, where they are not installed.
///
/// # Panics
///
/// When they are missing or broken although the environment says `KINECT_REQUIRE_REAL=1`.
pub fn judge() -> Option<&'static Judge> {
    static JUDGE: OnceLock<Result<Judge, k4a::LoadError>> = OnceLock::new();
    match JUDGE.get_or_init(Judge::load) {
        Ok(judge) => Some(judge),
        Err(reason) => {
            skip(&format!(
                "the vendor's libraries cannot be loaded: {reason}"
            ));
            None
        }
    }
}

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

/// The folder that holds the vendor's libraries: the one that `KINECT_VENDOR_LIBS` names, or `vendor/k4a` in the target folder
/// of the running program (`cargo xtask test` and `cargo xtask bench` put them there), or in the workspace's own.
pub fn library_folder() -> PathBuf {
    if let Some(named) = std::env::var_os("KINECT_VENDOR_LIBS") {
        return named.into();
    }
    let program = std::env::current_exe().unwrap_or_default();
    in_target_folder(&program).unwrap_or_else(|| {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../target")
            .join(UNPACKED)
    })
}

/// Where the libraries are unpacked in a target folder.
const UNPACKED: &str = "vendor/k4a";

/// The libraries in the target folder that a program lies in (`target/debug/deps/NAME`, `target/release/NAME`).
fn in_target_folder(program: &Path) -> Option<PathBuf> {
    program
        .ancestors()
        .skip(1)
        .map(|folder| folder.join(UNPACKED))
        .find(|folder| folder.is_dir())
}

/// The vendor's `libk4a`; `None`, with a printed word, where it is not installed.
///
/// # Panics
///
/// When it is missing or broken although the environment says `KINECT_REQUIRE_REAL=1`.
pub fn real_library() -> Option<k4a::Library> {
    match load_library() {
        Ok(library) => Some(library),
        Err(reason) => {
            skip(&format!("the vendor's library cannot be loaded: {reason}"));
            None
        }
    }
}

fn load_library() -> Result<k4a::Library, k4a::LoadError> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        if std::env::var_os("K4A_ENABLE_LOG_TO_STDOUT").is_none() {
            // Tests provoke errors on purpose; what libk4arecord prints about them hides what the tests say.
            // SAFETY: the libraries, which read it with `getenv`, are not loaded yet; everything else in the process
            // reads the environment through `std`, which locks.
            unsafe { std::env::set_var("K4A_ENABLE_LOG_TO_STDOUT", "0") };
        }
    });
    k4a::Library::load_from(library_folder())
}

impl Judge {
    fn load() -> Result<Self, k4a::LoadError> {
        let library = load_library()?;
        let record = library.record_library()?;
        Ok(Self { library, record })
    }

    /// The vendor's `libk4a`, for the functions that this interface does not shorten.
    pub fn library(&self) -> &k4a::Library {
        &self.library
    }
}

/// The Rust enum's value of a C enum's number, which a test chose.
macro_rules! known {
    ($name:ident, $code:expr) => {{
        let code = $code;
        k4a::$name::from_code(code)
            .unwrap_or_else(|| panic!("{} has no number {code}", stringify!($name)))
    }};
}
pub(crate) use known;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_found_in_the_target_folder_of_the_program() {
        let target = std::env::temp_dir().join(format!("k4a-judge-{}", std::process::id()));
        let libraries = target.join(UNPACKED);
        let tests = target.join("debug/deps/test-0123");
        assert_eq!(in_target_folder(&tests), None);
        std::fs::create_dir_all(&libraries).expect("a folder of its own");
        assert_eq!(in_target_folder(&tests), Some(libraries.clone()));
        let bench = target.join("release/bench");
        assert_eq!(in_target_folder(&bench), Some(libraries));
        let _ = std::fs::remove_dir_all(&target);
    }
}
