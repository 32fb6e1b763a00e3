//! A recording of whatever a source delivers.

use std::time::Duration;

use super::error::WriteError;
use super::recording_writer::RecordingWriter;
use crate::source::{CaptureSource, NextCapture, Recovery};

/// Writes what a source delivers until it ends or, with `duration`, until that much device time has passed; gives the
/// number of captures. Captures that the source could not deliver are left out. The file is not finished yet.
///
/// # Errors
/// When the source fails or the recording cannot be written.
pub fn record(
    source: &mut dyn CaptureSource,
    writer: &mut RecordingWriter,
    duration: Option<Duration>,
) -> Result<u64, WriteError> {
    let limit = duration.map(|d| u64::try_from(d.as_micros()).unwrap_or(u64::MAX));
    let (mut count, mut first) = (0, None);
    loop {
        let next = source.next_capture(Duration::from_millis(500));
        let ended = match next {
            Ok(NextCapture::Capture(capture)) => {
                let time = capture.device_timestamp_usec();
                let start = first.or(time);
                first = start;
                let over = match (limit, time, start) {
                    (Some(limit), Some(time), Some(start)) => time.saturating_sub(start) >= limit,
                    _ => false,
                };
                if !over {
                    writer.write_capture(&capture)?;
                    count += 1;
                }
                over
            }
            Ok(NextCapture::End) => true,
            Ok(NextCapture::Timeout) => false,
            Err(error) if error.recovery() == Recovery::NextCapture => false,
            Err(error) => return Err(error.into()),
        };
        if writer.settings.sensor.has_imu {
            while let Some(sample) = source.next_imu_sample()? {
                writer.write_imu_sample(&sample)?;
            }
        }
        if ended {
            return Ok(count);
        }
    }
}
