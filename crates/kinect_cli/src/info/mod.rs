//! `kinect info`: what is in recordings, for people and for programs.
//!
//! [`args`] are its options and [`run`] what it does; [`report`] is what is known of one recording, [`clocks`] says how far
//! apart the clocks of several began, [`calibration`] shows what is calibrated, [`text`] puts it into lines and columns.

mod args;
mod calibration;
mod clocks;
mod report;
mod run;
mod text;

pub(crate) use args::{HELP, InfoArgs};
pub(crate) use run::run;
