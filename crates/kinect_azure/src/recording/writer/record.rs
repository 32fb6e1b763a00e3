//! Records the captures and samples of a source.

use std::time::{Duration, Instant};

use super::error::WriteError;
use super::recording_writer::RecordingWriter;
use crate::recording::elapsed::ElapsedTime;
use crate::source::{CaptureSource, NextCapture, Recovery};

/// Writes the captures and samples of a source until it ends or, with `duration`, until that much device time has
/// passed (while the device's clock stands still, the computer's time counts). Returns the number of captures.
/// Captures that the source could not deliver are left out. The file is not finished yet.
///
/// # Errors
/// Fails if the source fails or the recording cannot be written.
pub fn record(
    source: &mut dyn CaptureSource,
    writer: &mut RecordingWriter,
    duration: Option<Duration>,
) -> Result<u64, WriteError> {
    let mut count = 0;
    let mut elapsed = ElapsedTime::default();
    loop {
        let next = source.next_capture(Duration::from_millis(500));
        let ended = match next {
            Ok(NextCapture::Capture(capture)) => {
                if let Some(time) = capture.device_timestamp_usec() {
                    elapsed.capture(time, Instant::now());
                }
                let over = duration.is_some_and(|limit| elapsed.total() >= limit);
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
