//! The page "Sensors": all sensors of the app, the source of the chosen one, what is connected, and what keeps a sensor from working.
//!
//! - [`page`]: the page; [`list`]: all sensors; [`chosen`]: the chosen one.
//! - [`source`]: switching between sources; [`connected`]: sensors that are plugged in; [`restart`].
//! - [`doctor`]: what the doctor finds.

mod chosen;
mod connected;
mod doctor;
mod list;
mod of_sensor;
mod page;
mod restart;
mod source;

pub(crate) use page::show;
pub(crate) use restart::build;
