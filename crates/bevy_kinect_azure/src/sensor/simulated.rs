//! How a simulated sensor is opened.

use std::sync::Arc;

use kinect_azure::CaptureSource;
use kinect_azure::clock::LockstepClock;
use kinect_simulation::{SimulatedSensor, SimulationSettings};

use super::opener::Open;

/// Opens a simulated sensor in lock-step with the clock, or by the wall clock if there is no lock-step clock.
pub(super) fn open(settings: SimulationSettings, clock: Option<Arc<LockstepClock>>) -> Open {
    Arc::new(move || {
        let sensor = SimulatedSensor::new(&settings)?;
        let sensor = match &clock {
            Some(clock) => sensor.in_lockstep(Arc::clone(clock)),
            None => sensor,
        };
        Ok(Box::new(sensor) as Box<dyn CaptureSource>)
    })
}
