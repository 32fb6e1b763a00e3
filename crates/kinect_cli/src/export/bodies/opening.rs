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
    /// How many of the tracker's notes were printed.
    notes_printed: usize,
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
    let mut open = OpenBodies {
        tracker: tracker?,
        calibration: calibration.clone(),
        settings,
        sensor,
        stop,
        notes_printed: 0,
    };
    eprintln!(
        "{}",
        printable(&format!("body tracker: {}", open.tracker.name()))
    );
    for note in open.new_notes() {
        eprintln!("{}", printable(&format!("note: {note}")));
    }
    Ok(open)
}

impl OpenBodies {
    /// Tells the tracker the direction of gravity, from inertial samples at the recording's present position. Broken samples are
    /// left out.
    pub(super) fn learn_gravity(&self, recording: &mut Recording) {
        /// A tenth of a second, without shaking in it.
        const SAMPLES: usize = 160;
        for _ in 0..SAMPLES {
            let Ok(Some(sample)) = recording.next_imu_sample() else {
                return;
            };
            self.sensor.gravity.add(&sample, &self.calibration);
        }
    }

    /// Opens the tracker again after it has failed.
    pub(super) fn reopen(&mut self) -> Result<(), TrackerError> {
        self.tracker = choice::open(&self.settings, &self.sensor, &self.calibration, &self.stop)?;
        self.notes_printed = 0;
        Ok(())
    }

    /// The notes that the tracker has added since the last call.
    pub(super) fn new_notes(&mut self) -> Vec<String> {
        let notes = self.tracker.notes();
        let new = notes.get(self.notes_printed..).unwrap_or_default().to_vec();
        self.notes_printed = notes.len();
        new
    }
}
