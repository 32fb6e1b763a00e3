//! The settings of a simulated sensor.

use std::path::PathBuf;

#[cfg(feature = "bevy_reflect")]
use bevy_reflect::prelude::ReflectDefault;
use kinect_azure::modes::{self, ColorFormat, ColorResolution, DepthMode, FrameRate};
use kinect_azure::source::{SourceError, SourceErrorKind};

use super::motion::{MotionKind, Scenario};
use super::noise::Noise;
use super::random::hash2;

/// Room, people and sensor of a simulation. The same settings give the same bytes.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
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
    /// The number of the sensor among several in one room: sensors with different numbers have different noise and serial
    /// numbers. Sensors that differ only in `sensor`, `mount` and modes see the same room with the same people, except in
    /// [`Scenario::Poses`], where people are placed in the view of each sensor.
    pub sensor: u32,
    /// Whether the sensor shares its time with the other sensors of this process that have the same seed and set this, as
    /// sensors do that are joined by sync cables: in real time, the simulation of a sensor that is opened later goes on at the
    /// time of the others, so that people are at the same places for all. A sensor that is paused, sought or played at another
    /// speed keeps its own time from then on.
    pub shared_time: bool,
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
            sensor: 0,
            shared_time: false,
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

    /// Chooses the noise, so that each sensor in a room has its own.
    pub(super) fn noise_seed(&self) -> u64 {
        match self.sensor {
            0 => self.seed,
            number => hash2(self.seed, 0x5E25_0000_0000 + u64::from(number)),
        }
    }

    /// The serial number: `sim` and nine digits of the seed, and for sensors with a number a dash and that number.
    pub(super) fn serial(&self) -> String {
        let seed = self.seed % 1_000_000_000;
        match self.sensor {
            0 => format!("sim{seed:09}"),
            number => format!("sim{seed:09}-{number}"),
        }
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
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
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

/// The position and direction of the sensor. By default it stands at the front of the room and looks at its middle, along −z of the
/// room's axes: x right, y up, the floor at y = 0. Numbers out of range count as the nearest in range, numbers that are not finite
/// as the default.
///
/// ```
/// use kinect_simulation::{Mount, SimulationSettings};
///
/// // Two sensors in one room, which look at a place 2.5 m in front of the first from the left and from the right.
/// let [left, right] = [-1.0, 1.0].map(|side| SimulationSettings {
///     sensor: if side < 0.0 { 0 } else { 1 },
///     shared_time: true,
///     mount: Mount {
///         x: 1.6 * side,
///         yaw_degrees: 32.0 * side,
///         ..Mount::default()
///     },
///     ..SimulationSettings::default()
/// });
/// assert_eq!(left.seed, right.seed);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "bevy_reflect",
    derive(bevy_reflect::Reflect),
    reflect(Default)
)]
pub struct Mount {
    /// Height of the depth camera above the floor in metres, 0.2 to 3.
    pub height: f32,
    /// The angle by which the sensor is tilted down, in degrees, −60 to 90; 90 looks straight down.
    pub tilt_degrees: f32,
    /// The angle by which the sensor is rolled about its line of sight, clockwise seen from behind it, in degrees,
    /// −180 to 180.
    pub roll_degrees: f32,
    /// The angle by which the sensor is turned about the vertical, to the right, in degrees; 0 looks along −z. Walls hide the
    /// room from a sensor that stands outside.
    pub yaw_degrees: f32,
    /// How far the sensor stands to the right of the middle of the room, in metres, −10 to 10. A usual room is 5.4 to 6.8 m wide.
    pub x: f32,
    /// How far the sensor stands behind the usual place, in metres, −15 to 1: negative places are within the room, whose front wall is
    /// at 1.2 and whose back wall is at −4.7 to −5.6.
    pub z: f32,
}

impl Default for Mount {
    fn default() -> Self {
        Self {
            height: 1.3,
            tilt_degrees: 10.0,
            roll_degrees: 0.0,
            yaw_degrees: 0.0,
            x: 0.0,
            z: 0.0,
        }
    }
}
