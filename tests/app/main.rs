//! The plugin in whole apps: what it renders, how sensors live, what it costs.
//!
//! Rendering runs off-screen on whatever Vulkan driver there is; the software driver is enough.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests say what is wrong by panicking"
)]

mod align;
mod clouds;
mod devices;
#[cfg(all(feature = "microphones", target_os = "linux"))]
#[path = "../../crates/kinect_azure/tests/support/fake_array.rs"]
mod fake_array;
mod life;
mod listeners;
#[cfg(feature = "microphones")]
mod microphones;
#[path = "../../crates/kinect_azure/tests/support/mkv.rs"]
mod mkv;
mod outputs;
mod recorder;
mod rendering;
mod saved_points;
mod simulation;
mod steady_state;
mod support;
mod surfaces;
mod timing;
mod ui;

#[global_allocator]
static ALLOCATOR: k4a_judge::CountingAllocator = k4a_judge::CountingAllocator;
