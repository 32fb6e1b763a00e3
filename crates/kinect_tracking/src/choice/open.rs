//! The rule that chooses a tracker.

use kinect_azure::Calibration;

use super::sensor::TrackedSensor;
use super::settings::{Tracker, TrackerSettings};
use crate::tracker::{BodyTracker, StopSignal, TrackerError, TruthTracker};

/// Opens the tracker that the settings ask for. [`Tracker::Auto`] takes the first that can be used and says in
/// [`BodyTracker::notes`] why those before it cannot. It may take seconds.
///
/// # Errors
/// The tracker cannot be used, with what to install or to change.
pub fn open(
    settings: &TrackerSettings,
    sensor: &TrackedSensor,
    calibration: &Calibration,
    stop: &StopSignal,
) -> Result<Box<dyn BodyTracker>, TrackerError> {
    // Trackers of cameras will need both.
    let _ = (calibration, stop);
    match settings.tracker {
        Tracker::Auto | Tracker::Truth => truth(settings, sensor),
        Tracker::Vendor | Tracker::Onnx => Err(TrackerError::unusable(
            "this build has no such body tracker",
        )),
    }
}

/// Whether [`open`] could find a tracker for this sensor, without opening one.
pub fn may_track(settings: &TrackerSettings, sensor: &TrackedSensor) -> bool {
    match settings.tracker {
        Tracker::Auto | Tracker::Truth => sensor.has_bodies,
        Tracker::Vendor | Tracker::Onnx => false,
    }
}

fn truth(
    settings: &TrackerSettings,
    sensor: &TrackedSensor,
) -> Result<Box<dyn BodyTracker>, TrackerError> {
    if !sensor.has_bodies {
        return Err(TrackerError::unusable(format!(
            "{} delivers no bodies of its own: only simulated sensors and recordings with a body track do; choose \
             another body tracker",
            sensor.info.name
        )));
    }
    Ok(Box::new(
        TruthTracker::new(settings.truth_noise).for_source_with_bodies(),
    ))
}
