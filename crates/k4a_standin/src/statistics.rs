//! The statistics of one loaded library, for tests.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Objects of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objects {
    /// The number of objects that exist now.
    pub live: u64,
    /// The number of objects made since the library was loaded.
    pub created: u64,
}

/// A configuration that `start_cameras` was called with, in the C enums' numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the fields of k4a_device_configuration_t")]
pub struct StartedConfiguration {
    /// The device's serial number.
    pub serial: String,
    /// Whether the cameras were started.
    pub accepted: bool,
    pub color_format: i32,
    pub color_resolution: i32,
    pub depth_mode: i32,
    pub camera_fps: i32,
    pub synchronized_images_only: bool,
    pub depth_delay_off_color_usec: i32,
    pub wired_sync_mode: i32,
    pub subordinate_delay_off_master_usec: u32,
    pub disable_streaming_indicator: bool,
}

/// A colour control that was set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlSet {
    /// The device's serial number.
    pub serial: String,
    /// `k4a_color_control_command_t`.
    pub command: i32,
    /// `k4a_color_control_mode_t`.
    pub mode: i32,
    /// The requested value.
    pub value: i32,
    /// Whether it was set.
    pub accepted: bool,
}

/// One device of the script.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceStatistics {
    /// Whether it is plugged in.
    pub plugged: bool,
    /// Whether a client has it open.
    pub open: bool,
    /// Whether its cameras run.
    pub streaming: bool,
    /// How often it was opened.
    pub opened: u64,
    /// How often its cameras were started.
    pub started: u64,
    /// How often it was unplugged.
    pub unplugged: u64,
    /// Captures it has taken, delivered or not.
    pub taken: u64,
    /// Captures it has delivered.
    pub delivered: u64,
    /// Captures that were lost because the client did not take them and the queue was full.
    pub overflowed: u64,
    /// Its colour controls: command to mode and value.
    pub controls: BTreeMap<i32, (i32, i32)>,
}

/// The statistics of one loaded library since it was loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
    /// Device handles.
    pub devices: Objects,
    /// Captures.
    pub captures: Objects,
    /// Images.
    pub images: Objects,
    /// Calls with handles or pointers that no caller may use: dangling, of another kind, null.
    pub misuse: u64,
    /// The newest of them in words, at most 64.
    pub misuses: Vec<String>,
    /// Threads that the library itself has running. It runs threads only while people are drawn.
    pub threads: u64,
    /// Calls that are running in the library, usually waiting; the call for the statistics is not counted.
    pub inside: u64,
    /// How often each function was called, by its C name; those never called are left out.
    pub calls: BTreeMap<String, u64>,
    /// The newest configurations that cameras were started with, in order, at most 1024.
    pub configurations: Vec<StartedConfiguration>,
    /// The newest colour controls that were set, in order, at most 1024.
    pub controls: Vec<ControlSet>,
    /// Memory of images that is alive, drawn captures included, in bytes.
    pub bytes: u64,
    /// The devices of the script by serial number.
    pub by_serial: BTreeMap<String, DeviceStatistics>,
}

impl Statistics {
    /// How often a function was called, by its C name.
    pub fn calls(&self, function: &str) -> u64 {
        self.calls.get(function).copied().unwrap_or(0)
    }

    /// Whether all handles have been released, and nothing was misused.
    pub fn is_clean(&self) -> bool {
        self.devices.live == 0
            && self.captures.live == 0
            && self.images.live == 0
            && self.misuse == 0
            && self.threads == 0
            && self.inside == 0
    }
}
