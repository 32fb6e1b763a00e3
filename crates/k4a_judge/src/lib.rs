//! The vendor's real libraries as the judge of our tests and benchmarks.
//!
//! Loads `libk4a` and `libk4arecord` at run time from the folder in the environment variable `KINECT_VENDOR_LIBS`, by
//! default `target/vendor/k4a` of the workspace, and gives a thin safe interface to what tests compare with. Never a
//! dependency of anything that ships. [`judge`] is the way in:
//!
//! ```no_run
//! let Some(judge) = k4a_judge::judge() else { return };
//! let playback = judge.open("recording.mkv").unwrap();
//! ```
//!
//! The libraries are loaded once and stay for the life of the process. Numbers for modes and formats are the C enums'.
//! [`CountingAllocator`] lives here too, because it needs unsafe code for tests as well.

pub mod abi;
mod allocator;
mod calibration;
mod image;
mod playback;
mod record;

pub use allocator::{
    CountingAllocator, allocations, allocations_of_all_threads, allocations_so_far,
};
pub use calibration::Transformation;
pub use image::{Capture, FORMAT_CUSTOM, FORMAT_DEPTH16, FORMAT_MJPG, Image, ImageInfo};
pub use playback::{ImuSample, Playback, SeekOrigin, VideoSettings};
pub use record::Recorder;

use std::ffi::CString;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// What the vendor's library said no to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The function that failed.
    pub function: &'static str,
    /// Its result code.
    pub code: i32,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} returned {}", self.function, self.code)
    }
}

impl std::error::Error for Refused {}

fn check(function: &'static str, code: i32) -> Result<(), Refused> {
    if code == 0 {
        Ok(())
    } else {
        Err(Refused { function, code })
    }
}

/// The loaded libraries.
pub struct Judge {
    functions: abi::Functions,
}

/// The vendor's libraries; `None`, with a printed word, where they are not installed.
///
/// # Panics
///
/// When they are missing or broken although the environment says `KINECT_REQUIRE_REAL=1`.
pub fn judge() -> Option<&'static Judge> {
    static JUDGE: OnceLock<Result<Judge, String>> = OnceLock::new();
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

/// Says that a test is skipped, or panics where it must not be.
fn skip(reason: &str) {
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
    fn load() -> Result<Self, String> {
        let folder = library_folder();
        // Packed libraries carry a hash in their names: libk4a-f64cb9eb.so.1.4.2.
        let find = |name: &str| -> Result<PathBuf, String> {
            let entries = std::fs::read_dir(&folder)
                .map_err(|error| format!("{}: {error}", folder.display()))?;
            entries
                .filter_map(|entry| Some(entry.ok()?.path()))
                .find(|path| {
                    path.file_name()
                        .and_then(|file| file.to_str()?.strip_prefix(name))
                        .is_some_and(|rest| rest.starts_with(['-', '.']) && rest.contains("so"))
                })
                .ok_or_else(|| format!("{}: holds no {name}", folder.display()))
        };
        let (k4a, k4arecord) = (find("libk4a")?, find("libk4arecord")?);
        if std::env::var_os("K4A_ENABLE_LOG_TO_STDOUT").is_none() {
            // Tests provoke errors on purpose; what the libraries print about them hides what the tests say.
            // SAFETY: the libraries, which read it with `getenv`, are not loaded yet; everything else in the process
            // reads the environment through `std`, which locks.
            unsafe { std::env::set_var("K4A_ENABLE_LOG_TO_STDOUT", "0") };
        }
        // SAFETY: loading runs the libraries' initialisers, which set up their loggers and nothing else.
        let (k4a, k4arecord) = unsafe {
            // In this order: the second finds the first, which it needs, because it is already loaded.
            (
                libloading::Library::new(&k4a).map_err(explain)?,
                libloading::Library::new(&k4arecord).map_err(explain)?,
            )
        };
        // They keep threads and thread-local data: never unloaded.
        let libraries = abi::Libraries {
            k4a: Box::leak(Box::new(k4a)),
            k4arecord: Box::leak(Box::new(k4arecord)),
        };
        Ok(Self {
            functions: abi::Functions::load(&libraries)?,
        })
    }
}

/// The loader's own words, which the error keeps as its source.
fn explain(error: libloading::Error) -> String {
    let source = std::error::Error::source(&error).map(ToString::to_string);
    format!("{error}: {}", source.unwrap_or_default())
}

/// A C string that stays for the life of the process: the libraries keep the paths they are given.
fn keep_path(path: &Path) -> &'static CString {
    let bytes = path.as_os_str().as_encoded_bytes().to_vec();
    let text = CString::new(bytes).unwrap_or_default();
    Box::leak(Box::new(text))
}

/// A C string from a name; names with a NUL in them end there.
fn c_string(text: &str) -> CString {
    let bytes = text.as_bytes().split(|&byte| byte == 0).next();
    CString::new(bytes.unwrap_or_default()).unwrap_or_default()
}
