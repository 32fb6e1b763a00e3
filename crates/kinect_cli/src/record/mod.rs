//! `kinect record`: records from a live sensor.
//!
//! [`args`] are its options. [`mod@run`] opens the sensor and passes its captures to the recorder of `kinect_azure`,
//! whose thread writes; [`disk`] keeps the old recording until the new one is complete, and [`summary`] describes the
//! new file.

mod args;
mod disk;
mod run;
mod summary;

pub(crate) use args::{HELP, RecordArgs};
pub(crate) use run::run;
