//! The one trait that everything which delivers captures implements: recordings, devices, simulations.

use std::time::Duration;

use crate::calibration::Calibration;
use crate::capture::{Capture, ImuSample};
use crate::modes::{ColorFormat, ColorResolution, DepthMode, FrameRate, WiredSyncMode};

mod error;

pub use error::{Recovery, SourceError, SourceErrorKind};

/// Something that delivers captures. Opening is each source's own constructor; dropping a source stops it.
///
/// A source is owned by one thread, which calls [`next_capture`](Self::next_capture) in a loop.
pub trait CaptureSource: Send {
    /// Which sensor this is and how it is set.
    fn info(&self) -> &SensorInfo;

    /// The calibration for the source's modes; `None` where the source has none (a recording without one).
    fn calibration(&self) -> Option<&Calibration>;

    /// What the sensor keeps of its making, for recordings of it. A source that does not know gives nothing, and
    /// recordings of it hold images that cannot become points.
    fn factory_data(&self) -> FactoryData<'_> {
        FactoryData::default()
    }

    /// Waits for the next capture, at most `timeout`.
    fn next_capture(&mut self, timeout: Duration) -> Result<NextCapture, SourceError>;

    /// Says before a call of [`next_capture`](Self::next_capture) whether anybody waits for the capture. A source that
    /// has to work for its captures need not make those that nobody waits for: its time goes on, and `next_capture`
    /// gives [`NextCapture::Timeout`]. Until this is called every capture is wanted. What devices and recordings
    /// deliver costs the same either way, so they ignore it.
    fn set_wanted(&mut self, wanted: bool) {
        let _ = wanted;
    }

    /// The oldest inertial sample not yet taken, without waiting. Call until it gives `None`.
    fn next_imu_sample(&mut self) -> Result<Option<ImuSample>, SourceError>;

    /// How many captures after the start may still settle: exposure and white balance of a live camera need 8 captures
    /// with manual and 20 with automatic exposure. Recordings need none.
    fn settling_captures(&self) -> u32 {
        0
    }

    /// The transport keys, for sources that can be paused and sought.
    fn playback(&mut self) -> Option<&mut dyn PlaybackControl> {
        None
    }
}

/// What a sensor keeps of its making; a recording of it must hold it to be worth as much as the sensor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FactoryData<'a> {
    /// The factory calibration as the sensor gives it: JSON, with or without a NUL behind it.
    pub calibration_json: Option<&'a [u8]>,
    /// Firmware of the colour camera, `major.minor.iteration`.
    pub color_firmware: Option<&'a str>,
    /// Firmware of the depth camera, `major.minor.iteration`.
    pub depth_firmware: Option<&'a str>,
}

/// What waiting for a capture gave.
#[derive(Clone, Debug)]
pub enum NextCapture {
    /// A capture.
    Capture(Capture),
    /// Nothing within the time allowed; ask again.
    Timeout,
    /// The source has ended; asking again gives the same until it is sought.
    End,
}

/// Pause, speed, loop, seek and step (R2).
pub trait PlaybackControl {
    /// Stops or continues the clock. A paused source still answers to [`seek`](Self::seek) and [`step`](Self::step)
    /// with one capture.
    fn set_paused(&mut self, paused: bool);
    /// How fast the source's clock runs against the wall clock; 1 = as recorded. Values that are not finite or not
    /// greater than 0 count as 1.
    fn set_speed(&mut self, speed: f64);
    /// Whether the source begins again when it ends.
    fn set_looping(&mut self, looping: bool);
    /// Goes to a time since the start of the source, in µs; past the end is the end. The next capture is the
    /// first with an image at or after that time.
    fn seek(&mut self, position_usec: u64) -> Result<(), SourceError>;
    /// Makes the next capture (`captures > 0`: forwards, `< 0`: backwards) available at once, paused or not.
    fn step(&mut self, captures: i32) -> Result<(), SourceError>;
    /// Where the source is: time of the newest delivered capture since the start of the recording, in µs.
    fn position_usec(&self) -> u64;
    /// Length of the recording in µs; `None` for a source without an end, such as a simulation.
    fn duration_usec(&self) -> Option<u64>;
    /// Times the source has begun again from the end.
    fn loops(&self) -> u64;
}

/// Which sensor a source is and how it is set.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct SensorInfo {
    /// What the source is, for people: a file name, a product name.
    pub name: String,
    /// The sensor's serial number, where known.
    pub serial: Option<String>,
    /// Depth mode.
    pub depth_mode: DepthMode,
    /// Colour resolution.
    pub color_resolution: ColorResolution,
    /// How colour images travel; `None` when the colour camera is off.
    pub color_format: Option<ColorFormat>,
    /// Captures per second.
    pub frame_rate: FrameRate,
    /// Part in a wired synchronisation.
    pub wired_sync_mode: WiredSyncMode,
    /// Microseconds by which a subordinate lags its master.
    pub subordinate_delay_off_master_usec: u32,
    /// Microseconds by which depth is taken after colour; negative = before.
    pub depth_delay_off_color_usec: i32,
    /// Whether inertial samples are delivered.
    pub has_imu: bool,
}
