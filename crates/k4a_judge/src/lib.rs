//! The vendor's real libraries as the judge of our tests and benchmarks.
//!
//! Loads `libk4a` and `libk4arecord` through the crate `k4a` from the folder in the environment variable
//! `KINECT_VENDOR_LIBS`, by default `target/vendor/k4a` of the workspace, and gives a shorter interface to what tests compare
//! with: C's numbers for modes and formats, and panics where the libraries give what they never should. Never a dependency
//! of anything that ships. [`judge`] is the way in:
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
    pub use crate::playback::RecordConfiguration;
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
use std::sync::OnceLock;

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

/// The folder the vendor's libraries are looked for in.
pub fn library_folder() -> PathBuf {
    std::env::var_os("KINECT_VENDOR_LIBS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/vendor/k4a"),
        PathBuf::from,
    )
}

impl Judge {
    fn load() -> Result<Self, k4a::LoadError> {
        if std::env::var_os("K4A_ENABLE_LOG_TO_STDOUT").is_none() {
            // Tests provoke errors on purpose; what libk4arecord prints about them hides what the tests say.
            // SAFETY: the libraries, which read it with `getenv`, are not loaded yet; everything else in the process
            // reads the environment through `std`, which locks.
            unsafe { std::env::set_var("K4A_ENABLE_LOG_TO_STDOUT", "0") };
        }
        let library = k4a::Library::load_from(library_folder())?;
        let record = library.record_library()?;
        Ok(Self { library, record })
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
