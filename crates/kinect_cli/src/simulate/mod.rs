//! `kinect simulate`: a recording of a simulated sensor, with the ground truth beside it.
//!
//! [`args`] are its options, [`mod@run`] simulates and writes the recording, [`truth`] writes the ground truth.

mod args;
mod run;
mod truth;

pub(crate) use args::{HELP, SimulateArgs};
pub(crate) use run::run;
