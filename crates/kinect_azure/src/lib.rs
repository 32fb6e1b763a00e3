//! The engine-independent part of the Azure Kinect and Orbbec Femto support: recordings, calibration, image
//! transformations and decoders without the vendor's libraries, and live sensors through them.
//!
//! - [`recording`]: plays MKV recordings made by the vendor's recorder, and makes such recordings.
//! - [`calibration`]: the factory calibration, the calibration of each mode and the camera model, with the vendor's
//!   results.
//! - [`transform`]: images from one camera's view into the other's, and depth images to point clouds; [`ply`] writes
//!   point clouds to files.
//! - [`decode`]: MJPG, NV12, YUY2 and BGRA colour images to BGRA.
//! - [`device`]: live sensors, through the vendors' libraries where they are installed.
//! - [`doctor`]: checks whether this machine can use a sensor, and says what to mend.
//! - [`body`]: people as joints and body index maps.
//! - [`calendar`]: UTC dates.
//! - `microphones` (a feature of that name): the array of an Azure Kinect.
//! - [`source`]: the trait by which recordings, devices and simulated sensors deliver captures.
//! - [`clock`], [`pool`]: a clock and a memory pool for sources of your own.
//!
//! The crate `kinect_simulation` has a simulated sensor, with ground truth.
//!
//! Units are the vendor's throughout: millimetres, microseconds, and camera axes with x to the right, y down and z
//! forward. [`units`] converts them to metres and right-handed, y-up world axes.

pub mod body;
pub mod calendar;
pub mod calibration;
pub mod capture;
pub mod clock;
pub mod decode;
pub mod device;
pub mod doctor;
mod file_kind;
pub mod image;
#[cfg(feature = "microphones")]
pub mod microphones;
pub mod modes;
pub mod ply;
pub mod pool;
pub mod recording;
pub mod source;
pub mod transform;
pub mod units;

pub use body::{Body, BodyFrame, BodyIndexImage, HandState, Joint, JointConfidence, JointPose};
pub use calibration::{Calibration, RawCalibration};
pub use capture::{Capture, ImuSample};
pub use image::{Image, ImageFormat, ImagePool};
pub use modes::{ColorFormat, ColorResolution, DepthMode, FrameRate, WiredSyncMode};
pub use source::{
    CaptureSource, FactoryData, NextCapture, PlaybackControl, Recovery, SensorInfo, SourceError,
    SourceErrorKind,
};

/// The README's snippets, compiled as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
