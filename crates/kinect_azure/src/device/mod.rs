//! Live sensors, through the vendors' libraries (crate [`k4a`]), which are loaded at run time.
//!
//! [`DeviceSource`] is a sensor behind [`CaptureSource`](crate::source::CaptureSource): it is found and opened as
//! [`DeviceSettings`] say, refuses settings that no sensor can do before it is touched, holds the library's own image
//! memory instead of copying it, and says [`Lost`](crate::SourceErrorKind::Lost) when the sensor is gone, so that its
//! owner opens it again. [`ColorControls`] set the colour camera, [`DeviceStatus`] says what is known of the sensor.
//!
//! How it works: opening is one at a time in the process, because looking for a serial number opens devices; a device
//! belongs to one source (`claim`). `convert` turns the library's images into ours and drops those whose sizes are not the
//! mode's. `controls` knows what was last sent and sends only what changed. `sync` holds masters back until their
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
