//! Azure Kinect and Orbbec Femto through the vendors' libraries, loaded at run time.
//!
//! Start at [`Library::load`]: it finds `libk4a` ([`search`] lists the places), and all other types come from the
//! loaded library. Nothing is linked, so a program that uses this crate runs where no library is installed, and gets a
//! [`LoadError`] that says what to install.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use k4a::{ColorResolution, DepthMode, DeviceConfiguration, FrameRate, Library, Wait};
//! use std::time::Duration;
//!
//! let library = Library::load()?;
//! let device = library.open_device(0)?;
//! println!("{}", device.serial_number()?);
//! device.start_cameras(&DeviceConfiguration {
//!     depth_mode: DepthMode::NfovUnbinned,
//!     color_resolution: ColorResolution::R720p,
//!     frame_rate: FrameRate::Fps30,
//!     ..DeviceConfiguration::default()
//! })?;
//! if let Wait::Ready(capture) = device.next_capture(Duration::from_secs(5))?
//!     && let Some(depth) = capture.depth()?
//! {
//!     println!("{} × {} pixels", depth.width(), depth.height());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! How it is built: [`abi`] holds numbers, structures and functions as C has them; each handle type has a module and
//! frees its handle on drop. Microsoft's and Orbbec's libraries can be loaded side by side; every handle knows its own,
//! and a handle given to the other's functions is an error. Libraries stay loaded for the life of the process, because
//! they keep threads. Their log messages become `tracing` events of the target `k4a::library`, and part of errors.
//!
//! The documentation says which calls block. Do not make such calls on a thread that draws.

pub mod abi;
mod calibration;
mod call;
mod callback;
mod capture;
mod codes;
mod companion;
mod configuration;
mod device;
mod error;
mod image;
mod library;
mod load_error;
mod loader;
mod log;
mod playback;
mod record;
mod search;
mod tracker;
mod transformation;
mod vendor;

pub use abi::{
    Calibration, Camera, Extrinsics, ImuSample, SubtitleSettings, Version, VideoSettings,
};
pub use capture::{Capture, CaptureMut};
pub use codes::{
    ColorControl, ColorControlMode, ColorResolution, DepthMode, FirmwareBuild, FirmwareSignature,
    FrameRate, ImageFormat, Interpolation, JointConfidence, LogLevel, ProcessingMode, SeekOrigin,
    Sensor, SensorOrientation, WiredSyncMode,
};
pub use companion::find_tracker_library;
pub use configuration::DeviceConfiguration;
pub use device::{ClockSync, ColorControlCapabilities, Device, HardwareVersion, SyncJacks, Wait};
pub use error::{Error, ErrorKind, Result};
pub use image::{Image, ImageMut};
pub use library::{DepthEngineHelper, Library};
pub use load_error::{Attempt, LoadError, Refusal};
pub use loader::load_for_good;
pub use playback::{DataBlock, Playback, RecordConfiguration};
pub use record::{RecordLibrary, Recorder};
pub use search::{
    Candidate, LIBRARY_VARIABLE, LibraryVersion, ORBBEC_LIBRARY_VARIABLE, Origin,
    RECORD_LIBRARY_VARIABLE, TRACKER_LIBRARY_VARIABLE, search,
};
pub use tracker::{Body, BodyFrame, Joint, Tracker, TrackerConfiguration, TrackerLibrary};
pub use transformation::Transformation;
pub use vendor::Vendor;

/// The README's snippets, compiled as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
