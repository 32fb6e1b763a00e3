//! How a simulated sensor is opened.

use std::sync::Arc;

use kinect_azure::clock::LockstepClock;
use kinect_azure::{CaptureSource, ColorFormat};
use kinect_simulation::{SimulatedSensor, SimulationSettings};

use super::listener::CaptureListeners;
use super::opener::Open;

/// Opens a simulated sensor in lock-step with the clock, or by the wall clock if there is no lock-step clock. If the settings leave
/// the colour format open, capture listeners may choose JPEG.
pub(super) fn open(
    settings: SimulationSettings,
    clock: Option<Arc<LockstepClock>>,
    listeners: CaptureListeners,
) -> Open {
    Arc::new(move || {
        let mut settings = settings.clone();
        if settings.color_format.is_none() && listeners.prefer_jpegs() {
            settings.color_format = Some(ColorFormat::Mjpg);
        }
        let sensor = SimulatedSensor::new(&settings)?;
        let sensor = match &clock {
            Some(clock) => sensor.in_lockstep(Arc::clone(clock)),
            None => sensor,
        };
        Ok(Box::new(sensor) as Box<dyn CaptureSource>)
    })
}
