//! Helpers that the tests and benchmarks of several crates share. They do not need Bevy. This crate is never a
//! dependency of a published crate.
//!
//! All functions panic where a test must fail.

pub mod built_library;
pub mod disk;
pub mod display;
#[cfg(target_os = "linux")]
pub mod fake_array;
pub mod fuzzing;
pub mod mkv;
pub mod scratch;
pub mod simulated;
