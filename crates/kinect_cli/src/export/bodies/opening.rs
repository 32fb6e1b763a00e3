//! Opens the body tracker.

use kinect_azure::Calibration;
use kinect_azure::recording::Recording;
use kinect_tracking::choice::{self, TrackedSensor, TrackerSettings};
use kinect_tracking::tracker::{BodyTracker, StopSignal, TrackerError};

use crate::export::body_options::BodyOptions;
use crate::terminal::{Progress, printable};

/// An open tracker, with everything that opens it again after a failure.
pub(in crate::export) struct OpenBodies {
    pub(super) tracker: Box<dyn BodyTracker>,
    pub(super) calibration: Calibration,
    settings: TrackerSettings,
    sensor: TrackedSensor,
    stop: StopSignal,
}

/// Opens the tracker of a recording and prints which one it is, and what it cannot use. This may take a minute.
pub(in crate::export) fn open(
    options: &BodyOptions,
    recording: &Recording,
    calibration: &Calibration,
    stop: StopSignal,
) -> Result<OpenBodies, TrackerError> {
    let settings = options.tracker_settings();
    let sensor = TrackedSensor::of_recording(recording);
    let progress = Progress::endless("opening the body tracker");
    let tracker = choice::open(&settings, &sensor, calibration, &stop);
    drop(progress);
    let open = OpenBodies {
        tracker: tracker?,
        calibration: calibration.clone(),
        settings,
        sensor,
        stop,
    };
    eprintln!(
        "{}",
        printable(&format!("body tracker: {}", open.tracker.name()))
    );
    for note in open.tracker.notes() {
        eprintln!("{}", printable(&format!("note: {note}")));
    }
    Ok(open)
}

impl OpenBodies {
    /// Opens the tracker again after it has failed.
    pub(super) fn reopen(&mut self) -> Result<(), TrackerError> {
        self.tracker = choice::open(&self.settings, &self.sensor, &self.calibration, &self.stop)?;
        Ok(())
    }
}
