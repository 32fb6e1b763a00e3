//! The traits of all writers.

use kinect_azure::Body;
use kinect_azure::body::BodyFrame;

use super::error::BodyFileError;

/// Writes the bodies of a sensor.
pub trait BodyWriter: Send {
    /// Adds a frame; frames come in the order of their time.
    ///
    /// # Errors
    /// Fails if the file cannot be written.
    fn write(&mut self, frame: &BodyFrame) -> Result<(), BodyFileError>;

    /// Ends the file. A file that was not ended may be unreadable.
    ///
    /// # Errors
    /// Fails if the file cannot be written.
    fn finish(self: Box<Self>) -> Result<(), BodyFileError>;
}

/// Writes one body.
pub trait OneBodyWriter: Send {
    /// Adds the body at a device time, in µs; times must rise.
    ///
    /// # Errors
    /// Fails if the file cannot be written.
    fn write(&mut self, body: &Body, device_timestamp_usec: u64) -> Result<(), BodyFileError>;

    /// Ends the file. A file that was not ended may be unreadable.
    ///
    /// # Errors
    /// Fails if the file cannot be written.
    fn finish(self: Box<Self>) -> Result<(), BodyFileError>;
}
