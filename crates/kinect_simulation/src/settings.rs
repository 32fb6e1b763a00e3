//! What a simulated sensor can be asked for.

use std::path::PathBuf;

use super::motion::Scenario;
use super::noise::Noise;
use kinect_azure::modes::{self, ColorFormat, ColorResolution, DepthMode, FrameRate};
use kinect_azure::source::{SourceError, SourceErrorKind};

/// What is simulated and how the sensor is set. The same settings give the same bytes.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct SimulationSettings {
    /// What the people do.
    pub scenario: Scenario,
    /// How many people are there at a time, 0 to 6; more count as 6.
    pub people: u32,
    /// Which room, which people, which noise.
    pub seed: u64,
    /// The sensor's imperfections; [`Noise::none`] for a perfect one.
    pub noise: Noise,
    /// Depth mode.
    pub depth_mode: DepthMode,
    /// Colour resolution.
    pub color_resolution: ColorResolution,
    /// How colour images travel. BGRA, the default, costs least: nothing is encoded and decoded again.
    pub color_format: ColorFormat,
    /// Captures per second.
    pub frame_rate: FrameRate,
    /// Whether there are inertial samples.
    pub imu: bool,
    /// Where the sensor stands.
    pub mount: Mount,
    /// Whether every capture is drawn, even if nobody waits for it (see
    /// [`set_wanted`](kinect_azure::CaptureSource::set_wanted)). Off saves the processor's time in an app that shows fewer
    /// captures than there are.
    pub every_capture: bool,
    /// A factory calibration (JSON, as a recording has it attached) to see through; `None`: the built-in one.
    pub calibration: Option<PathBuf>,
}

impl Default for SimulationSettings {
    fn default() -> Self {
        Self {
            scenario: Scenario::Exhibit,
            people: 3,
            seed: 1,
            noise: Noise::default(),
            depth_mode: DepthMode::NfovUnbinned,
            color_resolution: ColorResolution::R720p,
            color_format: ColorFormat::Bgra32,
            frame_rate: FrameRate::Fps30,
            imu: true,
            mount: Mount::default(),
            every_capture: false,
            calibration: None,
        }
    }
}

impl SimulationSettings {
    /// The most people that can be in the room.
    pub const MOST_PEOPLE: u32 = 6;

    /// Refuses what no Azure Kinect does.
    pub(super) fn check(&self) -> Result<(), SourceError> {
        modes::check(
            self.depth_mode,
            self.color_resolution,
            self.color_format,
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

/// Where the sensor stands in the room, looking at its middle.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "bevy_reflect", derive(bevy_reflect::Reflect))]
pub struct Mount {
    /// Height of the depth camera above the floor in metres, 0.2 to 3.
    pub height: f32,
    /// How far it looks down, in degrees, −60 to 60.
    pub tilt_degrees: f32,
    /// How far it is turned about its line of sight, clockwise as it sees itself, in degrees.
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
