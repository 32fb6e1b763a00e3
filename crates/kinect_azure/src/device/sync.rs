//! Wired synchronisation of several sensors: subordinates start before their master, and depth cameras take turns so that their
//! lasers do not disturb each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::settings::DeviceSettings;
use crate::modes::{ColorResolution, DepthMode};

/// Least time in µs between the depth exposures of sensors that see the same scene. A laser pulse takes about 125 µs; the
/// vendor's guide to several devices asks for 160.
pub const DEPTH_SPACING_USEC: i32 = 160;

/// The longest a master waits for its subordinates.
const PATIENCE: Duration = Duration::from_secs(10);

/// The sensors of one wired synchronisation, which share it so that the master starts after its subordinates.
#[derive(Debug, Default)]
pub struct SyncGroup {
    expected: AtomicUsize,
    started: AtomicUsize,
    master_runs: AtomicBool,
}

impl SyncGroup {
    /// Sets how many subordinates the master waits for.
    pub fn expect(&self, subordinates: usize) {
        self.expected.store(subordinates, Ordering::Relaxed);
    }

    /// Waits until all subordinates run, at most ten seconds. Returns how many are still missing, or `None` if `stop`
    /// was set.
    pub(super) fn wait(&self, stop: &AtomicBool) -> Option<usize> {
        let end = Instant::now() + PATIENCE;
        loop {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            let expected = self.expected.load(Ordering::Relaxed);
            let missing = expected.saturating_sub(self.started.load(Ordering::Relaxed));
            if missing == 0 || Instant::now() >= end {
                return Some(missing);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub(super) fn enter(self: &Arc<Self>, master: bool) -> Running {
        if master {
            self.master_runs.store(true, Ordering::Relaxed);
        } else {
            self.started.fetch_add(1, Ordering::Relaxed);
        }
        Running {
            group: Arc::clone(self),
            master,
        }
    }

    pub(super) fn master_runs(&self) -> bool {
        self.master_runs.load(Ordering::Relaxed)
    }
}

/// Counts a sensor of the group as running, until it is dropped.
#[derive(Debug)]
pub(super) struct Running {
    group: Arc<SyncGroup>,
    master: bool,
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.master {
            self.group.master_runs.store(false, Ordering::Relaxed);
        } else {
            self.group.started.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// Sets `depth_delay_off_color_usec` so that the sensors' depth exposures are [`DEPTH_SPACING_USEC`] apart and as close to the
/// colour exposure as possible: −80 and +80 µs for two sensors. Sensors without both cameras keep their delay.
pub fn spread_depth_delays<'a>(sensors: impl IntoIterator<Item = &'a mut DeviceSettings>) {
    let mut sensors: Vec<_> = sensors
        .into_iter()
        .filter(|s| s.depth_mode != DepthMode::Off && s.color_resolution != ColorResolution::Off)
        .collect();
    let middle = DEPTH_SPACING_USEC * (sensors.len() as i32 - 1) / 2;
    for (place, sensor) in sensors.iter_mut().enumerate() {
        sensor.depth_delay_off_color_usec = DEPTH_SPACING_USEC * place as i32 - middle;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_exposures_are_spread_round_the_colour_exposure() {
        let mut sensors = vec![DeviceSettings::default(); 4];
        sensors[1].color_resolution = ColorResolution::Off;
        spread_depth_delays(&mut sensors);
        let delays: Vec<_> = sensors
            .iter()
            .map(|s| s.depth_delay_off_color_usec)
            .collect();
        assert_eq!(delays, [-160, 0, 0, 160]);
        spread_depth_delays(&mut sensors[..1]);
        assert_eq!(sensors[0].depth_delay_off_color_usec, 0);
    }

    #[test]
    fn a_master_waits_for_its_subordinates_and_gives_up_when_told() {
        let group = Arc::new(SyncGroup::default());
        group.expect(1);
        let stop = AtomicBool::new(true);
        assert_eq!(group.wait(&stop), None);
        let running = group.enter(false);
        assert_eq!(group.wait(&AtomicBool::new(false)), Some(0));
        drop(running);
        assert_eq!(group.started.load(Ordering::Relaxed), 0);
    }
}
