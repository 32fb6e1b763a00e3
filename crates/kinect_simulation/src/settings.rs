//! The settings of a simulated sensor.

use std::path::PathBuf;

use kinect_azure::modes::{self, ColorFormat, ColorResolution, DepthMode, FrameRate};
use kinect_azure::source::{SourceError, SourceErrorKind};

use super::motion::{MotionKind, Scenario};
use super::noise::Noise;

/// Room, people and sensor of a simulation. The same settings give the same bytes.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct SimulationSettings {
    /// The people's actions.
    pub scenario: Scenario,
    /// The number of people in the room at a time, 0 to 6; more count as 6.
    pub people: u32,
    /// Chooses the room, the people and the noise.
    pub seed: u64,
    /// How far people, room and things differ from the usual people, rooms and things of an exhibition.
    pub variety: Variety,
    /// The sensor's errors; [`Noise::none`] for a perfect sensor.
    pub noise: Noise,
    /// Depth mode.
    pub depth_mode: DepthMode,
    /// Colour resolution.
    pub color_resolution: ColorResolution,
    /// Format of colour images. `None`, the default, leaves it to the simulation: BGRA, which costs least, because images are
    /// neither encoded nor decoded; while they are stored ([`set_stored`](kinect_azure::CaptureSource::set_stored)) MJPG,
    /// which takes less than a tenth of the space.
    pub color_format: Option<ColorFormat>,
    /// Captures per second.
    pub frame_rate: FrameRate,
    /// Whether inertial samples are delivered.
    pub imu: bool,
    /// The position and direction of the sensor.
    pub mount: Mount,
    /// Whether every capture is drawn, even if it is not wanted (see
    /// [`set_wanted`](kinect_azure::CaptureSource::set_wanted)). `false` saves processor time in an app that shows
    /// fewer captures than the sensor delivers.
    pub every_capture: bool,
    /// Path of a factory calibration (JSON, as it is attached to recordings) whose lenses are used; `None` = the
    /// built-in calibration.
    pub calibration: Option<PathBuf>,
}

impl Default for SimulationSettings {
    fn default() -> Self {
        Self {
            scenario: Scenario::Exhibit,
            people: 3,
            seed: 1,
            variety: Variety::default(),
            noise: Noise::default(),
            depth_mode: DepthMode::NfovUnbinned,
            color_resolution: ColorResolution::R720p,
            color_format: None,
            frame_rate: FrameRate::Fps30,
            imu: true,
            mount: Mount::default(),
            every_capture: false,
            calibration: None,
        }
    }
}

impl SimulationSettings {
    /// The largest number of people in the room.
    pub const MOST_PEOPLE: u32 = 6;

    /// The format that colour images have, stored or not.
    pub(super) fn color_format(&self, stored: bool) -> ColorFormat {
        self.color_format.unwrap_or(if stored {
            ColorFormat::Mjpg
        } else {
            ColorFormat::Bgra32
        })
    }

    /// Whether the people's hands open and close.
    pub(super) fn has_fingers(&self) -> bool {
        self.variety.hands || self.scenario == Scenario::Single(MotionKind::Grip)
    }

    /// Checks that an Azure Kinect has these modes.
    pub(super) fn check(&self) -> Result<(), SourceError> {
        modes::check(
            self.depth_mode,
            self.color_resolution,
            self.color_format(false),
            self.frame_rate,
        )
        .map_err(|problem| {
            SourceError::new(
                SourceErrorKind::BadSettings,
                format!("the simulation: {problem}"),
            )
        })
    }
}

/// How far people, room and things differ from a usual exhibition's, for training and testing body trackers. The default
/// is the usual exhibition.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct Variety {
    /// Whether the people are of all kinds: small children to giants, thin to very heavy, pregnant, with hats, hoods, long
    /// coats and bags in their hands.
    pub people: bool,
    /// Whether the room may be small or a hall, with dark curtains, shiny floors and little furniture.
    pub room: bool,
    /// The share of captures, 0 to 1, with things that change from capture to capture: tables, counters and railings in
    /// front of people, and clutter of people's size, such as coat stands. Only [`Scenario::Poses`] has them; people who sit
    /// there always have a seat.
    pub things: f32,
    /// Whether people's hands open and close in random poses, and are relaxed elsewhere; otherwise their fingers are stretched. Those
    /// people hold nothing. In [`MotionKind::Grip`](crate::MotionKind::Grip) hands always open and close.
    pub hands: bool,
}

/// The position and direction of the sensor; with a tilt of 0 degrees it looks horizontally at the middle of the
/// room. Numbers out of range count as the nearest in range, numbers that are not finite as the default.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct Mount {
    /// Height of the depth camera above the floor in metres, 0.2 to 3.
    pub height: f32,
    /// The angle by which the sensor is tilted down, in degrees, −60 to 90; 90 looks straight down.
    pub tilt_degrees: f32,
    /// The angle by which the sensor is rolled about its line of sight, clockwise seen from behind it, in degrees,
    /// −180 to 180.
    pub roll_degrees: f32,
}

impl Default for Mount {
    fn default() -> Self {
        Self {
            height: 1.3,
            tilt_degrees: 10.0,
            roll_degrees: 0.0,
        }
    }
}
