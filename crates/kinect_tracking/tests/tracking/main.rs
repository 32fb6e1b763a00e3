//! Everything about people, on real clips of the vendor's tracker, on the simulation's people and on figures that are
//! posed by hand.
//!
//! The real clips are looked for under `KINECT_TEST_DATA`; without them their tests say so and pass, unless
//! `KINECT_REQUIRE_REAL=1`. Tests that measure print what they measured: run them with `--nocapture`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod allocations;
mod clips;
mod figure;
mod files;
mod filter;
mod gestures;
mod lift;
mod noise;
mod players;
mod rotation;
mod runner;
mod simulated;
mod truth;
mod vendor;
mod zones;

#[global_allocator]
static ALLOCATOR: k4a_judge::CountingAllocator = k4a_judge::CountingAllocator;
