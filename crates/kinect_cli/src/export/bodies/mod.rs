//! `--only bodies`: the people in a recording as files.
//!
//! [`opening`] opens the tracker before anything is written, and [`tracking`] gives it every capture with a depth image.
//! [`timeline`] puts the frames that a tracker returns late into the captures' order, [`shaping`]
//! filters them and numbers the people, and [`folder`] gives the files of [`kinect_tracking::files`] their names by the
//! command's own rule.

mod folder;
mod opening;
mod shaping;
mod timeline;
mod tracking;

pub(super) use opening::open;
pub(super) use tracking::export;
