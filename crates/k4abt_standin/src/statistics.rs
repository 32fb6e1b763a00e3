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

/// A requested tracker, in the C enums' numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Created {
    /// Whether it was created.
    pub accepted: bool,
    /// `k4abt_sensor_orientation_t`.
    pub sensor_orientation: i32,
    /// `k4abt_tracker_processing_mode_t`.
    pub processing_mode: i32,
    /// The number of the graphics card.
    pub gpu_device_id: i32,
    /// The model's file; always `None` with version 1.0.
    pub model_path: Option<String>,
    /// `k4a_depth_mode_t` of the calibration.
    pub depth_mode: i32,
    /// `k4a_color_resolution_t` of the calibration.
    pub color_resolution: i32,
}

/// A capture that was enqueued.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enqueued {
    /// Device time of its depth image in µs.
    pub device_usec: u64,
    /// System time of its depth image in ns.
    pub system_nsec: u64,
    /// The address of the depth image's memory.
    pub depth: u64,
    /// The address of the infrared image's memory.
    pub ir: Option<u64>,
}

/// The statistics of one loaded library since it was loaded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    /// Trackers.
    pub trackers: Objects,
    /// Frames of bodies.
    pub frames: Objects,
    /// Calls with handles or pointers that no caller may use, and trackers that were destroyed without a shutdown or
    /// before their frames were released.
    pub misuse: u64,
    /// The newest of them in words, at most 64.
    pub misuses: Vec<String>,
    /// Calls that are running in the library; the call for the statistics is not counted.
    pub inside: u64,
    /// How often each function was called, by its C name; those never called are left out.
    pub calls: BTreeMap<String, u64>,
    /// The newest trackers that were asked for, in order, at most 1024.
    pub created: Vec<Created>,
    /// The newest captures that were enqueued, in order, at most 1024.
    pub enqueued: Vec<Enqueued>,
    /// The newest values of temporal smoothing that were set, in order, at most 1024.
    pub smoothings: Vec<f32>,
    /// The addresses of the memory of the newest body index maps, in order, at most 1024.
    pub maps: Vec<u64>,
}

impl Statistics {
    /// How often a function was called, by its C name.
    pub fn calls(&self, function: &str) -> u64 {
        self.calls.get(function).copied().unwrap_or(0)
    }

    /// Whether all handles have been released, and nothing was misused.
    pub fn is_clean(&self) -> bool {
        self.trackers.live == 0 && self.frames.live == 0 && self.misuse == 0 && self.inside == 0
    }
}
