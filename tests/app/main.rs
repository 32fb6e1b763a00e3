//! Tests of the plugin in apps: rendered images, the life of sensors, and costs.
//!
//! Rendering is off-screen, with any Vulkan driver; the software driver is sufficient.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests say what is wrong by panicking"
)]

mod avatar;
mod bodies;
mod devices;
mod drawing;
mod floor;
mod hands;
mod inspector;
mod life;
mod listeners;
mod manual;
#[cfg(feature = "microphones")]
mod microphones;
mod pictures;
mod recorder;
mod reflection;
mod settings;
mod simulation;
mod steady_state;
mod support;
mod viewer;
mod zones;

#[global_allocator]
static ALLOCATOR: k4a_judge::CountingAllocator = k4a_judge::CountingAllocator;
