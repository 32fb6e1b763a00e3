//! How a simulated sensor is opened.

use std::sync::Arc;

use kinect_azure::CaptureSource;
use kinect_simulation::{LockstepClock, SimulatedSensor, SimulationSettings};

use super::opener::{Opener, ThreadSource};

/// Opens the sensor by the wall clock, or in lock-step by a clock that the app advances.
pub(super) fn opener(settings: &SimulationSettings, lockstep: bool) -> Opener {
    let clock = lockstep.then(|| Arc::new(LockstepClock::new()));
    let (settings, its_clock) = (settings.clone(), clock.clone());
    Opener {
        source: ThreadSource::Other(Arc::new(move || {
            let sensor = SimulatedSensor::new(&settings)?;
            let sensor = match &its_clock {
                Some(clock) => sensor.in_lockstep(Arc::clone(clock)),
                None => sensor,
            };
            Ok(Box::new(sensor) as Box<dyn CaptureSource>)
        })),
        clock,
    }
}
