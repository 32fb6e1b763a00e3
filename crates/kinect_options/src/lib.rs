//! Command-line options for programs that use live sensors, for `clap`: [`SensorOptions`] or [`LibraryOptions`], [`CameraOptions`],
//! [`ColorOptions`] and [`SyncOptions`]. Programs that flatten them into their own options have the same names and values.
//! [`device_settings`] makes the settings of a sensor from them.

mod cameras;
mod color;
mod modes;
mod sensor;
mod settings;
mod sync;

pub use cameras::CameraOptions;
pub use color::ColorOptions;
pub use sensor::{LibraryOptions, SensorOptions, VendorName};
pub use settings::device_settings;
pub use sync::SyncOptions;

/// The README's program, compiled and run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
