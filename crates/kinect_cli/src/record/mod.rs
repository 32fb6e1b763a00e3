//! `kinect record`: records from a live sensor.
//!
//! [`args`] are its options. [`mod@run`] opens the sensor and passes its captures to the recorder of `kinect_azure`,
//! whose thread writes; [`disk`] keeps a recording that is to be replaced until
//! the new one is whole, [`summary`] says what is in the file.

mod args;
mod disk;
mod run;
mod summary;

pub(crate) use args::{HELP, RecordArgs};
pub(crate) use run::run;
