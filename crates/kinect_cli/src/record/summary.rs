//! Summaries of a recording in words.

use std::path::Path;

use kinect_azure::device::DeviceStatus;
use kinect_azure::recording::{LiveFigures, LiveState};

use crate::terminal::{mebibytes, plural, printable};

/// The progress of a recording, in a line.
pub(super) fn line(figures: LiveFigures) -> String {
    let mut line = format!(
        "{}, {}",
        plural(figures.captures, "capture"),
        mebibytes(figures.bytes)
    );
    if figures.dropped_captures > 0 {
        line.push_str(&format!(
            ", {} left out: the disk is too slow",
            figures.dropped_captures
        ));
    }
    line
}

/// A summary of the recorded captures and of those that were left out.
pub(super) fn summary(
    path: &Path,
    state: &LiveState,
    figures: LiveFigures,
    sensor: &DeviceStatus,
) -> String {
    let mut text = String::new();
    if let LiveState::Finished {
        captures,
        bytes,
        seconds,
        reason,
    } = state
    {
        text.push_str(&format!(
            "{}: {}, {seconds:.2} s, {}\n",
            path.display(),
            plural(*captures, "capture"),
            mebibytes(*bytes)
        ));
        if let Some(reason) = reason {
            text.push_str(&format!("it ended early: {reason}\n"));
        }
    }
    if figures.files > 1 {
        text.push_str(&format!(
            "it is in {} files, because the sensor's clock began anew\n",
            figures.files
        ));
    }
    for (count, thing, why) in [
        (
            figures.dropped_captures,
            "capture",
            "left out, because the disk was too slow",
        ),
        (
            figures.unfit_images,
            "image",
            "left out, because they were damaged or came too late",
        ),
        (
            figures.unordered_images,
            "image",
            "recorded although the sensor's clock stood still or went back",
        ),
        (
            figures.dropped_imu_samples,
            "inertial sample",
            "left out, because they came too late or without a capture near them",
        ),
        (
            sensor.bad_images,
            "image",
            "left out, because the sensor sent them damaged",
        ),
        (
            sensor.missed_captures,
            "capture",
            "missing, because they were lost in the sensor, on USB or in the library's queue",
        ),
    ] {
        if count > 0 {
            text.push_str(&format!("{} {why}\n", plural(count, thing)));
        }
    }
    printable(&text)
}
