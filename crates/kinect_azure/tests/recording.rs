//! Tests of intact and of damaged recordings.
//!
//! The real recordings are searched in `KINECT_TEST_DATA`. Without them, their tests print a message and pass; with
//! `KINECT_REQUIRE_REAL=1` they fail. `KINECT_FUZZ_SECONDS` is the duration of the test with mutated files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    unreachable_pub
)]

#[path = "recording/bodies.rs"]
mod bodies;
#[path = "recording/damage.rs"]
mod damage;
#[path = "recording/grouping.rs"]
mod grouping;
#[path = "recording/large.rs"]
mod large;
#[path = "recording/live.rs"]
mod live;
#[path = "recording/odd_files.rs"]
mod odd_files;
#[path = "recording/playback.rs"]
mod playback;
#[path = "recording/remux.rs"]
mod remux;
#[path = "recording/reports.rs"]
mod reports;
#[path = "recording/sample.rs"]
mod sample;
#[path = "recording/writing.rs"]
mod writing;

use std::path::PathBuf;

use k4a_judge::CountingAllocator;

use kinect_azure::recording::Recording;
use kinect_test_support::scratch::{self, Scratch};
use kinect_test_support::{disk, mkv};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// A real recording. If it does not exist, prints a message and returns `None`.
fn real(name: &str) -> Option<PathBuf> {
    k4a_judge::real_data(&format!("recordings/{name}"))
}

fn open(bytes: Vec<u8>) -> Recording {
    Recording::from_bytes("crafted.mkv", bytes).unwrap()
}

/// Numbers that look random and are the same every time (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Evenly spread from 0 to `end`, exclusive.
    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

/// Device times of the images of a capture: colour, depth, infrared.
type Times = [Option<u64>; 3];

fn times(capture: &kinect_azure::Capture) -> Times {
    [&capture.color, &capture.depth, &capture.ir]
        .map(|image| image.as_ref().map(|image| image.device_timestamp_usec))
}

/// All captures from the start.
fn all_times(recording: &mut Recording) -> Vec<Times> {
    std::iter::from_fn(|| recording.next_capture().unwrap())
        .map(|capture| times(&capture))
        .collect()
}

/// Acceleration times of all samples.
fn all_samples(recording: &mut Recording) -> Vec<u64> {
    std::iter::from_fn(|| recording.next_imu_sample().unwrap())
        .map(|sample| sample.acceleration_timestamp_usec)
        .collect()
}
