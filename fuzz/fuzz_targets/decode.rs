//! Any bytes as a colour image; `kinect_test_support::fuzzing` says what must hold.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    kinect_test_support::fuzzing::decode(bytes);
});
