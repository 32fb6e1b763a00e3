//! The status of an open sensor.

use std::path::PathBuf;

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;

use super::settings::DeviceVendor;

/// The reports of an open sensor, and counts of events since it was opened.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct DeviceStatus {
    /// The vendor of the library that runs the sensor.
    pub vendor: DeviceVendor,
    /// The file of that library.
    pub library: PathBuf,
    /// The serial number; empty when it could not be read.
    pub serial: String,
    /// The sensor's index in the library when it was opened.
    pub index: u32,
    /// Firmware of the colour camera, `major.minor.iteration`; `None` for Orbbec's sensors, which do not report it.
    pub color_firmware: Option<String>,
    /// Firmware of the depth camera, `major.minor.iteration`.
    pub depth_firmware: Option<String>,
    /// Whether a cable is in the sync-in jack; `None` with Orbbec's library, which does not report it.
    pub sync_in_connected: Option<bool>,
    /// Whether a cable is in the sync-out jack; `None` with Orbbec's library, which does not report it.
    pub sync_out_connected: Option<bool>,
    /// Images that were dropped because their format or size was not that of the mode.
    pub bad_images: u64,
    /// Captures that are missing according to the device clock: lost in the sensor, on USB, or in the library's queue because
    /// this app did not take them in time.
    pub missed_captures: u64,
    /// Captures whose device time is earlier than that of the capture before: the sensor's clock was set back. Their images
    /// are delivered.
    pub clock_jumps: u64,
    /// Captures whose device time is that of the capture before: the sensor's clock stands still. Their images are
    /// delivered.
    pub repeated_times: u64,
    /// Problems with which the sensor keeps running, one sentence each.
    pub warnings: Vec<String>,
}

impl DeviceStatus {
    /// Adds a warning, unless it is in the list already.
    pub(super) fn warn(&mut self, warning: String) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}
