//! The trait of everything that delivers captures: recordings, devices, simulations.

use std::path::Path;
use std::time::Duration;

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;

use crate::calibration::Calibration;
use crate::capture::{Capture, ImuSample};
use crate::modes::{ColorFormat, ColorResolution, DepthMode, FrameRate, WiredSyncMode};

mod error;

pub use error::{Recovery, SourceError, SourceErrorKind};

/// Something that delivers captures. Each source has its own constructor, which opens it; dropping a source stops it.
///
/// A source is owned by one thread, which calls [`next_capture`](Self::next_capture) in a loop.
pub trait CaptureSource: Send {
    /// The sensor of this source and its modes.
    fn info(&self) -> &SensorInfo;

    /// The calibration for the source's modes; `None` if the source has no calibration, as some recordings.
    fn calibration(&self) -> Option<&Calibration>;

    /// The calibration and firmware versions that the sensor stores, which a recording of it needs. By default there
    /// are none. A recording without a calibration holds images, but its depth images cannot be turned into points.
    fn factory_data(&self) -> FactoryData<'_> {
        FactoryData::default()
    }

    /// The file of the vendor's library that runs the sensor; `None` for recordings and simulations. The vendor's body
    /// tracker must be the one that belongs to this library.
    fn vendor_library(&self) -> Option<&Path> {
        None
    }

    /// Waits for the next capture, at most for `timeout`.
    fn next_capture(&mut self, timeout: Duration) -> Result<NextCapture, SourceError>;

    /// Sets whether the next capture is wanted; call it before [`next_capture`](Self::next_capture). A source that computes
    /// its captures, such as a simulation, need not compute one that is not wanted: its time goes on, and `next_capture`
    /// returns [`NextCapture::Timeout`]. Until this is called every capture is wanted. Devices and recordings ignore it.
    fn set_wanted(&mut self, wanted: bool) {
        let _ = wanted;
    }

    /// Sets whether colour images are stored from the next capture on; call it before [`next_capture`](Self::next_capture). A
    /// source whose settings leave its colour format open, such as a simulation, may then deliver JPEGs, which take less
    /// space. Returns whether the format, and so [`info`](Self::info), has changed: captures that were returned before have the
    /// former one. Devices and recordings ignore it.
    fn set_stored(&mut self, stored: bool) -> bool {
        let _ = stored;
        false
    }

    /// The oldest inertial sample that was not taken yet, without waiting. Call this until it returns `None`.
    fn next_imu_sample(&mut self) -> Result<Option<ImuSample>, SourceError>;

    /// The next warning that was not taken yet: a sentence about a problem and the assumption made because of it.
    /// Each warning is returned once. Call this after opening, and from time to time, until it returns `None`.
    fn take_warning(&mut self) -> Option<String> {
        None
    }

    /// Whether captures can have bodies ([`Capture::ground_truth`]), so that a recording of them gets a body track.
    fn has_bodies(&self) -> bool {
        false
    }

    /// The number of captures after the start whose colours still change because the camera settles: 8 for a live
    /// camera with manual exposure, 20 with automatic exposure, 0 for a recording.
    fn settling_captures(&self) -> u32 {
        0
    }

    /// The playback controls, for sources that can be paused and sought.
    fn playback(&mut self) -> Option<&mut dyn PlaybackControl> {
        None
    }
}

/// The calibration and firmware versions that a sensor stores. A recording stores them, so that its depth images can
/// be turned into points as the sensor's can.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FactoryData<'a> {
    /// The factory calibration as the sensor gives it: JSON, with or without a NUL at its end.
    pub calibration_json: Option<&'a [u8]>,
    /// Firmware of the colour camera, `major.minor.iteration`.
    pub color_firmware: Option<&'a str>,
    /// Firmware of the depth camera, `major.minor.iteration`.
    pub depth_firmware: Option<&'a str>,
}

/// The result of [`CaptureSource::next_capture`].
#[derive(Clone, Debug)]
pub enum NextCapture {
    /// The next capture.
    Capture(Capture),
    /// No capture came within the timeout; ask again.
    Timeout,
    /// The source has ended. Further calls return the same until a [`seek`](PlaybackControl::seek).
    End,
}

/// Pause, speed, loop, seek and step.
pub trait PlaybackControl {
    /// Stops or continues the clock. A paused source still delivers one capture after each [`seek`](Self::seek) and
    /// [`step`](Self::step).
    fn set_paused(&mut self, paused: bool);
    /// Sets how fast the source plays; 1 is the recorded speed, 2 twice that. Values that are not finite or not greater
    /// than 0 count as 1.
    fn set_speed(&mut self, speed: f64);
    /// Sets whether the source starts over when it ends.
    fn set_looping(&mut self, looping: bool);
    /// Sets whether every capture is delivered even if the caller takes captures too slowly; playing then takes
    /// longer than the recording did. By default captures are left out so that playing stays in time. Sources that
    /// never leave captures out ignore it.
    fn set_keep_every_capture(&mut self, keep: bool) {
        let _ = keep;
    }
    /// How many captures were left out so far because they were taken too slowly.
    fn captures_left_out(&self) -> u64 {
        0
    }
    /// Goes to a time in µs since the start of the source, or to its end if the time lies behind that. The next capture is
    /// the first with an image at or after that time.
    fn seek(&mut self, position_usec: u64) -> Result<(), SourceError>;
    /// Moves by `captures` captures, backwards if negative, and delivers that capture at once, paused or not.
    fn step(&mut self, captures: i32) -> Result<(), SourceError>;
    /// Time of the newest delivered capture in µs since the start of the source.
    fn position_usec(&self) -> u64;
    /// Length of the source in µs; `None` for a source without an end, such as a simulation.
    fn duration_usec(&self) -> Option<u64>;
    /// How often the source has started over at its end.
    fn loops(&self) -> u64;
}

/// The sensor of a source and its modes.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct SensorInfo {
    /// Name of the source for display: a file name, or a product and its serial number.
    pub name: String,
    /// The sensor's serial number, where known.
    pub serial: Option<String>,
    /// Depth mode.
    pub depth_mode: DepthMode,
    /// Colour resolution.
    pub color_resolution: ColorResolution,
    /// Format of the colour images as the sensor sends them; `None` when the colour camera is off.
    pub color_format: Option<ColorFormat>,
    /// Captures per second.
    pub frame_rate: FrameRate,
    /// The sensor's part in a wired synchronisation.
    pub wired_sync_mode: WiredSyncMode,
    /// Delay of a subordinate's captures behind its master's in µs.
    pub subordinate_delay_off_master_usec: u32,
    /// Time from the colour to the depth exposure in µs; negative when depth comes first.
    pub depth_delay_off_color_usec: i32,
    /// Whether inertial samples are delivered.
    pub has_imu: bool,
}
