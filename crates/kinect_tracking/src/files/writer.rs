//! The traits of all writers.

use kinect_azure::Body;
use kinect_azure::body::BodyFrame;

use super::error::BodyFileError;

/// Writes the bodies of a sensor.
pub trait BodyWriter: Send {
    /// Adds a frame. Frames must come in the order of their time.
    ///
    /// # Errors
    /// Fails if the file cannot be written.
    fn write(&mut self, frame: &BodyFrame) -> Result<(), BodyFileError>;

    /// Completes the file. Without this call the file may be unreadable.
    ///
    /// # Errors
    /// Fails if the file cannot be written.
    fn finish(self: Box<Self>) -> Result<(), BodyFileError>;
}

/// Writes one body.
pub trait OneBodyWriter: Send {
    /// Adds the body at a device time in µs. Each time must be later than the one before.
    ///
    /// # Errors
    /// Fails if the file cannot be written.
    fn write(&mut self, body: &Body, device_timestamp_usec: u64) -> Result<(), BodyFileError>;

    /// Completes the file. Without this call the file may be unreadable.
    ///
    /// # Errors
    /// Fails if the file cannot be written.
    fn finish(self: Box<Self>) -> Result<(), BodyFileError>;
}
