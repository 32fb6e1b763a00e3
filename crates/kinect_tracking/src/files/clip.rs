//! Recorded bodies.

use std::path::Path;
use std::sync::Arc;

use kinect_azure::body::BodyFrame;

use super::error::BodyFileError;
use super::{csv, json};

/// Body frames that were read from a file: at least one, with rising times.
#[derive(Clone, Debug, PartialEq)]
pub struct BodyClip {
    frames: Vec<Arc<BodyFrame>>,
}

impl BodyClip {
    /// Makes a clip of body frames.
    ///
    /// # Errors
    /// Fails if the list is empty, or if the times do not rise.
    pub fn new(frames: Vec<BodyFrame>) -> Result<Self, BodyFileError> {
        if frames.is_empty() {
            return Err(BodyFileError::Empty);
        }
        let late = frames
            .windows(2)
            .position(|two| two[1].device_timestamp_usec <= two[0].device_timestamp_usec);
        if let Some(index) = late {
            return Err(BodyFileError::Order { frame: index + 2 });
        }
        Ok(Self {
            frames: frames.into_iter().map(Arc::new).collect(),
        })
    }

    /// Reads the JSON that [`JsonWriter`](super::JsonWriter) writes.
    ///
    /// # Errors
    /// Fails if the text is not JSON of body frames; see [`BodyFileError`].
    pub fn from_json(text: &[u8]) -> Result<Self, BodyFileError> {
        Self::new(json::read(text)?)
    }

    /// Reads the CSV that [`CsvWriter`](super::CsvWriter) writes: one body, with the id 1, whose joints all count as
    /// seen.
    ///
    /// # Errors
    /// Fails if the text is not CSV of a body; see [`BodyFileError`].
    pub fn from_csv(text: &[u8]) -> Result<Self, BodyFileError> {
        Self::new(csv::read(text)?)
    }

    /// Reads a file: as CSV if its name ends in `.csv`, otherwise as JSON.
    ///
    /// # Errors
    /// Fails if the file cannot be read or is not a clip; see [`BodyFileError`].
    pub fn read(path: &Path) -> Result<Self, BodyFileError> {
        let text = std::fs::read(path).map_err(|error| BodyFileError::Io {
            path: path.display().to_string(),
            error,
        })?;
        let is_csv = path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        if is_csv {
            Self::from_csv(&text)
        } else {
            Self::from_json(&text)
        }
    }

    /// The frames in the order of their time.
    pub fn frames(&self) -> &[Arc<BodyFrame>] {
        &self.frames
    }

    /// Time from the first frame to the last, in µs.
    pub fn duration_usec(&self) -> u64 {
        self.last_usec() - self.first_usec()
    }

    /// The time in µs after which a repeated clip begins again: its duration and the time of one more frame.
    pub fn round_usec(&self) -> u64 {
        let gaps = (self.frames.len() as u64 - 1).max(1);
        (self.duration_usec() + self.duration_usec() / gaps).max(1)
    }

    pub(super) fn first_usec(&self) -> u64 {
        self.frames
            .first()
            .map_or(0, |frame| frame.device_timestamp_usec)
    }

    fn last_usec(&self) -> u64 {
        self.frames
            .last()
            .map_or(0, |frame| frame.device_timestamp_usec)
    }

    /// The index of the frame that is due at `position_usec`, the time since the first frame in µs.
    pub(super) fn place_at(&self, position_usec: u64) -> usize {
        let time = self.first_usec().saturating_add(position_usec);
        self.frames
            .partition_point(|frame| frame.device_timestamp_usec <= time)
            .saturating_sub(1)
    }
}
