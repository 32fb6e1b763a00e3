//! Runs the tracker over the captures and writes its bodies.

use std::sync::Arc;

use kinect_azure::Calibration;
use kinect_azure::body::BodyFrame;
use kinect_azure::recording::{Recording, SeekTarget};
use kinect_tracking::files::{BodyWriter, create_in};
use kinect_tracking::tracker::{TrackerError, TrackerErrorKind};

use super::folder::{BodyFiles, export_error};
use super::opening::OpenBodies;
use super::shaping::Shaping;
use super::timeline::Timeline;
use crate::export::body_options::BodyOptions;
use crate::export::captures::read_captures;
use crate::export::error::ExportError;
use crate::export::faults::Faults;
use crate::export::numbers::Numbers;
use crate::export::range::Range;
use crate::export::written::Bodies;
use crate::files::Folder;
use crate::interrupt::Stop;
use crate::terminal::plural;

/// A tracker that fails so many times without a frame in between is not opened again.
const MOST_FAILURES: u32 = 3;

/// Writes the bodies of every capture of the range that has a depth image.
pub(in crate::export) fn export(
    recording: &mut Recording,
    options: &BodyOptions,
    open: OpenBodies,
    (range, numbers): (Range, Numbers),
    out: &Folder,
    (faults, stop): (&Faults, &Stop),
) -> Result<Bodies, ExportError> {
    recording.seek(SeekTarget::Start(0))?;
    open.learn_gravity(recording);
    let writer =
        create_in(options.format(), Box::new(BodyFiles::new(out))).map_err(export_error)?;
    let mut output = Output {
        shaping: Shaping::new(options),
        writer,
        written: Bodies::default(),
    };
    let mut tracking = Tracking {
        open,
        timeline: Timeline::default(),
        failures: 0,
    };
    read_captures(recording, range, numbers, (faults, stop), |frame| {
        let Some(depth) = &frame.capture.depth else {
            return Ok(true);
        };
        tracking.timeline.submitted(depth.device_timestamp_usec);
        let open = &mut tracking.open;
        let result = open.tracker.track(&frame.capture, &open.calibration);
        let of = || format!("capture {}", frame.number);
        tracking.take(result, of, &mut output, faults, stop)?;
        Ok(true)
    })?;
    // After Ctrl-C, captures that the tracker still works on are left out.
    if !stop.is_set() {
        // Each call returns the frame of one of these captures, or an error.
        for _ in 0..tracking.timeline.waiting() {
            let result = tracking.open.tracker.drain();
            let of = || "the last captures".to_owned();
            if !tracking.take(result, of, &mut output, faults, stop)? {
                break;
            }
        }
        let calibration = &tracking.open.calibration;
        let timeline = &mut tracking.timeline;
        timeline.end(|frame| output.write(frame, calibration))?;
    }
    let without_result = tracking.timeline.without_result();
    if without_result > 0 {
        faults.progress.warn(&format!(
            "the tracker gave no result for {}; in the file {} without bodies",
            plural(without_result, "capture"),
            if without_result == 1 {
                "it is"
            } else {
                "they are"
            }
        ));
    }
    output.writer.finish().map_err(export_error)?;
    Ok(output.written)
}

/// The filters and the writer of the files.
struct Output {
    shaping: Shaping,
    writer: Box<dyn BodyWriter>,
    written: Bodies,
}

impl Output {
    fn write(
        &mut self,
        frame: &Arc<BodyFrame>,
        calibration: &Calibration,
    ) -> Result<(), ExportError> {
        let frame = self.shaping.shape(frame, calibration);
        self.written.count(&frame);
        self.writer.write(&frame).map_err(export_error)
    }
}

/// The tracker, and the captures whose frames it has not returned yet.
struct Tracking {
    open: OpenBodies,
    timeline: Timeline,
    /// Failures since the last frame.
    failures: u32,
}

impl Tracking {
    /// Takes the tracker's result, and opens the tracker again after a failure. Returns whether to ask for a further
    /// result. `of` names the capture in messages.
    fn take(
        &mut self,
        result: Result<Option<Arc<BodyFrame>>, TrackerError>,
        of: impl Fn() -> String,
        output: &mut Output,
        faults: &Faults,
        stop: &Stop,
    ) -> Result<bool, ExportError> {
        for note in self.open.new_notes() {
            faults.progress.warn(&note);
        }
        match result {
            Ok(Some(frame)) => {
                self.failures = 0;
                let calibration = &self.open.calibration;
                let take = |frame: &Arc<BodyFrame>| output.write(frame, calibration);
                self.timeline.returned(&frame, take)?;
                Ok(true)
            }
            Ok(None) => Ok(false),
            // A tracker that waits is interrupted by Ctrl-C, which is no fault of the recording.
            Err(_) if stop.is_set() => Ok(false),
            Err(error) if error.kind == TrackerErrorKind::BadCapture => {
                faults.report(&format!("{}: {error}", of()));
                Ok(true)
            }
            Err(error) if error.kind == TrackerErrorKind::Failed => {
                faults.report(&format!("{}: {error}", of()));
                self.failures += 1;
                if self.failures >= MOST_FAILURES {
                    return Err(ExportError::Tracker(error.message));
                }
                self.open.reopen().map_err(ExportError::from)?;
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }
}
