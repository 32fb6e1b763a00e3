//! Tests of the stand-in library with a client that loads it at run time and calls function pointers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod calibrations;
mod client;
mod color_controls;
#[cfg(target_os = "linux")]
mod cost;
mod faults;
mod handles;
mod instances;
mod life_cycle;
mod orbbec;
mod pictures;
mod waiting;
