//! The stand-in library as a client meets it: loaded at run time, through bare function pointers.

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
