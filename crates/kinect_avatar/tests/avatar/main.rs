//! Tests of bones and retargeting, on generated rigs in the naming schemes of common tools and on real models, moved by
//! people of the simulation and by real clips of the vendor's tracker.
//!
//! Real data is searched in `KINECT_TEST_DATA`. Without it, its tests print a message and pass; with `KINECT_REQUIRE_REAL=1`
//! they fail. `KINECT_PICTURES=DIR cargo test -p kinect_avatar --test avatar sheets -- --ignored` draws contact sheets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod bad;
mod clips;
mod cost;
mod matching;
mod model;
mod people;
mod rigs;
mod schemes;
mod sheets;
mod truth;

#[global_allocator]
static ALLOCATOR: k4a_judge::CountingAllocator = k4a_judge::CountingAllocator;
