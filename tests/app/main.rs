//! The plugin in whole apps: what it renders, how sensors live, what it costs.
//!
//! Rendering runs off-screen on whatever Vulkan driver there is; the software driver is enough.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests say what is wrong by panicking"
)]

mod bodies;
mod devices;
mod drawing;
mod life;
mod listeners;
#[cfg(feature = "microphones")]
mod microphones;
mod readme;
mod recorder;
mod simulation;
mod steady_state;
mod support;

#[global_allocator]
static ALLOCATOR: k4a_judge::CountingAllocator = k4a_judge::CountingAllocator;
