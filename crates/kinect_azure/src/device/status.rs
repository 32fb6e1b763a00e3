//! What is known of an open sensor beyond its modes.

use std::path::PathBuf;

use super::settings::DeviceVendor;

/// What an open sensor says of itself, and what happened since it was opened.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct DeviceStatus {
    /// Whose library runs it.
    pub vendor: DeviceVendor,
    /// The library's file.
    pub library: PathBuf,
    /// The serial number; empty when the sensor does not tell.
    pub serial: String,
    /// The place in the library's order when it was opened.
    pub index: u32,
    /// Firmware of the colour camera, `major.minor.iteration`; Orbbec's do not tell.
    pub color_firmware: Option<String>,
    /// Firmware of the depth camera, `major.minor.iteration`.
    pub depth_firmware: Option<String>,
    /// Whether a cable is in the sync-in jack; `None` where the library does not know (Orbbec's).
    pub sync_in_connected: Option<bool>,
    /// Whether a cable is in the sync-out jack; `None` where the library does not know (Orbbec's).
    pub sync_out_connected: Option<bool>,
    /// Images that were dropped because they could not be what they said.
    pub bad_images: u64,
    /// Captures that should have come, by the device's clock, and did not: lost in the sensor, on USB, or in the library's
    /// queue because this app did not take them in time.
    pub missed_captures: u64,
    /// Captures whose device time is earlier than that of the capture before: the sensor's clock was set back. Their images
    /// are delivered.
    pub clock_jumps: u64,
    /// Captures whose device time is that of the capture before: the sensor's clock stands still. Their images are
    /// delivered.
    pub repeated_times: u64,
    /// Problems that do not stop the sensor, for people.
    pub warnings: Vec<String>,
}

impl DeviceStatus {
    /// Adds a warning that is not there yet.
    pub(super) fn warn(&mut self, warning: String) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }
}
