//! The rule that chooses a tracker.

use kinect_azure::Calibration;

use super::built_in;
use super::chosen::Chosen;
use super::onnx;
use super::sensor::TrackedSensor;
use super::settings::{Tracker, TrackerSettings};
use super::vendor;
use crate::tracker::{BodyTracker, StopSignal, TrackerError, TrackerErrorKind, TruthTracker};

type Opened = Result<Box<dyn BodyTracker>, TrackerError>;

/// Opens the tracker that the settings ask for. [`Tracker::Auto`] opens the first tracker that can be used, and its
/// [`BodyTracker::notes`] say why the trackers before it cannot. Opening may take seconds.
///
/// # Errors
/// Fails if the tracker cannot be used; the message says what to install or to change.
pub fn open(
    settings: &TrackerSettings,
    sensor: &TrackedSensor,
    calibration: &Calibration,
    stop: &StopSignal,
) -> Opened {
    match settings.tracker {
        Tracker::Auto => first_usable(settings, sensor, calibration, stop),
        Tracker::Vendor => vendor::open(settings, sensor, calibration, stop),
        Tracker::Onnx => onnx::open(settings, calibration, stop),
        Tracker::BuiltIn => built_in::open(settings, sensor, calibration, stop),
        Tracker::Truth => truth(settings, sensor),
    }
}

/// Whether [`open`] may find a tracker for this sensor. No tracker is opened to find out.
pub fn may_track(settings: &TrackerSettings, sensor: &TrackedSensor) -> bool {
    match settings.tracker {
        Tracker::Auto => {
            sensor.has_bodies
                || vendor::may_track(sensor)
                || onnx::has_model(settings)
                || built_in::may_track(settings, sensor)
        }
        Tracker::Vendor => vendor::may_track(sensor),
        Tracker::Onnx => onnx::has_model(settings),
        Tracker::BuiltIn => built_in::may_track(settings, sensor),
        Tracker::Truth => sensor.has_bodies,
    }
}

/// The first tracker that can be used, with notes about the trackers before it.
fn first_usable(
    settings: &TrackerSettings,
    sensor: &TrackedSensor,
    calibration: &Calibration,
    stop: &StopSignal,
) -> Opened {
    let of_vendor = || vendor::open(settings, sensor, calibration, stop);
    let of_model = || onnx::open(settings, calibration, stop);
    let built_in = || built_in::open(settings, sensor, calibration, stop);
    let of_source = || truth(settings, sensor);
    let mut trackers: Vec<&dyn Fn() -> Opened> = vec![&of_vendor];
    // Without a model, a note about models would only disturb; the error below names them.
    let has_model = onnx::has_model(settings);
    if has_model {
        trackers.push(&of_model);
    }
    if built_in::may_track(settings, sensor) {
        trackers.push(&built_in);
    }
    trackers.push(&of_source);
    let (mut notes, mut may_work_later) = (Vec::new(), false);
    for open in trackers {
        match open() {
            Ok(tracker) if notes.is_empty() => return Ok(tracker),
            Ok(tracker) => return Ok(Box::new(Chosen::new(tracker, notes))),
            Err(error) => {
                if stop.is_given() {
                    return Err(error);
                }
                may_work_later |= error.kind == TrackerErrorKind::Failed;
                // The lines after the first list places that were searched.
                let first = error.message.lines().next().unwrap_or_default();
                notes.push(first.trim_end_matches('.').to_owned());
            }
        }
    }
    if !has_model {
        notes.push("no ONNX model was given, and the model folder holds none".to_owned());
    }
    let message = format!("no body tracker can be used: {}", notes.join("; "));
    Err(if may_work_later {
        TrackerError::failed(message)
    } else {
        TrackerError::unusable(message)
    })
}

fn truth(settings: &TrackerSettings, sensor: &TrackedSensor) -> Opened {
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
