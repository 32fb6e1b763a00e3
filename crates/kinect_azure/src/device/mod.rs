//! Live sensors, through the vendors' libraries (crate [`k4a`]), which are loaded at run time.
//!
//! [`DeviceSource`] is a sensor behind [`CaptureSource`](crate::source::CaptureSource): it is found and opened as
//! [`DeviceSettings`] say, refuses settings that no sensor can run with before it touches the sensor, holds the
//! library's own image memory instead of copying it, and returns the error [`Lost`](crate::SourceErrorKind::Lost)
//! when the sensor is gone, so that its owner opens it again. [`ColorControls`] set the colour camera's controls,
//! [`DeviceStatus`] has the sensor's serial number, firmware, warnings and counts.
//!
//! How it works: each sensor belongs to one source of the process, and one sensor at a time is opened, because a search for
//! a serial number opens sensors (`claim`). `connected` lists sensors with a time limit, `bus` reads those on USB. `convert`
//! turns the library's images into ours and drops those of a wrong size. `controls` remembers the colour controls that were
//! sent last and sends only changes. `silence` notices a camera that stops alone. `sync` holds a master back until its
//! subordinates run.

pub(crate) mod bus;
mod claim;
mod connected;
mod controls;
mod convert;
mod settings;
mod silence;
mod source;
mod status;
mod sync;

pub use connected::{ConnectedSensor, LibrarySensors, connected_sensors, count, list};
pub use controls::{
    ColorControlReport, ColorControls, ControlKind, ControlRange, ControlState, Exposure,
    PowerlineFrequency, WhiteBalance,
};
pub use settings::{DeviceSelector, DeviceSettings, DeviceVendor};
pub use source::{DeviceSource, OpenContext};
pub use status::DeviceStatus;
pub use sync::{DEPTH_SPACING_USEC, SyncGroup, spread_depth_delays};
