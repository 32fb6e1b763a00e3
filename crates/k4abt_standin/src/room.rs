//! The people that the stand-in finds.

use kinect_azure::Body;
use kinect_simulation::{SimulatedPeople, SimulationSettings};

/// The device time of a simulated sensor's first capture, in µs.
const START_USEC: u64 = 200_000;
/// The time in µs after which the room begins again, because the clocks of devices can begin at any time.
const MINUTE_USEC: u64 = 60_000_000;

/// The people of a simulated sensor with given settings, by device time. They are exactly its ground truth in the first
/// minute, except that all joints count as seen.
#[derive(Debug)]
pub struct Room {
    settings: SimulationSettings,
    people: Option<SimulatedPeople>,
    usec: u64,
}

impl Room {
    /// The room of a simulation with that many people and that seed.
    pub fn new(people: u32, seed: u64) -> Self {
        Self {
            settings: SimulationSettings {
                people,
                seed,
                ..SimulationSettings::default()
            },
            people: None,
            usec: 0,
        }
    }

    /// The people at that device time in µs.
    pub fn people_at(&mut self, device_usec: u64) -> Vec<Body> {
        let usec = device_usec.saturating_sub(START_USEC) % MINUTE_USEC;
        if self.people.is_none() || usec < self.usec {
            self.people = SimulatedPeople::new(&self.settings).ok();
        }
        self.usec = usec;
        self.people
            .as_mut()
            .map(|people| people.advance_to(usec as f64 * 1e-6))
            .unwrap_or_default()
    }
}
