//! Tests of trackers, players, filters, zones, gestures and files, with real clips of the vendor's tracker, with people
//! of the simulation, and with posed figures.
//!
//! The real clips are searched in `KINECT_TEST_DATA`. Without them, their tests print a message and pass; with
//! `KINECT_REQUIRE_REAL=1` they fail. Tests that measure print their results: run them with `--nocapture`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod allocations;
#[cfg(feature = "onnx")]
mod built_in;
mod clips;
mod figure;
mod files;
mod filter;
mod floor;
mod gestures;
mod hands;
mod lift;
mod noise;
#[cfg(feature = "onnx")]
mod onnx;
mod players;
mod rotation;
mod runner;
#[cfg(feature = "onnx")]
mod score;
mod simulated;
mod standing;
#[cfg(feature = "onnx")]
mod still;
mod truth;
mod vendor;
mod zones;

#[global_allocator]
static ALLOCATOR: k4a_judge::CountingAllocator = k4a_judge::CountingAllocator;
