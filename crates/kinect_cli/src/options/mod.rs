//! Options that several commands share, under the same names: [`CameraOptions`] and [`RecordingOptions`] of everything that
//! records, [`SensorOptions`], [`SyncOptions`] and [`ColorOptions`] of live sensors.

mod cameras;
mod color;
mod modes;
mod recording;
mod sensor;
mod sync;

pub(crate) use cameras::CameraOptions;
pub(crate) use color::ColorOptions;
pub(crate) use recording::RecordingOptions;
pub(crate) use sensor::{SensorOptions, VendorName, patience};
pub(crate) use sync::SyncOptions;
