//! `kinect info`: the content of recordings, for people and for programs.
//!
//! [`args`] are its options, [`mod@run`] reads and prints; [`report`] holds the facts about one recording, [`clocks`]
//! compares the starts of several, [`calibration`] shows a calibration, [`text`] formats lines and columns.

mod args;
mod calibration;
mod clocks;
mod report;
mod run;
mod text;

pub(crate) use args::{HELP, InfoArgs};
pub(crate) use run::run;
