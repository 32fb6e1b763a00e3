//! Where the vendor's libraries are, and how they are loaded.

use std::path::{Path, PathBuf};
use std::sync::Once;

use crate::data::skip;

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

/// The vendor's `libk4a`. If it is not installed, prints a message and returns `None`.
///
/// # Panics
///
/// Panics if the library is missing or broken and the environment has `KINECT_REQUIRE_REAL=1`.
pub fn real_library() -> Option<k4a::Library> {
    match load_library() {
        Ok(library) => Some(library),
        Err(reason) => {
            skip(&format!("the vendor's library cannot be loaded: {reason}"));
            None
        }
    }
}

pub(crate) fn load_library() -> Result<k4a::Library, k4a::LoadError> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        if std::env::var_os("K4A_ENABLE_LOG_TO_STDOUT").is_none() {
            // Tests provoke errors on purpose; the messages of libk4arecord about them would hide the messages of the
            // tests. SAFETY: the libraries, which read it with `getenv`, are not loaded yet; everything else in the
            // process reads the environment through `std`, which locks.
            unsafe { std::env::set_var("K4A_ENABLE_LOG_TO_STDOUT", "0") };
        }
    });
    k4a::Library::load_from(library_folder())
}

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
