//! Any bytes as a recording; `kinect_test_support::fuzzing` checks the results.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    kinect_test_support::fuzzing::recording(bytes.to_vec());
});
