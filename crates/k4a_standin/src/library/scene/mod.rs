//! The devices' images: a short loop of captures, drawn once for all devices of the library and replayed.

mod drawn;
mod loops;
mod pattern;
mod people;
mod threads;

pub(super) use drawn::{Captures, Drawn};
pub(super) use loops::{captures, forget};
pub(super) use threads::THREADS;
