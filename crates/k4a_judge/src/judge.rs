//! The loaded libraries.

use std::sync::OnceLock;

use crate::data::skip;
use crate::library::load_library;

/// The loaded libraries.
pub struct Judge {
    pub(crate) library: k4a::Library,
    pub(crate) record: k4a::RecordLibrary,
}

/// The vendor's libraries. If they are not installed, prints a message and returns `None`.
///
/// # Panics
///
/// Panics if the libraries are missing or broken and the environment has `KINECT_REQUIRE_REAL=1`.
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

impl Judge {
    fn load() -> Result<Self, k4a::LoadError> {
        let library = load_library()?;
        let record = library.record_library()?;
        Ok(Self { library, record })
    }

    /// The vendor's `libk4a`, for functions that `Judge` does not have.
    pub fn library(&self) -> &k4a::Library {
        &self.library
    }
}
