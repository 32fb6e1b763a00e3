//! Everything an Azure Kinect or Orbbec Femto does, without an engine and without the vendor's libraries.
//!
//! - [`recording`]: plays MKV recordings made by the vendor's recorder, and makes such recordings.
//! - [`calibration`]: the factory calibration and what it means in each mode; the camera model, exact to the vendor's.
//! - [`transform`]: images from one camera's view into the other's, and depth images to point clouds; [`ply`] writes those.
//! - [`decode`]: MJPG, NV12, YUY2 and BGRA colour images to BGRA.
//! - [`device`]: live sensors, through the vendors' libraries where they are installed.
//! - [`doctor`]: whether this machine can use a sensor, and what to mend.
//! - [`body`]: people as joints and body index maps.
//! - [`calendar`]: UTC dates.
//! - `microphones` (a feature of that name): the array of an Azure Kinect.
//! - [`source`]: the one trait that recordings, devices and simulated sensors stream through.
//! - [`clock`], [`pool`]: what a source of your own needs to keep time and to run without allocating.
//!
//! The crate `kinect_simulation` has a simulated sensor, with ground truth.
//!
//! Units are the vendor's throughout: millimetres, microseconds, and camera axes with x to the right, y down and z
//! forward. [`units`] says how they become metres and a right-handed, y-up world.

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

pub use body::{Body, BodyFrame, BodyIndexImage, Joint, JointConfidence, JointPose};
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
