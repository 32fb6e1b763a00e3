//! What tests and benchmarks of several crates share, without an engine. Never a dependency of anything that ships.
//!
//! Everything here panics where a test must fail.

pub mod built_library;
pub mod disk;
pub mod display;
#[cfg(target_os = "linux")]
pub mod fake_array;
pub mod fuzzing;
pub mod mkv;
pub mod scratch;
pub mod simulated;
