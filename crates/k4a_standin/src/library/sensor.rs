//! A sensor: whether it is plugged in, and the state that it keeps.

use std::time::Instant;

use super::controls::Controls;
use crate::script::{DeviceScript, Fails};
use crate::statistics::DeviceStatistics;

/// One device of the script.
#[derive(Debug)]
pub(super) struct Sensor {
    pub(super) script: DeviceScript,
    pub(super) plugged: bool,
    /// A number that changes each time the sensor is plugged in: handles from before are lost.
    pub(super) connection: u64,
    /// When it is plugged in again automatically.
    pub(super) back_at: Option<Instant>,
    /// The handle that has it open.
    pub(super) held_by: Option<u64>,
    pub(super) controls: Controls,
    pub(super) done: Done,
    pub(super) statistics: DeviceStatistics,
}

/// Counts of events since the script was given.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// For each fault of the script, how often it unplugged the device.
    pub(super) unplugs: Vec<u32>,
    pub(super) opens: u32,
    pub(super) starts: u32,
    pub(super) imu_starts: u32,
}

impl Sensor {
    pub(super) fn new(script: DeviceScript, connection: u64) -> Self {
        Self {
            plugged: script.plugged,
            connection,
            back_at: None,
            held_by: None,
            controls: Controls::new(script.firmware.rgb),
            done: Done::default(),
            statistics: DeviceStatistics::default(),
            script,
        }
    }
}

/// Whether a call fails this time, by the script's rule and the number of failures so far.
pub(super) fn fails(fails: Fails, done: &mut u32) -> bool {
    match fails {
        Fails::Never => false,
        Fails::Always => true,
        Fails::Times(times) => {
            let fails = *done < times;
            *done = done.saturating_add(1).min(times);
            fails
        }
    }
}
