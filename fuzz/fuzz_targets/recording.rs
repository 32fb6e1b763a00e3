//! Any bytes as a recording: an error or a recording whose every call comes to an end.
#![no_main]

#[path = "../../crates/kinect_azure/tests/support/exercise.rs"]
mod exercise;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    exercise::exercise(bytes.to_vec());
});
